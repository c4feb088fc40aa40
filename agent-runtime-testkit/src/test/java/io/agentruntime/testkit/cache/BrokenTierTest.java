package io.agentruntime.testkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.cache.CacheCodec;
import io.agentruntime.cache.CacheListener;
import io.agentruntime.cache.CacheStatistics;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.cache.TieredCacheBuilder;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.storage.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A lower tier that fails costs the computation, and nothing else. */
@Tag("flaw-29")
class BrokenTierTest extends DrivenCacheFixture {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final List<CacheListener.Event> events = new ArrayList<>();

    private TieredCacheBuilder<String, String> builder() {
        return driven(Runnable::run)
                .tier(tier, HOUR, Duration.ofSeconds(1))
                .listener(events::add)
                .codec(CacheCodec.json(String.class));
    }

    private static CacheStatistics.Tier figures(TieredCache<String, String> cache) {
        return cache.statistics().tiers().get(0);
    }

    @Test
    void brokenTier_isAskedThreeTimesThenLeftInPeaceThenProbedOnce() {
        TieredCache<String, String> cache = builder().build();
        tier.broken = true;
        for (int i = 0; i < 10; i++) {
            assertThat(cache.get("k" + i, key -> "value of " + key)).isEqualTo("value of k" + i);
        }
        assertThat(tier.reads.get() + tier.writes.get()).isEqualTo(3);
        assertThat(figures(cache).failures()).isEqualTo(3);
        assertThat(figures(cache).skipped()).isEqualTo(8);
        assertThat(events)
                .filteredOn(e -> e.kind() == CacheListener.Kind.TIER_FAILED)
                .hasSize(3);
        timer.advance(PAUSE);
        assertThat(tier.reads.get() + tier.writes.get()).as("one probe").isEqualTo(4);
    }

    @Test
    void tierSaysThatAnEntryIsDamaged_countsAsThatAndNotAsBroken() {
        TieredCache<String, String> cache = builder().build();
        tier.beforeRead = () -> {
            throw new StorageException(StorageException.Reason.CORRUPT, "not what was written", null);
        };
        for (int i = 0; i < 5; i++) {
            assertThat(cache.get("k" + i, key -> "computed")).isEqualTo("computed");
        }
        assertThat(figures(cache)).matches(f -> f.corrupt() == 5 && f.failures() == 0 && f.skipped() == 0);
    }

    @Test
    void timerHasStopped_costsTheTierAndNothingElse() {
        TieredCache<String, String> cache = builder().build();
        timer.shutdown();
        assertThat(cache.get("a", key -> "computed")).isEqualTo("computed");
        assertThat(figures(cache).failures()).isPositive();
        assertThat(cache.statistics().failures()).as("of the source").isZero();
        assertThat(figures(cache).pending()).as("not told").isEqualTo(1);
        assertThat(cache.invalidate("a")).failsWithin(LONG);
        assertThat(cache.getIfPresent("a")).isEmpty();
        assertThat(cache.clear()).failsWithin(LONG);
        assertThat(cache.put("a", "put")).isCompleted();
        assertThat(cache.get("a", key -> "computed")).isEqualTo("put");
    }

    @Test
    void tierComesBack_getsWhatItMissed() {
        TieredCache<String, String> cache = builder().build();
        tier.broken = true;
        for (int i = 0; i < 10; i++) {
            cache.get("k" + i, key -> "value of " + key);
        }
        assertThat(figures(cache).pending()).isEqualTo(10);
        tier.broken = false;
        timer.advance(PAUSE);
        assertThat(figures(cache).pending()).isZero();
        assertThat(tier.entries).hasSize(10);
        assertThat(builder().build().get("k7", key -> "computed")).isEqualTo("value of k7");
    }

    @Test
    void brokenTier_lastWriteWins() {
        TieredCache<String, String> cache = builder().build();
        tier.broken = true;
        for (int i = 0; i < 5; i++) {
            CompletableFuture<Void> unused = cache.put("a", "version " + i);
        }
        assertThat(figures(cache).pending()).isEqualTo(1);
        tier.broken = false;
        timer.advance(PAUSE);
        assertThat(builder().build().get("a", key -> "computed")).isEqualTo("version 4");
    }

