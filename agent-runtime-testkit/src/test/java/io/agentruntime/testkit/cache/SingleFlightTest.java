package io.agentruntime.testkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.cache.CacheCodec;
import io.agentruntime.cache.CacheLoadException;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.cache.TieredCacheBuilder;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.ContextSnapshot;
import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** However many ask: one search, and nobody's impatience is anybody else's loss. */
@Tag("flaw-23")
class SingleFlightTest extends DrivenCacheFixture {

    private final AtomicInteger computed = new AtomicInteger();

    private TieredCacheBuilder<String, String> builder() {
        return driven(executor).tier(tier).codec(CacheCodec.json(String.class));
    }

    private String compute(String key) {
        return key + " " + computed.incrementAndGet();
    }

    private static String fail(String key) {
        throw new IllegalStateException("down");
    }

    @Test
    void getAsync_manyAtOnce_computeOnceAndReadEachTierOnce() {
        TieredCache<String, String> cache = builder().build();
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            answers.add(cache.getAsync("a", this::compute));
        }
        assertThat(executor.runAll()).isEqualTo(1);
        assertThat(answers).allMatch(answer -> answer.join().equals("a 1"));
        assertThat(tier.reads).hasValue(1);
    }

    @Test
    void get_fromManyThreads_computesOnce() throws Exception {
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 2, 10));
        ExecutorService threads = Executors.newFixedThreadPool(16);
        TieredCache<String, String> cache = TieredCache.<String, String>builder("texts", io)
                .tier(tier)
                .codec(CacheCodec.json(String.class))
                .build();
        try {
            for (int round = 0; round < 200; round++) {
                String key = "k" + round;
                CountDownLatch start = new CountDownLatch(1);
                List<Future<String>> answers = new ArrayList<>();
                for (int i = 0; i < 16; i++) {
                    answers.add(threads.submit(() -> {
                        start.await();
                        try (ContextScope mine = owner.open()) {
                            return cache.get(key, this::compute);
                        }
                    }));
                }
                start.countDown();
                for (Future<String> answer : answers) {
                    assertThat(answer.get()).isEqualTo(key + " " + (round + 1));
                }
            }
            assertThat(computed).hasValue(200);
            assertThat(tier.reads).hasValue(200);
        } finally {
            threads.shutdownNow();
            io.stop(Deadline.after(Duration.ofSeconds(10)));
        }
    }

    @Test
    void get_insideATaskOfTheOnlyThread_doesNotStarve() throws Exception {
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 1, 10));
        TieredCache<String, String> cache =
                TieredCache.<String, String>builder("texts", io).build();
        try {
            CompletableFuture<String> nested =
                    io.submit(() -> cache.get("outer", key -> key + " " + cache.get("inner", this::compute)));
            assertThat(nested.join()).isEqualTo("outer inner 1");
        } finally {
            io.stop(Deadline.after(Duration.ofSeconds(10)));
        }
    }

    @Test
    void getAsync_computationFails_allGetItAndItIsNotKept() {
        TieredCache<String, String> cache = builder().build();
        CompletableFuture<String> first = cache.getAsync("a", SingleFlightTest::fail);
        CompletableFuture<String> second = cache.getAsync("a", this::compute);
        executor.runAll();
        for (CompletableFuture<String> answer : List.of(first, second)) {
            assertThatThrownBy(answer::join)
                    .hasCauseInstanceOf(CacheLoadException.class)
                    .hasRootCauseMessage("down");
        }
        CompletableFuture<String> later = cache.getAsync("a", this::compute);
        executor.runAll();
        assertThat(later).isCompletedWithValue("a 1");
        assertThat(cache.statistics()).matches(s -> s.loads() == 2 && s.failures() == 1);
    }

    @Test
    void failuresKeptFor_theSourceIsNotAskedAgainUntilThen() {
        TieredCache<String, String> cache =
                builder().failuresKeptFor(Duration.ofSeconds(10)).build();
        CompletableFuture<String> first = cache.getAsync("a", SingleFlightTest::fail);
        executor.runAll();
        assertThat(first).isCompletedExceptionally();
        ticker.advance(Duration.ofSeconds(9));
        assertThatThrownBy(() -> cache.get("a", this::compute))
                .isInstanceOf(CacheLoadException.class)
                .hasRootCauseMessage("down");
        assertThat(cache.getIfPresent("a")).isEmpty();
        ticker.advance(Duration.ofSeconds(1));
        CompletableFuture<String> later = cache.getAsync("a", this::compute);
        executor.runAll();
        assertThat(later).isCompletedWithValue("a 1");
    }

    @Test
    void cancelledWaiter_endsNothingButItself() {
        TieredCache<String, String> cache = builder().build();
        CompletableFuture<String> gone = cache.getAsync("a", this::compute);
        CompletableFuture<String> stays = cache.getAsync("a", this::compute);
        gone.cancel(true);
        executor.runAll();
        assertThat(stays).isCompletedWithValue("a 1");
        CompletableFuture<String> last = cache.getAsync("b", this::compute);
        last.cancel(true);
        executor.runAll();
        assertThat(cache.getIfPresent("b")).as("goes on without anybody").contains("b 2");
    }

    @Test
    void interruptedWaiter_leavesTheComputationAlone() throws Exception {
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 2, 10));
        TieredCache<String, String> cache =
                TieredCache.<String, String>builder("texts", io).build();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        CompletableFuture<Throwable> seen = new CompletableFuture<>();
        Thread impatient = new Thread(ContextSnapshot.capture().wrap((Runnable) () -> {
            try {
                cache.get("a", key -> {
                    begun.countDown();
                    gate.await();
                    return compute(key);
                });
            } catch (CacheLoadException e) {
                seen.complete(Thread.interrupted() ? e : new AssertionError("the interrupt is lost"));
            }
        }));
        try {
            impatient.start();
            begun.await();
            CompletableFuture<String> patient = cache.getAsync("a", this::compute);
            impatient.interrupt();
            assertThat(seen.join())
                    .isInstanceOf(CacheLoadException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(patient).isNotDone();
            gate.countDown();
            assertThat(patient.join()).isEqualTo("a 1");
            assertThat(computed).hasValue(1);
        } finally {
            gate.countDown();
            impatient.join();
            io.stop(Deadline.after(Duration.ofSeconds(10)));
        }
    }

    @Test
    void hardTimeout_endsTheWaitOnly() {
        TieredCache<String, String> cache =
                builder().hardTimeout(Duration.ofSeconds(3)).build();
        CompletableFuture<String> first = cache.getAsync("a", this::compute);
        timer.advance(Duration.ofSeconds(2));
        CompletableFuture<String> second = cache.getAsync("a", this::compute);
        timer.advance(Duration.ofSeconds(1));
        assertThatThrownBy(first::join).hasRootCauseInstanceOf(TimeoutException.class);
        assertThat(second).isNotDone();
        executor.runAll();
        assertThat(second).isCompletedWithValue("a 1");
        assertThat(timer.pending()).as("alarms left behind").isZero();
        assertThat(cache.statistics().timeouts()).isEqualTo(1);
    }

    @Test
    void fullExecutor_isAFailureForAll() {
        AtomicInteger room = new AtomicInteger();
        TieredCache<String, String> cache = TieredCache.<String, String>builder("texts", task -> {
                    if (room.get() == 0) {
                        throw new RejectedExecutionException("full");
                    }
                    task.run();
                })
                .build();
        assertThatThrownBy(() -> cache.get("a", this::compute)).hasRootCauseMessage("full");
        assertThatThrownBy(() -> cache.getAll(List.of("a", "b"), keys -> Map.of()))
                .hasRootCauseMessage("full");
        room.set(1);
        assertThat(cache.get("a", this::compute)).isEqualTo("a 1");
    }

    @Test
    void computation_runsInTheContextOfTheFirst_andEachAnswerInThatOfItsCaller() {
        TieredCache<String, String> shared =
                TieredCache.<String, String>builder("texts", executor).shared().build();
        CompletableFuture<String> mine = shared.getAsync(
                        "a", key -> UsageContext.required().organisation())
                .thenApply(value -> value + " for " + UsageContext.required().organisation());
        CompletableFuture<String> theirs;
        try (ContextScope other = UsageContext.of("other", "test").openReplacing()) {
            theirs = shared.getAsync("a", key -> "not asked")
                    .thenApply(
                            value -> value + " for " + UsageContext.required().organisation());
        }
        scope.close();
        executor.runAll();
        assertThat(mine).isCompletedWithValue("acme for acme");
        assertThat(theirs).isCompletedWithValue("acme for other");
        openContext();
    }

    @Test
    void getAll_leavesToOthersWhatTheyCompute() {
        TieredCache<String, String> cache = builder().build();
        CompletableFuture<String> single = cache.getAsync("a", this::compute);
        List<Set<String>> asked = new ArrayList<>();
        TieredCache.BulkLoader<String, String> bulk = keys -> {
            asked.add(keys);
            return Map.of("b", "bulk b", "c", "bulk c");
        };
        CompletableFuture<Map<String, String>> first = cache.getAllAsync(List.of("a", "b"), bulk);
        CompletableFuture<Map<String, String>> second = cache.getAllAsync(List.of("b", "c"), bulk);
        executor.runAll();
        assertThat(single).isCompletedWithValue("a 1");
        assertThat(first).isCompletedWithValue(Map.of("a", "a 1", "b", "bulk b"));
        assertThat(second).isCompletedWithValue(Map.of("b", "bulk b", "c", "bulk c"));
        assertThat(asked).containsExactly(Set.of("b"), Set.of("c"));
    }

    @Test
    void getAll_bulkHasNoValue_anotherCallerComputesItsOwn() throws ExecutionException, InterruptedException {
        TieredCache<String, String> cache = builder().build();
        CompletableFuture<Map<String, String>> all = cache.getAllAsync(List.of("a"), keys -> Map.of());
        CompletableFuture<String> single = cache.getAsync("a", this::compute);
        executor.runAll();
        assertThat(all.get()).isEmpty();
        assertThat(single).isCompletedWithValue("a 1");
    }
}
