package io.agentruntime.examples.documents.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.examples.documents.reading.DocumentException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest {
    private static final Summary SUMMARY = new Summary("It is \"short\" {really}.", List.of("One.", "Two."));

    @Test
    void read_whatWasWritten_isTheSame() {
        Faqs faqs = new Faqs(List.of(new Faq("Why?", "Because.")));
        Questions questions = new Questions(List.of("What next?"));
        Answer answer = new Answer("Yes.", List.of("a.md"));
        assertThat(Answers.summary("a.md", Answers.write(SUMMARY))).isEqualTo(SUMMARY);
        assertThat(Answers.faqs("a.md", Answers.write(faqs))).isEqualTo(faqs);
        assertThat(Answers.questions("a.md", Answers.write(questions))).isEqualTo(questions);
        assertThat(Answers.answer("the question", Answers.write(answer))).isEqualTo(answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "```json\n%s\n```",
                "```\n%s\n```\nI hope this helps.",
                "Here is the {requested} summary [as JSON]: %s. Bye {",
                "<think>maybe {\"text\": \"draft\"}</think>\n%s",
                "%s\n{\"unrelated\": 1}"
            })
    void read_jsonBetweenOtherText_isFound(String around) {
        String text = around.replace("%s", Answers.write(SUMMARY));
        assertThat(Answers.summary("a.md", text)).isEqualTo(SUMMARY);
    }

    @Test
    void read_plainLists_areAccepted() {
        assertThat(Answers.questions("a.md", "[\"Why?\"]").questions()).containsExactly("Why?");
        assertThat(Answers.faqs("a.md", "[{\"question\": \"Why?\", \"answer\": \"So.\"}]")
                        .faqs())
                .containsExactly(new Faq("Why?", "So."));
    }

    @Test
    void read_missingOptionalLists_areEmpty() {
        assertThat(Answers.summary("a.md", "{\"text\": \"It.\"}").keyPoints()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            delimiter = ';',
            value = {
                "Sources: [\"a, b.md\", \"c.md\"]; a, b.md/c.md",
                "**sources:** [\"a.md\"]; a.md",
                "Sources: a.md, `b.md`; a.md/b.md",
                "Sources: [a.md, 'b.md']; a.md/b.md",
                "Sources: []; ||",
                "Sources:; ||"
            })
    void answer_lastLineNamesTheSources_isRead(String line, String sources) {
        assertThat(Answers.answer("q", "One.\nTwo.\n\n" + line + "\n"))
                .isEqualTo(new Answer("One.\nTwo.", sources.isEmpty() ? List.of() : List.of(sources.split("/", -1))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"It.", "Sources: they differ.\nIt.", "It comes from\nSource", "S"})
    void answer_withoutSourcesLine_isAllText(String text) {
        assertThat(Answers.answer("q", text)).isEqualTo(new Answer(text, List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "Sources: [\"a.md\"]"})
    void answer_withoutText_isRejected(String text) {
        assertThatThrownBy(() -> Answers.answer("q", text))
                .hasMessage("q: the model's answer to the task answer is unusable, it holds no text");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "I cannot do that.",
                "{\"text\": \"cut o",
                "{\"text\": \" \"}",
                "{\"text\": 1}",
                "{\"text\": \"x\", \"keyPoints\": \"y\"}",
                "{\"text\": \"x\", \"keyPoints\": [{}]}",
                "[]",
                "{}",
                "null"
            })
    void read_unusableSummary_isRejectedWithoutItsContent(String text) {
        assertThatThrownBy(() -> Answers.summary("a.md", text))
                .isInstanceOf(DocumentException.class)
                .hasMessageStartingWith("a.md: the model's answer to the task summary is unusable, ")
                .hasMessageNotContaining("cannot do that");
    }

    @Test
    void read_emptyLists_areRejected() {
        assertThatThrownBy(() -> Answers.faqs("a.md", "{\"faqs\": []}"))
                .hasMessage(
                        "a.md: the model's answer to the task faqs is unusable, \"faqs\" is not a list with entries");
        assertThatThrownBy(() -> Answers.questions("b.md", "{\"questions\": [\"\"]}"))
                .hasMessage("b.md: the model's answer to the task questions is unusable, \"questions\" holds no text");
        assertThatThrownBy(() -> Answers.faqs("a.md", "{\"faqs\": [{\"question\": \"Why?\"}]}"))
                .hasMessageEndingWith("\"answer\" holds no text");
    }

    @Test
    void read_thousandsOfBrackets_endsQuickly() {
        assertThatThrownBy(() -> Answers.summary("a.md", "{[".repeat(50_000))).isInstanceOf(DocumentException.class);
    }
}
