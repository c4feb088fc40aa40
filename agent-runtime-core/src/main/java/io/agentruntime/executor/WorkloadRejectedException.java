package io.agentruntime.executor;

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
        super("workload '" + statistics.name() + "' rejected a task: "
                + (closed
                        ? "closed"
                        : "full (threads=" + statistics.threads() + ", active=" + statistics.active() + ", queued="
                                + statistics.queued() + ")"));
        this.statistics = statistics;
        this.closed = closed;
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
}
