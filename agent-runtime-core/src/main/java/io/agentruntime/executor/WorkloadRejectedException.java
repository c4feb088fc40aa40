package io.agentruntime.executor;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown when a workload takes no more tasks, because it is full or because it was closed. A {@link RejectedExecutionException},
 * as every {@link java.util.concurrent.ExecutorService} throws.
 */
public final class WorkloadRejectedException extends RejectedExecutionException {

    private static final long serialVersionUID = 1L;

    private final transient WorkloadStatistics statistics;

    /** Whether the workload was closed rather than full. */
    private final boolean closed;

    WorkloadRejectedException(WorkloadStatistics statistics, boolean closed) {
        super("workload '" + statistics.name() + "' rejected a task: " + (closed ? "closed" : full(statistics)));
        this.statistics = statistics;
        this.closed = closed;
    }

    private static String full(WorkloadStatistics statistics) {
        return "full (threads=" + statistics.threads() + ", active=" + statistics.active() + ", queued="
                + statistics.queued() + ")";
    }

    /**
     * Tells the state of the workload at the moment of the rejection.
     *
     * @return name, size, active, queued and the other figures
     */
    public WorkloadStatistics statistics() {
        return statistics;
    }

    /**
     * Says why.
     *
     * @return true if the workload was closed, false if it was full and the call may be repeated later
     */
    public boolean closed() {
        return closed;
    }

    /**
     * Hints when it may make sense to try again: when the tasks that wait now will have begun, if they take as long as half of those
     * before them.
     *
     * @return a time from the moment of the rejection; zero if nothing has been measured yet or the workload is closed
     */
    public Duration retryAfter() {
        long rounds = 1L + statistics.queued() / statistics.threads();
        return closed ? Duration.ZERO : statistics.runTime().median().multipliedBy(rounds);
    }
}
