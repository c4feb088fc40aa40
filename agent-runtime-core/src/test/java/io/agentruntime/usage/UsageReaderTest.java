package io.agentruntime.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.anthropic.AnthropicTokenUsage;
import dev.langchain4j.model.bedrock.BedrockTokenUsage;
import dev.langchain4j.model.googleai.GoogleAiGeminiTokenUsage;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.openaiofficial.OpenAiOfficialTokenUsage;
import dev.langchain4j.model.output.TokenUsage;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The usage classes of the providers, the real ones where they are to be had, and what may be wrong with them. */
class UsageReaderTest {

    @Test
    @Tag("flaw-65")
    void openAi_countsPartsInTheirWholes() {
        assertThat(read(openAi(new TokenUsage(100, 50, 150), 64, 20)))
                .isEqualTo(new TokenCounts(100, 50, 64, 0, 20, 150));
    }

    @Test
    @Tag("flaw-65")
    void openAiOfficial_countsPartsInTheirWholes() {
        TokenUsage usage = new OpenAiOfficialTokenUsage(
                new TokenUsage(100, 50, 150),
                new OpenAiOfficialTokenUsage.InputTokensDetails(64L),
                new OpenAiOfficialTokenUsage.OutputTokensDetails(20L));
        assertThat(read(usage)).isEqualTo(new TokenCounts(100, 50, 64, 0, 20, 150));
    }

    @Test
    @Tag("flaw-65")
    void anthropic_countsTheCacheBesideTheInput() {
        TokenUsage usage = AnthropicTokenUsage.builder()
                .inputTokenCount(10)
                .outputTokenCount(5)
                .cacheCreationInputTokens(7)
                .cacheReadInputTokens(3)
                .build();
        assertThat(read(usage)).isEqualTo(new TokenCounts(20, 5, 3, 7, 0, 25));
    }

    @Test
    @Tag("flaw-65")
    void bedrock_countsTheCacheBesideTheInput() {
        assertThat(read(new BedrockTokenUsage(new TokenUsage(10, 5, 15), 3, 7)))
                .isEqualTo(new TokenCounts(20, 5, 3, 7, 0, 25));
        assertThat(read(new BedrockTokenUsage(new TokenUsage(10, 5, 25), 3, 7)))
                .isEqualTo(new TokenCounts(20, 5, 3, 7, 0, 25));
    }

    @Test
    @Tag("flaw-65")
    @Tag("flaw-66")
    void gemini_countsThoughtsBesideTheOutputAndTheCacheInTheInput() {
        TokenUsage usage = GoogleAiGeminiTokenUsage.builder()
                .inputTokenCount(10)
                .outputTokenCount(5)
                .totalTokenCount(115)
                .cachedContentTokenCount(4)
                .thoughtsTokenCount(100)
                .build();
        assertThat(read(usage)).isEqualTo(new TokenCounts(10, 105, 4, 0, 100, 115));
    }

    @Test
    @Tag("flaw-66")
    void plain_keepsALargerTotal() {
        assertThat(read(new TokenUsage(10, 5))).isEqualTo(TokenCounts.of(10, 5));
        assertThat(read(new TokenUsage(10, 5, 130)))
                .isEqualTo(TokenCounts.of(10, 5).withTotal(130));
        assertThat(read(new TokenUsage(10, 5, 7))).isEqualTo(TokenCounts.of(10, 5));
    }

    @Test
    @Tag("flaw-66")
    void anyClass_withNothingButNulls_isRead() {
        List<TokenUsage> empty = List.of(
                new TokenUsage(),
                new TokenUsage(null, null, null),
                OpenAiTokenUsage.builder().build(),
                AnthropicTokenUsage.builder().build(),
                GoogleAiGeminiTokenUsage.builder().build(),
                new BedrockTokenUsage(new TokenUsage(), null, null),
                new OpenAiOfficialTokenUsage(new TokenUsage(), null, null));
        assertThat(empty).allSatisfy(usage -> assertThat(read(usage)).isEqualTo(TokenCounts.ZERO));
    }

