package io.agentruntime.executor;

import static java.util.Objects.requireNonNull;

import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pools of one runtime, one per kind of work: agents (model calls, seconds to minutes), io (files and blobs, tenths of a
 * second), query (databases, seconds), and whatever kinds the host names itself. Saturating one changes nothing for the others.
 * Thread-safe.
 */
public final class ExecutorRegistry implements Managed {

    private final WorkloadExecutor agent;
    private final WorkloadExecutor io;
    private final WorkloadExecutor query;
    private final Map<String, WorkloadExecutor> byName = new LinkedHashMap<>(); // never changes once made

    private ExecutorRegistry(List<Workload> workloads) {
        for (Workload workload : workloads) {
            if (byName.put(workload.name(), WorkloadExecutor.create(workload)) != null) {
                throw new IllegalArgumentException("two workloads are named '" + workload.name() + "'");
            }
        }
        agent = workload(workloads.get(0).name());
        io = workload(workloads.get(1).name());
        query = workload(workloads.get(2).name());
    }

    /**
     * Makes the pools. Their threads come into being as tasks do.
     *
     * @param agent the bounds for model calls
     * @param io the bounds for files and blobs
     * @param query the bounds for databases
     * @param others further kinds of work, found again by their names
     * @return the registry
     * @throws IllegalArgumentException if two of them have the same name
     */
    public static ExecutorRegistry create(Workload agent, Workload io, Workload query, Workload... others) {
        List<Workload> workloads = new ArrayList<>(List.of(requireNonNull(agent, "agent"), requireNonNull(io, "io")));
        workloads.add(requireNonNull(query, "query"));
        workloads.addAll(List.of(others));
        return new ExecutorRegistry(workloads);
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
     * Gives a pool by its name.
     *
     * @param name the name of its workload
     * @return the same pool at every call
     * @throws IllegalArgumentException if there is none of that name; the message lists those that there are
     */
    public WorkloadExecutor workload(String name) {
        WorkloadExecutor executor = byName.get(requireNonNull(name, "name"));
        if (executor == null) {
            throw new IllegalArgumentException("no workload is named '" + name + "', there are: " + byName.keySet());
        }
        return executor;
    }

    /**
     * Tells the live figures of every pool.
     *
     * @return agent, io and query, then the others in the order in which they were named
     */
    public List<WorkloadStatistics> statistics() {
        return byName.values().stream().map(WorkloadExecutor::statistics).toList();
    }

    @Override
    public String name() {
        return "executors";
    }

    /**
     * Stops the pools one after another: first the host's own, the last one named first, for their tasks may use all others; then
     * agent, whose tasks use io and query; then those two.
     *
     * @param deadline when to be done
     * @return how many tasks were cancelled
     * @throws InterruptedException if interrupted; all tasks have been cancelled by then
     */
    @Override
    public long stop(Deadline deadline) throws InterruptedException {
        List<WorkloadExecutor> order = new ArrayList<>(byName.values());
        order.removeAll(List.of(agent, io, query));
        Collections.reverse(order);
        order.addAll(List.of(agent, io, query));
        try {
            long cancelled = 0;
            for (WorkloadExecutor executor : order) {
                cancelled += executor.stop(deadline);
            }
            return cancelled;
        } finally {
            order.forEach(WorkloadExecutor::abort);
        }
    }
}
