package io.agentruntime.executor;

import java.time.Duration;

/**
 * How long something took, over all times it was measured: for the first thousand tasks each time, then one time in eight. Immutable
 * and thread-safe. The figures are exact to an eighth.
 *
 * @param count how often it was measured
 * @param median half of the times it took at most this long
 * @param p99 99 of 100 times it took at most this long
 * @param max the longest
 */
public record Latency(long count, Duration median, Duration p99, Duration max) {}
