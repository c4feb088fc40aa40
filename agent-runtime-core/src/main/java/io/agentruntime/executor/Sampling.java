package io.agentruntime.executor;

/**
 * Which tasks are measured: the first thousand, then those that come after a long one, and one in 64 of the rest; for the clock costs as
 * much as a short task does. Whoever counts and reports here does so lossily, for nothing but a choice hangs on it.
 */
final class Sampling {

    private static final int ALL = 1_024;
    private static final int ONE_IN = 64;

    /** How long a task must take not to be a short one. A measurement is less than a hundredth of it. */
    static final long LONG_NANOS = 20_000;

    private boolean tasksAreShort;

    boolean tasksAreShort() {
        return tasksAreShort;
    }

    boolean takes(long count) {
        return count <= ALL || !tasksAreShort || count % ONE_IN == 0;
    }

    /** Reports what a task that was measured has taken. */
    void measured(long nanos) {
        boolean isShort = nanos < LONG_NANOS;
        if (isShort != tasksAreShort) {
            tasksAreShort = isShort;
        }
    }
}
