package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A workload that is stopped in the middle of everything: every future ends in time, and every task is accounted for. */
@Tag("flaw-3")
@Tag("flaw-4")
@Tag("flaw-6")
@Tag("flaw-8")
class StopUnderLoadTest {

    private static final Duration TIME = Duration.ofMillis(150);

    /** The promise is 100 ms. A busy machine of two cores may need longer to give this test's own threads their turn. */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final long seed = Long.getLong("agentruntime.seed", 20_261_126L);
    private final Queue<Future<?>> returned = new ConcurrentLinkedQueue<>();
    private final AtomicLong calls = new AtomicLong();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final Semaphore stubborn = new Semaphore(2); // never all threads
    private final CountDownLatch stubbornRunning = new CountDownLatch(2);
    private WorkloadExecutor executor;

    @AfterEach
    void open() {
        gate.countDown();
    }

    @RepeatedTest(3)
    void stop_underLoadOnPlatformThreads_endsEveryFuture() throws Exception {
        stopUnderLoad(new Workload("load", 4, 200));
    }

    @RepeatedTest(3)
    void stop_underLoadOnVirtualThreads_endsEveryFuture() throws Exception {
        stopUnderLoad(new Workload("load", 4, 200).virtual().fair());
    }

    private void stopUnderLoad(Workload workload) throws Exception {
        executor = WorkloadExecutor.create(workload);
        List<CompletableFuture<Long>> drivers = new ArrayList<>();
        for (int driver = 0; driver < 2; driver++) {
            Random random = new Random(seed + driver);
            drivers.add(
                    CompletableFuture.supplyAsync(() -> submitUntilClosed(random), task -> new Thread(task).start()));
        }
        assertThat(stubbornRunning.await(30, TimeUnit.SECONDS)).as(mark()).isTrue();

        long began = System.nanoTime();
        executor.stop(Deadline.after(TIME));
        for (CompletableFuture<Long> driver : drivers) {
            assertThat(Watchdog.await(driver, LIMIT, mark()))
                    .as("calls after the end")
                    .isEqualTo(100);
        }
        awaitAll();
        checkTime(workload, Duration.ofNanos(System.nanoTime() - began));
        checkSlotsAndFigures();
    }

    private void checkTime(Workload workload, Duration took) {
        System.out.printf(
                "stop of %s: %d futures done %d ms after the deadline (promise: 100)%n",
                workload.virtualThreads() ? "virtual threads" : "platform threads",
                returned.size(),
                took.minus(TIME).toMillis());
        assertThat(took).as(mark()).isLessThan(TIME.plus(TOLERANCE));
    }

    private void awaitAll() throws Exception {
        CompletableFuture<?>[] all = returned.toArray(CompletableFuture<?>[]::new);
        CompletableFuture<?> done = CompletableFuture.allOf(all).handle((nothing, failure) -> true);
        Watchdog.await(done, LIMIT, mark());
    }

    private void checkSlotsAndFigures() throws Exception {
        assertThat(executor.statistics().active())
                .as("tasks that no interrupt ends, " + mark())
                .isEqualTo(2);
        assertThat(executor.isTerminated()).isFalse();
        assertThat(executor.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
        gate.countDown();
        assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).as(mark()).isTrue();
        WorkloadStatistics figures = executor.statistics();
        assertThat(figures.active() + figures.queued()).as(mark()).isZero();
        assertThat(figures.submitted()).as(mark()).isGreaterThanOrEqualTo(calls.get());
        assertThat(figures.completed() + figures.failed() + figures.cancelled() + figures.rejected())
                .as(mark())
                .isEqualTo(figures.submitted());
        assertThat(catchThrowableOfType(WorkloadRejectedException.class, () -> executor.submit(() -> 1))
                        .closed())
                .isTrue();
    }

    private String mark() {
        return "seed " + seed + ", " + executor;
    }

    /** Submits until the workload is closed, and then a hundred times more; tells how many of those were refused. */
    private long submitUntilClosed(Random random) {
        long refused = 0;
        for (int after = 0; after < 100; ) {
            try {
                calls.incrementAndGet();
                submitOne(random);
                after += refused > 0 ? 1 : 0;
            } catch (WorkloadRejectedException e) {
                refused += e.closed() ? 1 : 0;
                after += e.closed() ? 1 : 0;
                Thread.onSpinWait();
            }
        }
        return refused;
    }

