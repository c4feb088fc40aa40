package io.agentruntime.testkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.cache.CacheCodec;
import io.agentruntime.cache.CacheLoadException;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.cache.TieredCacheBuilder;
import io.agentruntime.context.ContextScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A thousand who miss at once, of whom many do not wait for the end: one computation, and one read of each tier. */
@Tag("flaw-23")
class ImpatientWaitersTest extends DrivenCacheFixture {

    private static final int CROWD = 1_000;

    private final FaultyTier far = new FaultyTier();
    private final AtomicInteger computed = new AtomicInteger();

    private TieredCacheBuilder<String, String> builder(Executor threads) {
        return driven(threads).tier(tier).tier(far).codec(CacheCodec.json(String.class));
    }

    private String compute(String key) {
        return key + " " + computed.incrementAndGet();
    }

    /** Asks, cancels, lets time pass and lets the search go on by a step, in a random order. */
    @Test
    void getAsync_aThousandInAHundredOrders_oneComputationAndOneReadPerTier() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 1; round <= 100; round++) {
            String key = "key " + round;
            String as = "seed " + seed + ", round " + round;
            TieredCache<String, String> cache =
                    builder(executor).hardTimeout(Duration.ofSeconds(3)).build();
            List<CompletableFuture<String>> answers = new ArrayList<>();
            while (answers.size() < CROWD) {
                answers.add(cache.getAsync(key, this::compute));
                switch (random.nextInt(500)) {
                    case 0 -> timer.advance(Duration.ofMillis(random.nextInt(2_000)));
                    case 1 -> executor.runAll();
                    default -> {
                        if (random.nextInt(3) == 0) {
                            answers.get(random.nextInt(answers.size())).cancel(random.nextBoolean());
                        }
                    }
                }
            }
            executor.runAll();
            assertThat(computed).as(as).hasValue(round);
            assertThat(tier.reads).as(as).hasValue(round);
            assertThat(far.reads).as(as).hasValue(round);
            assertThat(answers).as(as).allMatch(CompletableFuture::isDone);
            assertThat(answers.stream().filter(answer -> !answer.isCompletedExceptionally()))
                    .as(as)
                    .allMatch(answer -> answer.join().equals(key + " " + computed));
            assertThat(timer.pending()).as(as + ", alarms left behind").isZero();
        }
    }

    @Test
    void get_aThousandThreadsOfWhichManyAreInterrupted_oneComputationAndOneReadPerTier() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ExecutorService io = Executors.newFixedThreadPool(2);
        ExecutorService threads = Executors.newFixedThreadPool(CROWD);
        TieredCache<String, String> cache = builder(io).build();
        CountDownLatch asking = new CountDownLatch(CROWD);
        CountDownLatch gate = new CountDownLatch(1);
        try {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < CROWD; i++) {
                answers.add(threads.submit(() -> {
                    asking.countDown();
                    try (ContextScope mine = owner.open()) {
                        return cache.get("a", key -> {
                            gate.await();
                            return compute(key);
                        });
                    } catch (CacheLoadException e) {
                        return "interrupted";
                    }
                }));
            }
            asking.await();
            int gone = 0;
            for (Future<String> answer : answers) {
                gone += random.nextInt(3) == 0 && answer.cancel(true) ? 1 : 0;
            }
            gate.countDown();
            for (Future<String> answer : answers) {
                if (!answer.isCancelled()) {
                    assertThat(answer.get()).as("seed %d", seed).isEqualTo("a 1");
                }
            }
            assertThat(gone).as("seed %d", seed).isPositive();
        } finally {
            gate.countDown();
            threads.shutdownNow();
            io.shutdownNow();
        }
        assertThat(computed).as("seed %d", seed).hasValue(1);
        assertThat(tier.reads).as("seed %d", seed).hasValue(1);
        assertThat(far.reads).as("seed %d", seed).hasValue(1);
    }
}
