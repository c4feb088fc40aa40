package io.agentruntime.executor;

import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import java.util.List;

/**
 * The pools of one runtime, one per kind of work: agents (model calls, seconds to minutes), io (files and blobs, tenths of a
 * second) and query (databases, seconds). Saturating one changes nothing for the others. Thread-safe.
 */
public final class ExecutorRegistry implements Managed {

    private final WorkloadExecutor agent;
    private final WorkloadExecutor io;
    private final WorkloadExecutor query;

    private ExecutorRegistry(WorkloadExecutor agent, WorkloadExecutor io, WorkloadExecutor query) {
        this.agent = agent;
        this.io = io;
        this.query = query;
    }

    /**
     * Makes the three pools.
     *
     * @param agent the bounds for model calls
     * @param io the bounds for files and blobs
     * @param query the bounds for databases
     * @return the registry
     */
    public static ExecutorRegistry create(Workload agent, Workload io, Workload query) {
        return new ExecutorRegistry(
                WorkloadExecutor.create(agent), WorkloadExecutor.create(io), WorkloadExecutor.create(query));
    }

    /**
     * Gives the pool for model calls.
     *
     * @return the same pool at every call
     */
    public WorkloadExecutor agent() {
        return agent;
    }

    /**
     * Gives the pool for files and blobs.
     *
     * @return the same pool at every call
     */
    public WorkloadExecutor io() {
        return io;
    }

    /**
     * Gives the pool for database queries.
     *
     * @return the same pool at every call
     */
    public WorkloadExecutor query() {
        return query;
    }

    /**
     * Tells the live figures of every pool.
     *
     * @return agent, io and query, in this order
     */
    public List<WorkloadStatistics> statistics() {
        return List.of(agent.statistics(), io.statistics(), query.statistics());
    }

    @Override
    public String name() {
        return "executors";
    }

    /**
     * Stops the agent pool first, for its tasks use the others, then io, then query.
     *
     * @param deadline when to be done
     * @return how many tasks were cancelled
     * @throws InterruptedException if interrupted; all tasks have been cancelled by then
     */
    @Override
    public long stop(Deadline deadline) throws InterruptedException {
        try {
            return agent.stop(deadline) + io.stop(deadline) + query.stop(deadline);
        } finally {
            agent.abort();
            io.abort();
            query.abort();
        }
    }
}
