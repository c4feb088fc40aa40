package io.agentruntime.benchmarks.harness;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/** One figure of a goal: its unit, as "ns" or "x raw pool", and what is wanted of it, if anything is. */
public record Figure(String unit, Wanted wanted, double limit) {

    /** Which side of the limit is the good one; the limit itself is good. */
    enum Wanted {
        AT_MOST,
        AT_LEAST,
        ANYTHING
    }

    /** Checks that the line format can carry the unit. */
    public Figure {
        requireNonNull(wanted, "wanted");
        if (unit.isBlank() || unit.contains("  ") || unit.contains(",")) {
            throw new IllegalArgumentException(
                    "not a unit: '" + unit + "', allowed: words with single spaces, no comma");
        }
    }

    /** A figure that must not be above the limit. */
    public static Figure atMost(double limit, String unit) {
        return new Figure(unit, Wanted.AT_MOST, limit);
    }

    /** A figure that must not be below the limit. */
    public static Figure atLeast(double limit, String unit) {
        return new Figure(unit, Wanted.AT_LEAST, limit);
    }

    /** A figure that is only shown, such as that of a peer. */
    public static Figure shown(String unit) {
        return new Figure(unit, Wanted.ANYTHING, 0);
    }

    /** Compares exactly, without the rounding of the printed text. What is not a number is never good. */
    boolean accepts(double value) {
        return switch (wanted) {
            case AT_MOST -> value <= limit;
            case AT_LEAST -> value >= limit;
            case ANYTHING -> !Double.isNaN(value);
        };
    }

    String text(double value) {
        return number(value) + " " + unit;
    }

    String wantedText() {
        return switch (wanted) {
            case AT_MOST -> "<= " + limitText();
            case AT_LEAST -> ">= " + limitText();
            case ANYTHING -> "-";
        };
    }

    private String limitText() {
        return (limit == Math.rint(limit) ? String.format(Locale.ROOT, "%.0f", limit) : Double.toString(limit)) + " "
                + unit;
    }

    /** Three digits that count, or all of those before the point. */
    private static String number(double value) {
        double size = Math.abs(value);
        String format = size >= 100 || value == 0 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }
}
