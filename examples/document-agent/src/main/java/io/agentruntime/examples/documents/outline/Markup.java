package io.agentruntime.examples.documents.outline;

import java.util.stream.Stream;

/** Prepares a text for the patterns that read it, which must not meet lines without end. */
final class Markup {
    /** The length of the longest line, in characters. */
    static final int MAX_LINE = 2_000;

    private static final int MAX_FRONT_MATTER = 10_000;
    private static final String FRONT_MATTER = "---\n";
    private static final String COMMENT = "<!--";
    private static final String COMMENT_END = "-->";

    private Markup() {}

    /** Removes the settings before a Markdown document and the comments in it. */
    static String withoutHidden(String text) {
        String body = text.substring(frontMatter(text));
        StringBuilder out = new StringBuilder();
        int from = 0;
        int comment = body.indexOf(COMMENT);
        int end = body.indexOf(COMMENT_END, Math.max(0, comment));
        while (comment >= 0 && end >= 0) {
            out.append(body, from, comment);
            from = end + COMMENT_END.length();
            comment = body.indexOf(COMMENT, from);
            end = body.indexOf(COMMENT_END, Math.max(from, comment));
        }
        return out.append(body.substring(from)).toString();
    }

    /** Cuts a line into pieces, between words where possible. */
    static Stream<String> bounded(String line) {
        Stream.Builder<String> pieces = Stream.builder();
        String rest = line;
        while (rest.length() > MAX_LINE) {
            int space = rest.lastIndexOf(' ', MAX_LINE);
            int cut = space > MAX_LINE / 2 ? space : MAX_LINE;
            pieces.add(rest.substring(0, cut));
            rest = rest.substring(cut);
        }
        return pieces.add(rest).build();
    }

    private static int frontMatter(String text) {
        int end = text.indexOf("\n" + FRONT_MATTER);
        boolean present = text.startsWith(FRONT_MATTER) && end > 0 && end < MAX_FRONT_MATTER;
        boolean settings = present
                && text.substring(0, end).contains(":")
                && !text.substring(0, end).contains("\n\n");
        return settings ? end + 1 + FRONT_MATTER.length() : 0;
    }
}
