package io.agentruntime.cache;

import java.time.Duration;
import java.util.List;

/**
 * What a {@link TieredCache} has seen so far. Immutable and thread-safe.
 *
 * @param name the name of the cache
 * @param size how many entries are in memory
 * @param hits look-ups that the memory answered with a fresh value
 * @param misses look-ups that it did not
 * @param stale look-ups that were answered with a value past its time, because the source failed or was slow
 * @param evictions entries that left the memory because of its bound or their time
 * @param loads computations that have ended
 * @param failures those of them that failed
 * @param loadTime the time of all computations together
 * @param timeouts waits that ended because the computation took too long
 * @param discarded computed or read values that were not kept, because they were invalidated while they were on their way
 * @param tiers the lower tiers, the nearest first
 */
public record CacheStatistics(
        String name,
        long size,
        long hits,
        long misses,
        long stale,
        long evictions,
        long loads,
        long failures,
        Duration loadTime,
        long timeouts,
        long discarded,
        List<Tier> tiers) {

    /**
     * What one lower tier has seen so far.
     *
     * @param name the name of the tier
     * @param hits reads that gave a fresh entry
     * @param misses reads that found none, or none that was not invalidated
     * @param stale reads that gave an entry past its time
     * @param corrupt reads that gave a damaged or foreign entry, or one that could not be decoded
     * @param failures reads, writes and removals that the tier failed or did not end in time
     * @param skipped reads that were not tried, because the tier had failed before
     * @param writes entries that were stored or removed
     * @param dropped entries that were given up, because too many were waiting for a tier that fails
     * @param pending entries that wait to be stored or removed
     * @param readTime the time of all reads together
     */
    public record Tier(
            String name,
            long hits,
            long misses,
            long stale,
            long corrupt,
            long failures,
            long skipped,
            long writes,
            long dropped,
            long pending,
            Duration readTime) {}

    /** Copies the list. */
    public CacheStatistics {
        tiers = List.copyOf(tiers);
    }
}
