package io.agentruntime.examples.documents.outline;

import java.util.List;
import java.util.Locale;

/** What can be told from the shape of lines of plain text. */
final class LineShapes {
    private static final int MAX_HEADING_WORDS = 9;

    private LineShapes() {}

    /** Whether the lines are wrapped text and not statements of one line each. */
    static boolean isContinuous(List<String> lines) {
        boolean statements =
                lines.stream().allMatch(line -> line.strip().matches("[\\p{Lu}\\p{N}\"„“].*[^.!?,;:-]|.{0,40}[^.]"));
        boolean few = lines.size() < 3 && lines.stream().anyMatch(line -> line.length() > 50);
        return few || !statements;
    }

    /** Whether the line is a heading in capital letters. */
    static boolean isCapitals(String line) {
        return line.equals(line.toUpperCase(Locale.ROOT))
                && line.matches("(?=.*\\p{Lu}{3})\\S.*")
                && looksLikeHeading(line);
    }

    /** Whether the line is short and ends like a heading. */
    static boolean looksLikeHeading(String line) {
        String text = line.strip();
        return text.split("\\s+").length <= MAX_HEADING_WORDS
                && text.matches("[\\p{Lu}0-9§].*[\\p{L}0-9)?\"]")
                && !text.matches(".*[=;{}<>].*");
    }
}
