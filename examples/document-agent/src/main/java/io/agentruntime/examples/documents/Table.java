package io.agentruntime.examples.documents;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Lays out rows in columns: the first columns hold text, the others numbers. Not thread-safe. */
final class Table {
    private static final int SHORTEST = 12;

    private final int texts;
    private final List<String[]> rows = new ArrayList<>();

    /** Makes a table with a head, of whose columns the given number, from the left, are text. */
    Table(int texts, String... head) {
        this.texts = texts;
        rows.add(head.clone());
    }

    void row(String... cells) {
        rows.add(cells.clone());
    }

    /** Gives the lines, the first column cut so that they fit the console. */
    List<String> lines() {
        int[] widths = widths();
        List<String> lines = new ArrayList<>();
        rows.forEach(row -> lines.add(line(row, widths)));
        lines.add(1, "-".repeat(Arrays.stream(widths).sum() + 2 * (widths.length - 1)));
        return lines;
    }

    private int[] widths() {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], length(row[i]));
            }
        }
        int over = Arrays.stream(widths).sum() + 2 * (widths.length - 1) - Console.WIDTH;
        widths[0] = Math.max(Math.min(widths[0], SHORTEST), widths[0] - Math.max(0, over));
        return widths;
    }

    private String line(String[] cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            String cell = fit(cells[i], widths[i]);
            String space = " ".repeat(widths[i] - length(cell));
            line.append(i == 0 ? "" : "  ").append(i < texts ? cell + space : space + cell);
        }
        return line.toString().stripTrailing();
    }

    /** Cuts a text from the left, for the end of a path says most; pads nothing. */
    static String fit(String text, int width) {
        int length = length(text);
        return length <= width ? text : "…" + text.substring(text.offsetByCodePoints(0, length - width + 1));
    }

    static String pad(String text, int width) {
        String fitting = fit(text, width);
        return fitting + " ".repeat(width - length(fitting));
    }

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String count(long number, String noun) {
        return number(number) + " " + noun + (number == 1 ? "" : "s");
    }
}
