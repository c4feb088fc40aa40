package io.agentruntime.executor;

import java.time.Duration;

/**
 * The live figures of one workload at one moment. Immutable and thread-safe.
 *
 * <p>Whenever nothing is running or waiting, {@code submitted = completed + failed + cancelled + rejected}.
 *
 * @param name the workload
 * @param threads how many tasks may run at once
 * @param active how many are under way, those that wait for another task included
 * @param queued how many have not begun
 * @param largest how many threads there were at most
 * @param submitted how many were ever handed in, asynchronous stages and the rejected ones included
 * @param completed how many returned
 * @param failed how many threw, or ran out of time
 * @param cancelled how many were cancelled before their end
 * @param rejected how many were refused
 * @param queueWait how long tasks waited before they began
 * @param runTime how long they ran
 */
public record WorkloadStatistics(
        String name,
        int threads,
        int active,
        int queued,
        int largest,
        long submitted,
        long completed,
        long failed,
        long cancelled,
        long rejected,
        Latency queueWait,
        Latency runTime) {
    /**
     * How long something took, over all times it was measured: each time for the first thousand tasks, and after a task of 20 microseconds or
     * more; one time in 64 after a shorter one. Immutable and thread-safe. The figures are exact to an eighth.
     *
     * @param count how often it was measured
     * @param median half of the times it took at most this long
     * @param p99 99 of 100 times it took at most this long
     * @param max the longest
     */
    public record Latency(long count, Duration median, Duration p99, Duration max) {}
}
