package io.agentruntime.examples.documents;

import java.util.List;

/** Makes text safe to print: what comes from files, file names and models must not steer the terminal. */
final class Printable {
    private Printable() {}

    /** Puts a text on one line, with what cannot be seen in it written as an escape. */
    static String line(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(c -> append(line, c));
        return line.toString();
    }

    /** Breaks a text into lines that fit the console, the first one after a label, the others below its text. */
    static List<String> wrapped(String label, String text) {
        StringBuilder lines = new StringBuilder();
        WrappedText wrapped = new WrappedText(label, lines::append);
        wrapped.add(text);
        wrapped.endWord();
        return lines.toString().lines().toList();
    }

    private static void append(StringBuilder line, int c) {
        switch (c) {
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\t' -> line.append("\\t");
            default -> {
                if (isVisible(c)) {
                    line.appendCodePoint(c);
                } else {
                    line.append("\\u{").append(Integer.toHexString(c)).append('}');
                }
            }
        }
    }

    private static boolean isVisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
