package io.agentruntime.queue;

import io.agentruntime.executor.WorkloadStatistics;

/** What a queue knows of itself without its lock. */
record Figures(
        String name, BackgroundQueue.WorkerState state, long startFailures, WorkloadStatistics.Latency handlerTime) {}