    private void submitOne(Random random) {
        int kind = random.nextInt(100);
        if (kind < 5 && stubborn.tryAcquire()) {
            submitStubborn();
        } else if (kind < 8) {
            returned.add(executor.submit(() -> gate.await(5 + kind, TimeUnit.MILLISECONDS)));
        } else if (kind < 12) {
            returned.add(executor.submit(() -> gate.await(1, TimeUnit.HOURS), Deadline.after(Duration.ofMillis(5))));
        } else if (kind < 40) {
            addStages(executor.submit(() -> kind));
        } else if (kind < 45) {
            CompletableFuture<?> future = executor.submit(() -> kind);
            future.cancel(kind % 2 == 0);
            returned.add(future);
        } else if (kind < 55) {
            returned.add(executor.submit(() -> executor.submit(() -> kind).join()));
        } else if (kind < 60) {
            returned.add(executor.submit((Runnable) () -> {
                throw new IllegalStateException("asked for");
            }));
        } else {
            returned.add(executor.submit(() -> kind));
        }
    }

    private void submitStubborn() {
        try {
            returned.add(executor.submit(this::takeNoInterrupt));
        } catch (WorkloadRejectedException e) {
            stubborn.release();
            throw e;
        }
    }

    private void addStages(CompletableFuture<Integer> future) {
        returned.add(future);
        CompletableFuture<Integer> applied = future.thenApplyAsync(x -> x + 1);
        returned.add(applied);
        CompletableFuture<Integer> composed = applied.thenCompose(x -> executor.submit(() -> x + 1));
        returned.add(composed);
        returned.add(composed.thenAcceptBothAsync(future, (x, y) -> gate.getCount()));
        returned.add(applied.handleAsync((x, failure) -> x));
        returned.add(applied.thenCombine(composed, Integer::sum));
    }

    private boolean takeNoInterrupt() {
        stubbornRunning.countDown();
        boolean interrupted = false;
        while (gate.getCount() > 0) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    @Test
    void stop_hangingTasks_endsTheirStagesToo() throws Exception {
        executor = WorkloadExecutor.create(new Workload("load", 1, 10));
        CompletableFuture<Boolean> hanging = executor.submit(this::takeNoInterrupt);
        CompletableFuture<Boolean> waiting = executor.submit(() -> true);
        List<CompletableFuture<?>> stages = List.of(
                hanging.thenApply(x -> 1),
                hanging.thenApplyAsync(x -> 1),
                hanging.thenCompose(x -> waiting),
                hanging.applyToEither(waiting, x -> 1),
                waiting.thenCombineAsync(hanging, (x, y) -> 1),
                waiting.whenCompleteAsync((x, failure) -> gate.getCount()));
        assertThat(stubbornRunningOne()).isTrue();

        assertThat(executor.stop(Deadline.after(Duration.ofMillis(20)))).isEqualTo(2);
        for (CompletableFuture<?> stage : stages) {
            Watchdog.await(stage.handle((x, failure) -> true), LIMIT, mark());
        }
        assertThat(stages).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(executor.statistics().active()).isEqualTo(1);
    }

    private boolean stubbornRunningOne() throws InterruptedException {
        stubbornRunning.countDown(); // only one of them here
        return stubbornRunning.await(30, TimeUnit.SECONDS);
    }

    @Test
    void stop_stageThatComposesSomethingForeign_isTheOnlyOneThatMayStay() throws Exception {
        executor = WorkloadExecutor.create(new Workload("load", 1, 10));
        CompletableFuture<Integer> foreign = new CompletableFuture<>();
        CompletableFuture<Integer> task = executor.submit(() -> 1);
        CompletableFuture<Integer> composed = task.thenCompose(x -> foreign);
        CompletableFuture<Integer> waits = executor.submit(() -> foreign.get());

        executor.stop(Deadline.after(Duration.ofMillis(20)));
        assertThat(task).isCompletedWithValue(1);
        assertThat(waits).isCancelled();
        foreign.complete(2);
        assertThat(Watchdog.await(composed, LIMIT, mark())).isEqualTo(2);
    }
}
