package io.agentruntime.executor;

/**
 * The live figures of one workload at one moment. Immutable and thread-safe.
 *
 * <p>Whenever nothing is running or waiting, {@code submitted = completed + failed + cancelled + rejected}.
 *
 * @param name the workload
 * @param threads how many tasks may run at once
 * @param active how many are running
 * @param queued how many are waiting
 * @param submitted how many were ever handed in, the rejected ones included
 * @param completed how many returned
 * @param failed how many threw
 * @param cancelled how many were cancelled before their end
 * @param rejected how many were refused
 */
public record WorkloadStatistics(
        String name,
        int threads,
        int active,
        int queued,
        long submitted,
        long completed,
        long failed,
        long cancelled,
        long rejected) {}
