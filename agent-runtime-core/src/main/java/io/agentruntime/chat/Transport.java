package io.agentruntime.chat;

import com.github.benmanes.caffeine.cache.Ticker;
import io.agentruntime.executor.WorkloadExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What all exchanges of one transport share.
 *
 * @param io where callbacks run
 * @param spare where a stream is told that {@code io} has no room for it
 * @param timer where timeouts come from
 * @param ticker where elapsed time comes from
 * @param open the exchanges under way
 * @param maxEventBytes the largest event
 */
record Transport(
        WorkloadExecutor io,
        Executor spare,
        ScheduledExecutorService timer,
        Ticker ticker,
        OpenCalls open,
        int maxEventBytes) {}
