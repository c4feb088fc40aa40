package io.agentruntime.queue;

import io.agentruntime.executor.WorkloadStatistics;

/** What the workers know of themselves. */
record Figures(BackgroundQueue.WorkerState state, long startFailures, WorkloadStatistics.Latency handlerTime) {}
