package io.agentruntime.cache;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntBiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a host has said of a cache. Immutable. */
record CacheSettings<K, V>(
        String name,
        boolean shared,
        Host host,
        Times times,
        MemoryTier.Bounds bounds,
        Values<K, V> values,
        List<LowerTier.Use> tiers,
        @Nullable CacheListener listener) {

    /** Whose threads and clocks it uses. */
    record Host(Executor executor, @Nullable ScheduledExecutorService timer, Ticker ticker, InstantSource clock) {}

    /** How long, in nanoseconds; {@link #ENDLESS} for without end, zero for not at all. */
    record Times(
            long timeToLive,
            double jitter,
            double eager,
            long maxStale,
            long throttle,
            long failures,
            long soft,
            long hard,
            long lease) {

        static final long ENDLESS = Long.MAX_VALUE;
        static final long FOREVER = Long.MAX_VALUE / 4; // more, and sums of times overflow

        /** A time in nanoseconds, or endless if it is longer than that can say. */
        static long nanos(Duration time) {
            return time.compareTo(Duration.ofNanos(FOREVER)) < 0 ? time.toNanos() : ENDLESS;
        }

        /** Of a value that may be kept in memory for so long. */
        Lifetime life(long now, long nanos) {
            if (nanos >= FOREVER) {
                return Lifetime.ENDLESS;
            }
            long fresh =
                    (long) (nanos * (1 - jitter * ThreadLocalRandom.current().nextDouble()));
            long ask = eager > 0 ? (long) (fresh * eager) : fresh;
            return new Lifetime(eager > 0 || maxStale > 0, now + ask, true, now + fresh, now + fresh + maxStale);
        }

        /** Of a value whose time has been up for so long. */
        Lifetime stale(long now, long past) {
            return new Lifetime(true, now, true, now - past, now - past + maxStale);
        }

        Lifetime failure(long now) {
            return new Lifetime(false, 0, true, now + failures, now + failures);
        }
    }

    /** What the values are like, and how they and the keys are written. */
    record Values<K, V>(
            Function<? super K, String> keyText,
            @Nullable CacheCodec<V> codec,
            Seal seal,
            BiFunction<? super K, ? super V, Set<String>> tags,
            @Nullable BiFunction<? super K, ? super V, Duration> validity,
            ToIntBiFunction<? super K, ? super V> weigher,
            @Nullable UnaryOperator<V> copy) {}

    long now() {
        return host.ticker.read();
    }
}
