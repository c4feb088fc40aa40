package io.agentruntime.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Compares the pieces of a section of the README with a test that runs them. */
final class ReadmePieces {

    private static final String SOURCES = "src/test/java/io/agentruntime/examples/quickstart/";

    private ReadmePieces() {}

    /** Fails unless each piece of code in the section stands in the test. */
    static void assertIn(Class<?> test, String section, int pieces) throws IOException {
        String source = squeezed(Files.readString(Path.of(SOURCES + test.getSimpleName() + ".java")));
        assertThat(pieces(section))
                .hasSize(pieces)
                .allSatisfy(piece -> assertThat(source).contains(piece));
    }

    private static List<String> pieces(String section) throws IOException {
        String readme = Files.readString(Path.of("../../README.md"));
        String begin = "## " + section + "\n";
        assertThat(readme).contains(begin);
        String text = readme.substring(readme.indexOf(begin) + begin.length()).split("\n## ", 2)[0];
        return Arrays.stream(text.split("```java\n"))
                .skip(1)
                .map(piece -> squeezed(piece.substring(0, piece.indexOf("```"))))
                .toList();
    }

    /** Leaves out comments, white space, and what a reader of the README can do without. */
    private static String squeezed(String code) {
        return code.replaceAll("//[^\n]*", "").replaceAll("\\s+", "");
    }
}