    @Test
    void brokenForLong_whatWaitsIsBoundedAndNothingOldComesBack() {
        TieredCache<String, String> cache = builder().maximumSize(10).build();
        cache.get("k0", key -> "old");
        cache.get("k1500", key -> "old");
        tier.broken = true;
        for (int i = 0; i < 12_000; i++) {
            CompletableFuture<Void> unused = cache.put("k" + i, "new");
        }
        assertThat(figures(cache).pending()).isLessThanOrEqualTo(10_001);
        assertThat(figures(cache).dropped()).isPositive();
        tier.broken = false;
        timer.advance(PAUSE);
        assertThat(figures(cache).pending()).isZero();
        for (String key : List.of("k0", "k1500")) {
            assertThat(cache.get(key, k -> "new")).isEqualTo("new");
            assertThat(builder().build().get(key, k -> "new")).isEqualTo("new");
        }
    }

    @Test
    void tierHangs_readEndsInTime_andTheComputationGoesOn() throws Exception {
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 4, 100));
        CountDownLatch gate = new CountDownLatch(1);
        tier.readGate = gate;
        TieredCache<String, String> cache = TieredCache.<String, String>builder("texts", io)
                .clocks(ticker, ticker)
                .timer(timer)
                .tier(tier, HOUR, Duration.ofSeconds(1))
                .codec(CacheCodec.json(String.class))
                .build();
        try {
            CompletableFuture<String> answer = cache.getAsync("a", key -> "computed");
            timer.awaitPending(1, Duration.ofSeconds(30));
            assertThat(answer).isNotDone();
            timer.advance(Duration.ofSeconds(1));
            assertThat(answer.join()).isEqualTo("computed");
            assertThat(figures(cache).failures()).isEqualTo(1);
            assertThat(cache.get("a", key -> "not asked"))
                    .as("memory is not affected")
                    .isEqualTo("computed");
        } finally {
            gate.countDown();
            io.stop(Deadline.after(Duration.ofSeconds(10)));
        }
    }

    /** Calls that hang for ever, whatever one does: there are threads left, and who asks waits no longer than the tier is given. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tierHangsForEver_manyMisses_areComputedWhenItsTimeIsUp(boolean reads) throws Exception {
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 4, 1_000));
        CountDownLatch gate = new CountDownLatch(1);
        tier.deaf = true;
        tier.readGate = reads ? gate : tier.readGate;
        tier.writeGate = reads ? tier.writeGate : gate;
        TieredCache<String, String> cache = inTime(io);
        try {
            List<CompletableFuture<String>> answers = IntStream.range(0, 100)
                    .mapToObj(i -> cache.getAsync("k" + i, key -> key + "!"))
                    .toList();
            if (reads) {
                timer.awaitPending(100, LONG);
                assertThat(answers).noneMatch(CompletableFuture::isDone);
                timer.advance(Duration.ofSeconds(1));
            }
            CompletableFuture<Void> all = CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new));
            while (!all.isDone()) { // reads that wait behind writes which hang have a time too
                timer.advance(Duration.ofMillis(1));
                Thread.onSpinWait();
            }
            for (int i = 0; i < 100; i++) {
                assertThat(answers.get(i)).isCompletedWithValue("k" + i + "!");
            }
            assertThat((reads ? tier.reads : tier.writes).get())
                    .as("calls that hang")
                    .isLessThanOrEqualTo(2);
            gate.countDown();
            while (figures(cache).pending() > 0) { // what was late is told again
                timer.advance(Duration.ofMillis(100));
                Thread.onSpinWait();
            }
            assertThat(tier.entries).hasSize(100);
        } finally {
            gate.countDown();
            io.stop(Deadline.after(LONG));
        }
    }

    @Test
    void tierHangs_isInterruptedWhenItsTimeIsUp_andTheThreadGoesOnWithoutThat() throws Exception {
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 2, 1_000));
        CountDownLatch gate = new CountDownLatch(1);
        tier.readGate = gate;
        Semaphore reading = new Semaphore(0);
        tier.beforeRead = reading::release;
        TieredCache<String, String> cache = inTime(io);
        try {
            for (int i = 1; i <= 2; i++) {
                String key = "k" + i;
                CompletableFuture<String> answer = cache.getAsync(key, k -> "computed");
                assertThat(reading.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
                timer.advance(Duration.ofSeconds(1));
                assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("computed");
            }
            tier.readGate = new CountDownLatch(0);
            AtomicBoolean stillSet = new AtomicBoolean();
            tier.afterRead = () -> stillSet.set(Thread.currentThread().isInterrupted());
            CompletableFuture<String> third = cache.getAsync("k3", k -> "computed");
            assertThat(third.get(30, TimeUnit.SECONDS)).isEqualTo("computed");
            assertThat(stillSet).isFalse();
            assertThat(tier.interrupted.get()).isEqualTo(2);
        } finally {
            gate.countDown();
            io.stop(Deadline.after(LONG));
        }
    }

    @Test
    void tierHangsForEver_whoInvalidates_waitsTwiceTheTimeoutAtMost_andItIsDoneLater() throws Exception {
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 4, 1_000));
        TieredCache<String, String> cache = inTime(io);
        for (int i = 0; i < 4; i++) {
            cache.put("k" + i, "old").join();
        }
        CountDownLatch gate = new CountDownLatch(1);
        tier.deaf = true;
        tier.writeGate = gate;
        try {
            List<CompletableFuture<Void>> ends = IntStream.range(0, 4)
                    .mapToObj(i -> i < 3 ? cache.invalidate("k" + i) : cache.clear())
                    .toList();
            timer.awaitPending(4, LONG);
            timer.advance(Duration.ofSeconds(2));
            for (CompletableFuture<Void> end : ends) {
                assertThat(end).failsWithin(LONG).withThrowableThat().withCauseInstanceOf(TimeoutException.class);
            }
            assertThat(cache.getIfPresent("k0")).isEmpty();
        } finally {
            gate.countDown();
            io.stop(Deadline.after(LONG));
        }
        assertThat(tier.entries).isEmpty();
    }

    private TieredCache<String, String> inTime(WorkloadExecutor io) {
        return driven(io)
                .tier(tier, HOUR, Duration.ofSeconds(1))
                .codec(CacheCodec.json(String.class))
                .build();
    }

    /** A write that is late must not bring back what was removed after it. */
    @Test
    void writeHangs_removedMeanwhile_isNotThereWhenItLands() throws Exception {
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 4, 100));
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch writing = new CountDownLatch(1);
        tier.writeGate = gate;
        tier.beforeWrite = writing::countDown;
        TieredCache<String, String> cache = TieredCache.<String, String>builder("texts", io)
                .tier(tier)
                .codec(CacheCodec.json(String.class))
                .build();
        try {
            assertThat(cache.get("a", key -> "old")).isEqualTo("old");
            writing.await();
            CompletableFuture<Void> removed = cache.invalidate("a");
            assertThat(cache.getIfPresent("a")).isEmpty();
            assertThat(cache.get("b", key -> "other")).as("other keys go on").isEqualTo("other");
            assertThat(removed).as("the tier may still get the old value").isNotDone();
            gate.countDown();
            removed.join();
        } finally {
            gate.countDown();
            io.stop(Deadline.after(Duration.ofSeconds(10)));
        }
        assertThat(tier.entries.keySet()).containsExactly("texts/organisations/acme/b");
    }

    @Test
    void listenerThrows_nothingElseHappens() {
        TieredCache<String, String> cache = builder()
                .listener(event -> {
                    throw new IllegalStateException("listener");
                })
                .build();
        assertThat(cache.get("a", key -> "value")).isEqualTo("value");
    }
}
