package io.agentruntime.examples.documents;

import java.util.function.Consumer;

/**
 * Breaks a text that comes in pieces into lines that fit the console, the first one after a label, the others below its text; words
 * are passed on when they are whole. Not thread-safe.
 */
final class WrappedText {
    /** Longer words are passed on in parts: some languages have no spaces, and nobody waits for the end of a sentence. */
    private static final int LONGEST_WORD = 60;

    private final String label;
    private final Consumer<String> out;
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;
    private int column;

    /** Passes the text on, in pieces that may hold line breaks. */
    WrappedText(String label, Consumer<String> out) {
        this.label = label;
        this.out = out;
    }

    void add(String piece) {
        piece.codePoints().forEach(this::add);
    }

    private void add(int c) {
        if (Character.isWhitespace(c)) {
            endWord();
            return;
        }
        word.appendCodePoint(c);
        if (word.length() >= LONGEST_WORD) {
            pass();
        }
    }

    /** Passes on what was held back as the beginning of a word. */
    void endWord() {
        if (!word.isEmpty()) {
            pass();
        }
        inWord = false;
    }

    private void pass() {
        String text = Printable.line(word.toString());
        int length = Table.length(text);
        out.accept((inWord ? "" : space(length)) + text);
        column += length;
        inWord = true;
        word.setLength(0);
    }

    /** What comes before a word of that length: the label, a space, or a new line. */
    private String space(int length) {
        if (column > label.length() && column + 1 + length <= Console.WIDTH) {
            column++;
            return " ";
        }
        String before = column == 0 ? label : "\n" + " ".repeat(label.length());
        column = label.length();
        return before;
    }
}
