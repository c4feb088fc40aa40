package io.agentruntime.cache;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** The counters of one lower tier. */
final class TierFigures {

    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder stale = new LongAdder();
    final LongAdder skipped = new LongAdder();
    final LongAdder writes = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder readNanos = new LongAdder();
    final RareWarning corrupt;
    final RareWarning failures;

    TierFigures(String cache, String tier) {
        corrupt = new RareWarning("cache '" + cache + "': an entry in '" + tier + "' is not usable, counted as a miss");
        failures = new RareWarning("cache '" + cache + "': its tier '" + tier + "' fails, and is done without");
    }

    CacheStatistics.Tier read(String tier, long pending) {
        return new CacheStatistics.Tier(
                tier,
                hits.sum(),
                misses.sum(),
                stale.sum(),
                corrupt.count(),
                failures.count(),
                skipped.sum(),
                writes.sum(),
                dropped.sum(),
                pending,
                Duration.ofNanos(readNanos.sum()));
    }
}