    @Test
    @Tag("flaw-66")
    void someCountsMissing_othersAreRead() {
        assertThat(read(new TokenUsage(7, null, null))).isEqualTo(TokenCounts.of(7, 0));
        assertThat(read(new TokenUsage(null, 5, null))).isEqualTo(TokenCounts.of(0, 5));
        assertThat(read(new TokenUsage(null, null, 12))).isEqualTo(TokenCounts.ZERO.withTotal(12));
        assertThat(read(openAi(new TokenUsage(100, 5, null), null, null))).isEqualTo(TokenCounts.of(100, 5));
        TokenUsage cacheOnly =
                AnthropicTokenUsage.builder().cacheReadInputTokens(3).build();
        assertThat(read(cacheOnly)).isEqualTo(TokenCounts.of(3, 0).withCache(3, 0));
    }

    @Test
    void counts_atTheEndOfInt_areAddedUp() {
        assertThat(read(new TokenUsage(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE)))
                .isEqualTo(TokenCounts.of(Integer.MAX_VALUE, Integer.MAX_VALUE));
    }

    @Test
    @Tag("flaw-66")
    void negativeCounts_areZeroAndSaid() {
        assertOdd(new TokenUsage(-3, 5, 2), TokenCounts.of(0, 5));
        assertOdd(openAi(new TokenUsage(10, 5, 15), -1, -1), TokenCounts.of(10, 5));
    }

    @Test
    void partsLargerThanTheirWholes_areCutDownAndSaid() {
        assertOdd(
                openAi(new TokenUsage(10, 5, 15), 64, 0), TokenCounts.of(10, 5).withCache(10, 0));
        assertOdd(
                openAi(new TokenUsage(10, 5, 15), 0, 20), TokenCounts.of(10, 5).withReasoning(5));
    }

    @Test
    @Tag("flaw-66")
    void reasoningThatTheTotalCountsBesideTheOutput_isAddedToIt() {
        assertThat(read(openAi(new TokenUsage(10, 5, 315), 0, 300)))
                .isEqualTo(new TokenCounts(10, 305, 0, 0, 300, 315));
    }

    @Test
    void subclassOfAKnownClass_isReadAsThat() {
        AnthropicTokenUsage.Builder counts = AnthropicTokenUsage.builder()
                .inputTokenCount(10)
                .outputTokenCount(5)
                .cacheReadInputTokens(3);
        assertThat(read(new AnthropicTokenUsage(counts) {})).isEqualTo(new TokenCounts(13, 5, 3, 0, 0, 18));
    }

    @Test
    @Tag("flaw-65")
    void unknownSubclass_isReadAsPlainAndSaid() {
        assertOdd(new TokenUsage(10, 5) {}, TokenCounts.of(10, 5));
    }

    @Test
    @Tag("flaw-66")
    void accessorThatThrows_isZeroAndSaid() {
        TokenUsage broken = new BedrockTokenUsage(new TokenUsage(10, 5), 3, 7) {
            @Override
            public Integer cacheReadInputTokens() {
                throw new IllegalStateException("not today");
            }
        };
        assertOdd(broken, TokenCounts.of(17, 5).withCache(0, 7));
    }

    private static TokenUsage openAi(TokenUsage whole, Integer cached, Integer reasoning) {
        return OpenAiTokenUsage.builder()
                .inputTokenCount(whole.inputTokenCount())
                .outputTokenCount(whole.outputTokenCount())
                .totalTokenCount(whole.totalTokenCount())
                .inputTokensDetails(OpenAiTokenUsage.InputTokensDetails.builder()
                        .cachedTokens(cached)
                        .build())
                .outputTokensDetails(OpenAiTokenUsage.OutputTokensDetails.builder()
                        .reasoningTokens(reasoning)
                        .build())
                .build();
    }

    /** Reads what must be understood. */
    private static TokenCounts read(TokenUsage usage) {
        UsageReader.Reading reading = UsageReader.read(usage);
        assertThat(reading.understood()).as("%s", usage).isTrue();
        return reading.counts();
    }

    private static void assertOdd(TokenUsage usage, TokenCounts expected) {
        assertThat(UsageReader.read(usage)).isEqualTo(new UsageReader.Reading(expected, false));
    }
}
