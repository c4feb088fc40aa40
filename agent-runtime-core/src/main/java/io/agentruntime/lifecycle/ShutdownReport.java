package io.agentruntime.lifecycle;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What happened when components were stopped, in the order in which they were. Immutable and thread-safe.
 *
 * @param steps one entry per component that had been started, the first one stopped first
 */
public record ShutdownReport(List<Step> steps) {

    /** How the stop of one component ended. */
    public enum Outcome {
        /** The component stopped by itself. */
        STOPPED,
        /** The component threw. */
        FAILED,
        /** The component had not returned when its time was up; it was interrupted and left behind. */
        TIMED_OUT
    }

    /**
     * The stop of one component.
     *
     * @param component its name
     * @param outcome how it ended
     * @param took how long it took
     * @param left how many accepted pieces of work it left undone; not known, and 0, unless it stopped
     * @param failure what it threw, or null
     */
    public record Step(
            String component,
            Outcome outcome,
            Duration took,
            long left,
            @Nullable Throwable failure) {

        @Override
        public String toString() {
            String text = component + " " + outcome.name().toLowerCase(Locale.ROOT) + " in " + took.toMillis() + " ms";
            String rest = left == 0 ? "" : ", " + left + " left undone";
            return text + rest + (failure == null ? "" : ": " + failure);
        }
    }

    /** Copies the steps. */
    public ShutdownReport {
        steps = List.copyOf(steps);
    }

    /**
     * Adds up what was left.
     *
     * @return how many accepted pieces of work were left undone over all components
     */
    public long left() {
        return steps.stream().mapToLong(Step::left).sum();
    }

    /**
     * Says whether everything went as it should.
     *
     * @return true if every component stopped by itself and left nothing undone
     */
    public boolean clean() {
        return left() == 0 && steps.stream().allMatch(step -> step.outcome() == Outcome.STOPPED);
    }

    @Override
    public String toString() {
        return steps.stream().map(Step::toString).collect(Collectors.joining("; "));
    }
}
