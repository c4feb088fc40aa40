package io.agentruntime.examples.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WrappedTextTest {
    private final List<String> passed = new ArrayList<>();
    private final WrappedText text = new WrappedText("Answer: ", passed::add);

    @Test
    void add_wordsInPieces_passesThemOnWhenTheyAreWhole() {
        text.add("Sea ot");
        assertThat(passed).containsExactly("Answer: Sea");
        text.add("ters\n\nsle");
        assertThat(passed).containsExactly("Answer: Sea", " otters");
        text.add("ep\u001b[2J");
        text.endWord();
        assertThat(passed).containsExactly("Answer: Sea", " otters", " sleep\\u{1b}[2J");
    }

    @Test
    void add_nothingButSpace_passesNothingOn() {
        text.add(" \n");
        text.endWord();

        assertThat(passed).isEmpty();
    }

    @Test
    void add_moreThanALineHolds_beginsTheNextBelowTheText() {
        String word = "w".repeat(46);
        text.add(word + " " + word + " " + word);
        text.endWord();

        assertThat(String.join("", passed).lines())
                .containsExactly("Answer: " + word, "        " + word, "        " + word)
                .allMatch(line -> line.length() <= Console.WIDTH);
        assertThat(Printable.wrapped("A: ", word + " " + word + "b"))
                .containsExactly("A: " + word + " " + word + "b")
                .allMatch(line -> line.length() <= Console.WIDTH);
    }

    @Test
    void add_languageWithoutSpaces_doesNotWaitForTheEnd() {
        String sentence = "海獭仰面睡觉".repeat(20);
        text.add(sentence);
        assertThat(passed).hasSize(2);
        text.add(" b");
        text.endWord();

        assertThat(String.join("", passed).replaceAll("\n +", " ")).isEqualTo("Answer: " + sentence + " b");
    }
}
