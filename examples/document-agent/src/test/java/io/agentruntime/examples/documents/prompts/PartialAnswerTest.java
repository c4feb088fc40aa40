package io.agentruntime.examples.documents.prompts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartialAnswerTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "They sleep.\nSources: [\"a.md\"]",
                "\n One.\r\n\r\nTwo.  \n\n  **Sources:** [\"a.md\"]\n\n",
                "Sources: they differ.\nSo it is.\nSources: []",
                "- One.\n- Two.\n- sources: a.md",
                "It comes from\nSource",
                "S\nSources: []",
                "S"
            })
    void add_inPiecesOfAnySize_givesTheTextAndNothingElse(String text) {
        for (int size = 1; size <= text.length(); size++) {
            PartialAnswer answer = new PartialAnswer();
            StringBuilder given = new StringBuilder();
            for (int i = 0; i < text.length(); i += size) {
                given.append(answer.add(text.substring(i, Math.min(text.length(), i + size))));
            }
            given.append(answer.rest());
            assertThat(given.toString().strip())
                    .as("in pieces of " + size)
                    .isEqualTo(Answers.answer("q", text).text());
        }
    }

    @Test
    void add_lineThatMayNameTheSources_isHeldBackUntilItIsNone() {
        PartialAnswer answer = new PartialAnswer();

        assertThat(answer.add("One ")).isEqualTo("One");
        assertThat(answer.add("two.\n")).isEqualTo(" two.");
        assertThat(answer.add("So")).isBlank();
        assertThat(answer.add("me more.")).isEqualTo("Some more.");
        assertThat(answer.add("\nSources: [")).isBlank();
        assertThat(answer.add("]")).isEmpty();
        assertThat(answer.rest()).isEmpty();
    }
}
