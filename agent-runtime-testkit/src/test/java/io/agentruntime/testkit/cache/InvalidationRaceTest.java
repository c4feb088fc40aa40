package io.agentruntime.testkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.cache.CacheCodec;
import io.agentruntime.cache.TieredCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Threads that change, invalidate and ask at random: nobody who asks after an invalidation gets what was there before it. */
@Tag("flaw-20")
class InvalidationRaceTest {

    private static final int KEYS = 3;
    private static final int THREADS = 4;

    private final AtomicLongArray truth = new AtomicLongArray(KEYS);
    private final AtomicLongArray floor = new AtomicLongArray(KEYS);
    private final FaultyTier tier = new FaultyTier();

    @Test
    void race_invalidatedValues_areNeverSeenAgain() throws Exception {
        race(5_000);
    }

    @Test
    @Tag("stress")
    void race_hundredThousandTimes_invalidatedValuesAreNeverSeenAgain() throws Exception {
        race(100_000);
    }

    /** An entry that one thread is removing is passed over by another one's invalidation, which must not return before it is gone. */
    @Test
    void race_memoryAlone_invalidatedValuesAreNeverSeenAgain() throws Exception {
        long seed = System.nanoTime();
        ExecutorService io = Executors.newFixedThreadPool(2);
        TieredCache<Integer, Long> cache =
                TieredCache.<Integer, Long>builder("numbers", io).shared().build();
        race(seed, io, random -> {
            for (int round = 0; round < 75_000; round++) {
                if (random.nextInt(8) == 0) {
                    change(0, cache::clear);
                } else {
                    long expected = floor.get(0);
                    assertThat(cache.getAsync(0, truth::get).join())
                            .as("seed %d", seed)
                            .isGreaterThanOrEqualTo(expected);
                }
            }
        });
    }

    private void race(int rounds) throws Exception {
        long seed = System.nanoTime();
        ExecutorService io = Executors.newFixedThreadPool(2);
        TieredCache<Integer, Long> cache = TieredCache.<Integer, Long>builder("numbers", io)
                .shared()
                .expireAfterWrite(Duration.ofHours(1))
                .eagerRefresh(0.000_000_001)
                .staleOnError(Duration.ofHours(1), Duration.ofNanos(1))
                .tags((key, value) -> Set.of("tag " + key))
                .tier(tier)
                .codec(CacheCodec.json(Long.class))
                .build();
        race(seed, io, random -> run(cache, random, rounds / THREADS, seed));
    }

    private static void race(long seed, ExecutorService io, Consumer<Random> member) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> members = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(seed + i);
                members.add(threads.submit(() -> member.accept(random)));
            }
            for (Future<?> one : members) {
                one.get(20, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
            io.shutdownNow();
        }
    }

    private void run(TieredCache<Integer, Long> cache, Random random, int rounds, long seed) {
        for (int round = 0; round < rounds; round++) {
            int key = random.nextInt(KEYS);
            switch (random.nextInt(8)) {
                case 0 -> change(key, () -> cache.invalidate(key));
                case 1 -> change(key, () -> cache.invalidateTag("tag " + key));
                case 2 -> change(key, cache::clear);
                case 3 -> tier.broken = random.nextInt(4) == 0;
                default -> ask(cache, key, random, seed);
            }
        }
    }

    private void change(int key, Supplier<CompletableFuture<Void>> invalidation) {
        long changed = truth.incrementAndGet(key);
        CompletableFuture<Void> unused = invalidation.get();
        floor.accumulateAndGet(key, changed, Math::max);
    }

    private void ask(TieredCache<Integer, Long> cache, int key, Random random, long seed) {
        long expected = floor.get(key);
        boolean fails = random.nextInt(10) == 0;
        CompletableFuture<Long> answer = cache.getAsync(key, k -> {
            long value = truth.get(k);
            Thread.onSpinWait();
            if (fails) {
                throw new IllegalStateException("asked for");
            }
            return value;
        });
        Long got = answer.handle((value, failure) -> failure == null ? value : Long.valueOf(Long.MAX_VALUE))
                .join();
        assertThat(got).as("seed %d", seed).isGreaterThanOrEqualTo(expected);
    }
}
