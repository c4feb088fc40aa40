package io.agentruntime;

import io.agentruntime.cache.ContentCache;
import io.agentruntime.executor.WorkloadStatistics;
import io.agentruntime.queue.BackgroundQueue;
import java.util.List;

/**
 * The live figures of a runtime at one moment. Immutable and thread-safe.
 *
 * @param workloads one entry per pool
 * @param usageQueue the queue between the models and the usage store
 * @param auditQueue the queue of the audit entries
 * @param content the content cache
 * @param unattributedCalls model calls that nobody had opened a context for
 */
public record RuntimeReport(
        List<WorkloadStatistics> workloads,
        BackgroundQueue.Statistics usageQueue,
        BackgroundQueue.Statistics auditQueue,
        ContentCache.Statistics content,
        long unattributedCalls) {

    /** Copies the list. */
    public RuntimeReport {
        workloads = List.copyOf(workloads);
    }
}
