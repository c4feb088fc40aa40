package io.agentruntime.executor;

import static java.util.Objects.requireNonNull;

/**
 * A kind of work and the room it gets. Immutable and thread-safe.
 *
 * @param name a short name for threads, errors and statistics, never blank
 * @param threads how many tasks may run at once, 1 to {@value #MAX_THREADS}
 * @param queueCapacity how many more may wait, 0 to {@value #MAX_QUEUE_CAPACITY}
 * @param virtualThreads whether the tasks run on virtual threads where the running JVM has them (from 21 on); on an older one they
 *     run on platform threads
 * @param fairness whether organisations take turns: one that has queued a thousand tasks does not make another's first one wait for
 *     all of them; tasks without a context take turns as one organisation
 */
public record Workload(String name, int threads, int queueCapacity, boolean virtualThreads, boolean fairness) {

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
        if (threads < 1 || threads > MAX_THREADS) {
            throw new IllegalArgumentException(
                    "threads of workload '" + name + "' is " + threads + ", allowed: 1 to " + MAX_THREADS);
        }
        if (queueCapacity < 0 || queueCapacity > MAX_QUEUE_CAPACITY) {
            throw new IllegalArgumentException("queueCapacity of workload '" + name + "' is " + queueCapacity
                    + ", allowed: 0 to " + MAX_QUEUE_CAPACITY);
        }
    }

    /**
     * Makes a workload on platform threads, first come, first served.
     *
     * @param name a short name for threads, errors and statistics, never blank
     * @param threads how many tasks may run at once, 1 to {@value #MAX_THREADS}
     * @param queueCapacity how many more may wait, 0 to {@value #MAX_QUEUE_CAPACITY}
     * @throws IllegalArgumentException if the name is blank or a number is out of range
     */
    public Workload(String name, int threads, int queueCapacity) {
        this(name, threads, queueCapacity, false, false);
    }

    /**
     * Asks for virtual threads, with the same bounds.
     *
     * @return a copy that uses them where the JVM has them
     */
    public Workload virtual() {
        return new Workload(name, threads, queueCapacity, true, fairness);
    }

    /**
     * Asks for turns between organisations.
     *
     * @return a copy that is fair
     */
    public Workload fair() {
        return new Workload(name, threads, queueCapacity, virtualThreads, true);
    }

    /**
     * Sets other bounds.
     *
     * @param newThreads how many tasks may run at once, 1 to {@value #MAX_THREADS}
     * @param newQueueCapacity how many more may wait, 0 to {@value #MAX_QUEUE_CAPACITY}
     * @return a copy with these bounds
     * @throws IllegalArgumentException if a number is out of range
     */
    public Workload withBounds(int newThreads, int newQueueCapacity) {
        return new Workload(name, newThreads, newQueueCapacity, virtualThreads, fairness);
    }
}
