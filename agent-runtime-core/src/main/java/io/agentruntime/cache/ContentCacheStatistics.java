package io.agentruntime.cache;

/**
 * What a {@link ContentCache} has seen so far. Immutable and thread-safe.
 *
 * @param hits look-ups that were served
 * @param misses look-ups that found no entry
 * @param stale look-ups that found an entry of another content or variant
 * @param corrupt look-ups that found a damaged or foreign entry
 * @param failures look-ups and saves that the storage failed
 */
public record ContentCacheStatistics(long hits, long misses, long stale, long corrupt, long failures) {}
