package io.agentruntime.examples.documents.outline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutlineTest {
    @Test
    void of_markdown_keepsOnlyProse() {
        String text = """
                ---
                title: x
                ---
                # 1. Main *title*
                [![badge](http://x/y.svg)](http://x) <!-- hidden
                comment -->
                The **quick** [fox](http://a.b/c_(d)) jumps over `a[0] * size`.
                It doesn't snake_case __stop__, e.g. Monday at noon. Dr. Smith agrees!

                ```java
                int hidden = 1;
                ```
                | a | b |
                |---|---|
                | 1 | 2 |

                - [Contents](#contents)
                [ref]: http://nowhere
                """;
        Outline outline = Outline.of(text);
        assertThat(outline.title()).isEqualTo("Main title");
        assertThat(texts(outline))
                .containsExactly(
                        "The quick fox jumps over a[0] * size.",
                        "It doesn't snake_case stop, e.g. Monday at noon.",
                        "Dr. Smith agrees!");
    }

    @Test
    void of_shortList_becomesOneSentence() {
        assertThat(texts(Outline.of("It needs:\n- water\n- salt\n\nMore text here.")))
                .containsExactly("It needs: water; salt.", "More text here.");
    }

    @Test
    void of_plainText_findsHeadings() {
        Outline outline = Outline.of("First Steps\n\nOpen the box.\n\nUSE\nPress the button.\n\nOld\n===\nGone.\n");
        assertThat(outline.sections()).extracting(Section::heading).containsExactly("First Steps", "USE", "Old");
        assertThat(texts(outline)).containsExactly("Open the box.", "Press the button.", "Gone.");
    }

    @Test
    void of_shortNote_keepsLinesApart() {
        assertThat(texts(Outline.of("Call Anna\nBuy milk\nMeeting at 10:00"))).hasSize(3);
        assertThat(texts(Outline.of("Call Anna\n\nBuy milk"))).containsExactly("Call Anna", "Buy milk");
    }

    @Test
    void of_code_usesItsComments() {
        Outline outline = Outline.of("```\n// Counts the clicks.\nint count = 0;\n```");
        assertThat(outline.prose()).isFalse();
        assertThat(texts(outline)).containsExactly("Counts the clicks.");
        assertThat(texts(Outline.of("x = 1;\ny = 2;"))).containsExactly("x = 1;", "y = 2;");
    }

    @Test
    void of_endlessSentence_isCut() {
        assertThat(texts(Outline.of("word ".repeat(1_000))))
                .allMatch(sentence -> sentence.length() <= 560)
                .hasSize(34);
        assertThat(texts(Outline.of("x".repeat(10_000)))).isNotEmpty().allMatch(sentence -> sentence.length() <= 560);
    }

    @ParameterizedTest
    @Timeout(10)
    @ValueSource(
            strings = {"---\na:\n", "[a](()", "()", "| ", "**a ", "<!--", "<a ", "1. ", ".", "x) -> ", "- ", "`", "\n- "
            })
    void of_hostileText_ends(String unit) {
        String text = "---\n[a](" + unit.repeat(60_000 / unit.length()) + " end";
        assertThat(Outline.of(text).sentences()).isNotEmpty();
        assertThat(PassageSplitter.split(text.repeat(5))).isNotEmpty();
    }

    @Test
    void sample_ofManySentences_isEvenlyChosen() {
        List<Sentence> sample = Outline.of("It is. ".repeat(1_000)).sample(10);
        assertThat(sample)
                .extracting(Sentence::position)
                .containsExactly(0, 100, 200, 300, 400, 500, 600, 700, 800, 900);
    }

    @Test
    void withRows_tableRow_isSentence() {
        assertThat(Outline.withRows("| name | size |\n|---|---|\n| pool | 3 |").sentences())
                .extracting(Sentence::text)
                .containsExactly("name: size", "pool: 3");
    }

    private static List<String> texts(Outline outline) {
        return outline.sentences().stream().map(Sentence::text).toList();
    }
}
