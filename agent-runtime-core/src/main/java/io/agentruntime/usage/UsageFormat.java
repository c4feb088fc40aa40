package io.agentruntime.usage;

import static io.agentruntime.usage.UsageFormat.Place.BESIDE;
import static io.agentruntime.usage.UsageFormat.Place.INSIDE;

import java.util.List;

/**
 * How the usage class of a provider is read: where a figure stands, and whether the provider counts it in the whole already.
 *
 * <p>Input, output and total have the same accessors in all classes. A figure is named by its accessors, joined by dots; {@link #NONE}
 * says that the provider does not report it. The classes live in modules that an application may not have, so they are known by
 * their names.
 *
 * @param usageClass the full name of the class
 * @param cacheRead the accessors of the number of tokens that came out of the cache
 * @param cacheWrite the accessors of the number of tokens that went into the cache
 * @param cache whether these two are counted in the input
 * @param reasoning the accessors of the number of tokens that the model wrote for itself
 * @param thinking whether these are counted in the output
 */
record UsageFormat(
        String usageClass, String cacheRead, String cacheWrite, Place cache, String reasoning, Place thinking) {

    /** Where the provider counts a part. */
    enum Place {
        /** In the whole: nothing is to be added. */
        INSIDE,
        /** Beside the whole: the part is to be added to it. */
        BESIDE
    }

    static final String NONE = "";
    static final UsageFormat PLAIN =
            new UsageFormat("dev.langchain4j.model.output.TokenUsage", NONE, NONE, INSIDE, NONE, INSIDE);

    /** One row per class. Anthropic and Bedrock count each token of the input in one of three figures; Gemini's output is its answer. */
    static final List<UsageFormat> TABLE = List.of(
            new UsageFormat(
                    "dev.langchain4j.model.openai.OpenAiTokenUsage",
                    "inputTokensDetails.cachedTokens",
                    NONE,
                    INSIDE,
                    "outputTokensDetails.reasoningTokens",
                    INSIDE),
            new UsageFormat(
                    "dev.langchain4j.model.openaiofficial.OpenAiOfficialTokenUsage",
                    "inputTokensDetails.cachedTokens",
                    NONE,
                    INSIDE,
                    "outputTokensDetails.reasoningTokens",
                    INSIDE),
            new UsageFormat(
                    "dev.langchain4j.model.anthropic.AnthropicTokenUsage",
                    "cacheReadInputTokens",
                    "cacheCreationInputTokens",
                    BESIDE,
                    NONE,
                    INSIDE),
            new UsageFormat(
                    "dev.langchain4j.model.bedrock.BedrockTokenUsage",
                    "cacheReadInputTokens",
                    "cacheWriteInputTokens",
                    BESIDE,
                    NONE,
                    INSIDE),
            new UsageFormat(
                    "dev.langchain4j.model.googleai.GoogleAiGeminiTokenUsage",
                    "cachedContentTokenCount",
                    NONE,
                    INSIDE,
                    "thoughtsTokenCount",
                    BESIDE),
            PLAIN);
}
