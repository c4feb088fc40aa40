package io.agentruntime.benchmarks.harness;

import java.util.Collection;
import java.util.Locale;

/**
 * The lines of a run: id, measured, target and PASS or FAIL in aligned columns. Two spaces or more stand between two columns, never
 * inside one.
 */
final class Columns {

    /** Room for a number and the comma behind its unit. */
    private static final int NUMBER_WIDTH = 7;

    private final int idWidth;
    private final int measuredWidth;
    private final int targetWidth;

    Columns(Collection<Goal> goals) {
        idWidth = width(goals.stream().mapToInt(goal -> goal.id().length()).toArray());
        targetWidth = width(
                goals.stream().mapToInt(goal -> goal.target().text().length()).toArray());
        measuredWidth = width(
                goals.stream().mapToInt(goal -> measuredWidth(goal.target())).toArray());
    }

    private static int width(int... widths) {
        int widest = 0;
        for (int width : widths) {
            widest = Math.max(widest, width);
        }
        return widest;
    }

    private static int measuredWidth(Target target) {
        return target.figures().stream()
                .mapToInt(figure -> figure.unit().length() + NUMBER_WIDTH)
                .sum();
    }

    String result(Goal goal, Measurement measurement) {
        return line(goal, measurement.text(), measurement.passed() ? "PASS" : "FAIL");
    }

    /** The line of a goal that could not be measured: it counts as failed, and says why where the figures would stand. */
    String failure(Goal goal, Exception failure) {
        String why = String.valueOf(failure.getMessage()).replaceAll("\\s+", " ");
        return line(goal, "not measured: " + failure.getClass().getSimpleName() + ": " + why, "FAIL");
    }

    private String line(Goal goal, String measured, String verdict) {
        return format("%s  %s  %s  %s", pad(goal.id(), idWidth), pad(measured, measuredWidth), target(goal), verdict);
    }

    String description(Goal goal) {
        return format("%s  %s  %s", pad(goal.id(), idWidth), target(goal), goal.description());
    }

    private String target(Goal goal) {
        return pad(goal.target().text(), targetWidth);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String format(String pattern, Object... parts) {
        return String.format(Locale.ROOT, pattern, parts);
    }
}
