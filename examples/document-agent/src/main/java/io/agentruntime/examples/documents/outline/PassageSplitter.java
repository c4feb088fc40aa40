package io.agentruntime.examples.documents.outline;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a text into passages of some hundred characters at headings, paragraphs, lines or sentences. Not thread-safe. */
public final class PassageSplitter {
    /** A passage ends when it has this many characters, or earlier. */
    static final int MAX_CHARACTERS = 800;

    private static final int ENOUGH = 500;
    private static final String FENCE = "```";
    private static final Pattern HEADING = Pattern.compile("^#{1,6}\\s+(.*?)[\\s#]*$");

    private final List<Piece> pieces = new ArrayList<>();
    private final StringBuilder current = new StringBuilder();
    private String heading = "";
    private boolean fenced;

    private PassageSplitter() {}

    /**
     * Cuts a text.
     *
     * @param text the text of a document, plain or with Markdown
     * @return the passages, in their order
     */
    public static List<Piece> split(String text) {
        PassageSplitter splitter = new PassageSplitter();
        text.lines().flatMap(Markup::bounded).forEach(splitter::add);
        splitter.end();
        return splitter.pieces;
    }

    private void add(String line) {
        Matcher matcher = HEADING.matcher(line);
        if (!fenced && matcher.matches()) {
            end();
            heading = InlineMarkdown.clean(matcher.group(1));
        } else if (line.isBlank()) {
            endParagraph();
        } else {
            addLine(line);
            fenced ^= line.strip().startsWith(FENCE);
        }
    }

    private void addLine(String line) {
        if (line.length() <= MAX_CHARACTERS) {
            append(line, "\n");
        } else {
            SentenceSplitter.split(line).forEach(sentence -> append(sentence, " "));
        }
    }

    private void append(String text, String separator) {
        if (current.length() + separator.length() + text.length() > MAX_CHARACTERS) {
            endInside();
        }
        current.append(current.isEmpty() ? "" : separator).append(text);
    }

    private void endParagraph() {
        if (current.length() >= ENOUGH) {
            endInside();
        } else if (!current.isEmpty()) {
            current.append('\n');
        }
    }

    /** Ends a passage that may end inside a block of code; then each part of the code gets its own fences. */
    private void endInside() {
        if (fenced) {
            current.append('\n').append(FENCE);
        }
        end();
        if (fenced) {
            current.append(FENCE);
        }
    }

    private void end() {
        String text = current.toString().strip();
        if (text.codePoints().anyMatch(Character::isLetterOrDigit)) {
            pieces.add(new Piece(heading, text));
        }
        current.setLength(0);
    }

    /**
     * A passage without its embedding. Immutable.
     *
     * @param heading the heading above it, or an empty string
     * @param text its text
     */
    public record Piece(String heading, String text) {}
}
