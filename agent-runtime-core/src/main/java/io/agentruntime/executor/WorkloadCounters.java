package io.agentruntime.executor;

import java.util.concurrent.atomic.LongAdder;

/** What a workload has counted and measured. */
final class WorkloadCounters {

    final LongAdder completed = new LongAdder(); // besides those that the workers count
    final LongAdder failed = new LongAdder();
    final LongAdder cancelled = new LongAdder();
    final LatencyHistogram queueWait = new LatencyHistogram();
    final LatencyHistogram runTime = new LatencyHistogram();

    /** The live numbers of a pool. */
    record Load(int active, int queued, int largest, long offered, long refused, long completed) {}

    WorkloadStatistics statistics(Workload workload, Load load) {
        return new WorkloadStatistics(
                workload.name(),
                workload.threads(),
                load.active(),
                load.queued(),
                load.largest(),
                load.offered(),
                completed.sum() + load.completed(),
                failed.sum(),
                cancelled.sum(),
                load.refused(),
                queueWait.latency(),
                runTime.latency());
    }
}
