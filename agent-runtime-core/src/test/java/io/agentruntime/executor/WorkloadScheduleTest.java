package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Schedules, deadlines and patience: everything about a workload that has to do with time. */
class WorkloadScheduleTest {

    private static final UsageContext ACME = UsageContext.of("acme", "f");
    private static final Duration LONG = Duration.ofSeconds(30);

    private final WorkloadExecutor executor = WorkloadExecutor.create(new Workload("io", 2, 1));
    private final CountDownLatch gate = new CountDownLatch(1);

    @AfterEach
    void stop() throws InterruptedException {
        gate.countDown();
        executor.stop(Deadline.after(LONG));
    }

    @Test
    void schedule_once_runsInTheContextOfItsScheduler() throws Exception {
        ScheduledFuture<Optional<UsageContext>> future;
        try (ContextScope scope = ACME.open()) {
            future = executor.schedule(() -> UsageContext.current(), 1, TimeUnit.MILLISECONDS);
        }
        assertThat(future.get(30, TimeUnit.SECONDS)).contains(ACME);
        assertThat(executor.submit(UsageContext::current).get()).isEmpty();
    }

    @Test
    void scheduleRepeatedly_bothKinds_everyRunSeesTheContext() throws Exception {
        List<Optional<UsageContext>> seen = new CopyOnWriteArrayList<>();
        CountDownLatch sixRuns = new CountDownLatch(6);
        Runnable run = () -> {
            seen.add(UsageContext.current());
            sixRuns.countDown();
        };
        ScheduledFuture<?> rate;
        ScheduledFuture<?> delay;
        try (ContextScope scope = ACME.open()) {
            rate = executor.scheduleAtFixedRate(run, 0, 1, TimeUnit.MILLISECONDS);
            delay = executor.scheduleWithFixedDelay(run, 0, 1, TimeUnit.MILLISECONDS);
        }
        assertThat(sixRuns.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(rate.cancel(true)).isTrue();
        assertThat(delay.cancel(true)).isTrue();
        assertThat(seen).hasSizeGreaterThanOrEqualTo(6).containsOnly(Optional.of(ACME));
    }

    @Test
    void scheduleRepeatedly_aRunThrows_endsTheScheduleWithItsFailure() {
        AtomicInteger runs = new AtomicInteger();
        ScheduledFuture<?> future = executor.scheduleAtFixedRate(
                () -> {
                    if (runs.incrementAndGet() == 3) {
                        throw new IllegalStateException("third");
                    }
                },
                0,
                1,
                TimeUnit.MILLISECONDS);
        assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS)).hasRootCauseMessage("third");
        assertThat(runs).hasValue(3);
    }

    @Test
    void stop_schedulesThatHaveNotBegun_areCancelled() throws Exception {
        ScheduledFuture<?> once = executor.schedule(() -> 1, 1, TimeUnit.HOURS);
        ScheduledFuture<?> often = executor.scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.HOURS);
        assertThat(once.getDelay(TimeUnit.MINUTES)).isBetween(58L, 60L);
        assertThat(once.compareTo(often)).isNegative();

        assertThat(executor.stop(Deadline.after(LONG))).isZero();
        assertThat(once.isCancelled()).isTrue();
        assertThat(often.isCancelled()).isTrue();
        assertThatThrownBy(() -> executor.schedule(() -> 1, 1, TimeUnit.MILLISECONDS))
                .isInstanceOf(WorkloadRejectedException.class);
    }

    @Test
    void scheduleRepeatedly_periodOfZero_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> executor.scheduleAtFixedRate(() -> {}, 0, 0, TimeUnit.SECONDS));
    }

    @Test
    @Tag("flaw-6")
    void submit_deadlinePassesWhileItRuns_failsAndInterrupts() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        CompletableFuture<Integer> future = executor.submit(
                () -> {
                    try {
                        gate.await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                    return 1;
                },
                Deadline.after(Duration.ofMillis(20)));
        assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(TimeoutException.class)
                .hasMessageContaining("workload 'io'");
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @Tag("flaw-2")
    void submit_deadlinePassesWhileItWaits_neverBegins() throws Exception {
        occupy(2);
        AtomicInteger begun = new AtomicInteger();
        CompletableFuture<Integer> waiting =
                executor.submit(begun::incrementAndGet, Deadline.after(Duration.ofMillis(20)));
        CompletableFuture<Integer> late = executor.submit(begun::incrementAndGet, Deadline.after(Duration.ZERO));

        assertThatThrownBy(() -> waiting.get(30, TimeUnit.SECONDS)).hasRootCauseInstanceOf(TimeoutException.class);
        assertThat(late).isCompletedExceptionally();
        gate.countDown();
        executor.stop(Deadline.after(LONG));
        assertThat(begun).hasValue(0);
        assertThat(executor.statistics().failed()).isEqualTo(2);
    }

    @Test
    void submit_runnableWithADeadline_keepsIt() {
        CompletableFuture<?> future = executor.submit(
                () -> {
                    awaitGate();
                },
                Deadline.after(Duration.ofMillis(20)));
        assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS)).hasRootCauseInstanceOf(TimeoutException.class);
    }

    private void awaitGate() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void submitWaiting_full_waitsForRoomOrIsRejected() throws Exception {
        occupy(2);
        assertThat(executor.submit(() -> "fills the queue")).isNotDone();
        assertThatThrownBy(() -> executor.submitWaiting(() -> "late", Duration.ofMillis(20)))
                .isInstanceOf(WorkloadRejectedException.class);

        CompletableFuture<String> patient = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return executor.submitWaiting(() -> "in the end", LONG).join();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                },
                task -> new Thread(task).start());
        gate.countDown();
        assertThat(patient.get(30, TimeUnit.SECONDS)).isEqualTo("in the end");
    }

    @Test
    void latency_ofTasks_isMeasured() throws Exception {
        for (int i = 0; i < 100; i++) {
            assertThat(executor.submit(() -> 1).get()).isEqualTo(1);
        }
        executor.stop(Deadline.after(LONG));
        WorkloadStatistics statistics = executor.statistics();
        assertThat(statistics.runTime().count()).isEqualTo(100);
        assertThat(statistics.queueWait().count()).isEqualTo(100);
        assertThat(statistics.runTime().max()).isPositive();
        assertThat(statistics.queueWait().median())
                .isLessThanOrEqualTo(statistics.queueWait().p99());
        assertThat(statistics.queueWait().p99())
                .isLessThanOrEqualTo(statistics.queueWait().max());
    }

    @Test
    void histogram_knownTimes_isExactToAnEighth() {
        LatencyHistogram histogram = new LatencyHistogram();
        for (int i = 1; i <= 1000; i++) {
            histogram.record(i * 1000L);
        }
        WorkloadStatistics.Latency latency = histogram.latency();
        assertThat(latency.count()).isEqualTo(1000);
        assertThat(latency.median().toNanos()).isBetween(500_000L, 500_000L * 9 / 8);
        assertThat(latency.p99().toNanos()).isBetween(990_000L, 990_000L * 9 / 8);
        assertThat(latency.max().toNanos()).isBetween(1_000_000L, 1_000_000L * 9 / 8);
        histogram.record(Long.MAX_VALUE);
        histogram.record(-1);
        assertThat(histogram.latency().max().toNanos()).isEqualTo(Long.MAX_VALUE);
    }

    private void occupy(int tasks) throws InterruptedException {
        CountDownLatch running = new CountDownLatch(tasks);
        for (int i = 0; i < tasks; i++) {
            executor.execute(() -> {
                running.countDown();
                awaitGate();
            });
        }
        running.await();
    }
}
