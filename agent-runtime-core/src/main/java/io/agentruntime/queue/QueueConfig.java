package io.agentruntime.queue;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The checked settings of one queue. */
record QueueConfig<T>(
        String name,
        Delivery<T> delivery,
        @Nullable DeadLetter<T> deadLetter,
        Bounds<T> bounds,
        Batching<T> batching,
        Retry retry,
        @Nullable Records<T> records,
        Hooks hooks,
        QueueClock clock) {

    /** How much may wait in memory. Without a sizer an event counts with the length of its record, or with nothing. */
    record Bounds<T>(int events, long bytes, @Nullable ToLongFunction<? super T> sizer, Overflow overflow) {
        Bounds {
            requirePositive("capacity", events);
            requirePositive("capacityBytes", bytes);
        }
    }

    /** What is handed over together, and how much at once. */
    record Batching<T>(
            int size,
            Duration linger,
            int concurrency,
            @Nullable Function<? super T, ?> key) {
        Batching {
            requirePositive("batchSize", size);
            requirePositive("concurrency", concurrency);
            requireDuration("linger", linger);
        }
    }

    /** What happens to a batch that failed. No longest outage means that none is too long. */
    record Retry(int attempts, Backoff backoff, @Nullable Duration maxOutage) {
        Retry {
            requirePositive("attempts", attempts);
            requireDuration("pause", backoff.first());
            if (maxOutage != null) {
                requireDuration("maxOutage", maxOutage);
            }
        }

        boolean outlasted(long nanos) {
            return maxOutage != null && nanos >= maxOutage.toNanos();
        }
    }

    /** What the host does on the worker before the first event and after the last. */
    record Hooks(BackgroundQueue.Hook start, BackgroundQueue.Hook stop) {}

    private static void requirePositive(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " < 1: " + value);
        }
    }

    private static void requireDuration(String what, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(what + " is negative: " + value);
        }
        if (value.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException(what + " is more than a year: " + value);
        }
    }
}
