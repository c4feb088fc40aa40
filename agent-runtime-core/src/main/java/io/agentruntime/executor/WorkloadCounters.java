package io.agentruntime.executor;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;

/** What a workload has counted and measured. */
final class WorkloadCounters {

    final LongAdder completed = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder cancelled = new LongAdder();
    final LatencyHistogram queueWait = new LatencyHistogram();
    final LatencyHistogram runTime = new LatencyHistogram();

    /** Counts a future that is done. */
    void count(CompletableFuture<?> done) {
        if (done.isCancelled()) {
            cancelled.increment();
        } else if (done.isCompletedExceptionally()) {
            failed.increment();
        } else {
            completed.increment();
        }
    }

    WorkloadStatistics statistics(Workload workload, WorkerPool.Load load) {
        return new WorkloadStatistics(
                workload.name(),
                workload.threads(),
                load.active(),
                load.queued(),
                load.largest(),
                load.offered(),
                completed.sum(),
                failed.sum(),
                cancelled.sum(),
                load.refused(),
                queueWait.latency(),
                runTime.latency());
    }
}
