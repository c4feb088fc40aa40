package io.agentruntime.executor;

import static java.util.Objects.requireNonNull;

/**
 * A kind of work and the room it gets. Immutable and thread-safe.
 *
 * @param name a short name for threads, errors and statistics, never blank
 * @param threads how many tasks may run at once, 1 to {@value #MAX_THREADS}
 * @param queueCapacity how many more may wait, 0 to {@value #MAX_QUEUE_CAPACITY}
 */
public record Workload(String name, int threads, int queueCapacity) {

    /** The largest pool. */
    public static final int MAX_THREADS = 10_000;

    /** The longest queue. */
    public static final int MAX_QUEUE_CAPACITY = 10_000_000;

    /**
     * Checks what it is given.
     *
     * @throws IllegalArgumentException if the name is blank or a number is out of range
     */
    public Workload {
        if (requireNonNull(name, "name").isBlank()) {
            throw new IllegalArgumentException("name is blank");
        }
        checkRange("threads", threads, 1, MAX_THREADS);
        checkRange("queueCapacity", queueCapacity, 0, MAX_QUEUE_CAPACITY);
    }

    private void checkRange(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    what + " of workload '" + name + "' is " + value + ", allowed: " + min + " to " + max);
        }
    }
}
