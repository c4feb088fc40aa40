package io.agentruntime.cache;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** The counters of a cache. */
final class CacheFigures {

    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder stale = new LongAdder();
    final LongAdder loads = new LongAdder();
    final LongAdder loadNanos = new LongAdder();
    final LongAdder timeouts = new LongAdder();
    final LongAdder discarded = new LongAdder();
    final RareWarning failures;

    CacheFigures(String cache) {
        failures = new RareWarning("cache '" + cache + "': a computation failed");
    }

    CacheStatistics read(String name, MemoryTier<?> memory, List<LowerTier> lower) {
        return new CacheStatistics(
                name,
                memory.size(),
                hits.sum(),
                misses.sum(),
                stale.sum(),
                memory.evictions.sum(),
                loads.sum(),
                failures.count(),
                Duration.ofNanos(loadNanos.sum()),
                timeouts.sum(),
                discarded.sum(),
                lower.stream().map(LowerTier::statistics).toList());
    }
}
