package io.agentruntime.resilience;

import io.agentruntime.resilience.ModelRetry.GiveUp;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts what one {@link ModelRetry} does. */
final class RetryCounters {

    final LongAdder calls = new LongAdder();
    final LongAdder retries = new LongAdder();
    final LongAdder succeeded = new LongAdder();
    private final AtomicLong warned = new AtomicLong();
    private final Map<GiveUp, LongAdder> gaveUp = new EnumMap<>(GiveUp.class);

    RetryCounters() {
        for (GiveUp reason : GiveUp.values()) {
            gaveUp.put(reason, new LongAdder());
        }
    }

    /** Returns how many attempts have failed and are to be repeated, this one included. */
    long warned() {
        return warned.incrementAndGet();
    }

    /** Returns how often it has been, this one included. */
    long gaveUp(GiveUp reason) {
        LongAdder counter = gaveUp.getOrDefault(reason, calls);
        counter.increment();
        return counter.sum();
    }

    ModelRetry.Statistics statistics() {
        Map<GiveUp, Long> reasons = new EnumMap<>(GiveUp.class);
        gaveUp.forEach((reason, count) -> reasons.put(reason, count.sum()));
        return new ModelRetry.Statistics(calls.sum(), retries.sum(), succeeded.sum(), Map.copyOf(reasons));
    }
}
