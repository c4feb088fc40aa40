package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

    /** The promise is 100 ms. A busy machine of two cores may need longer to give a thread its turn. */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final long seed = Long.getLong("agentruntime.seed", 20_261_126L);
    private final CountDownLatch gate = new CountDownLatch(1);
    private WorkloadExecutor executor;

    @AfterEach
    void stop() throws InterruptedException {
        gate.countDown();
        executor.stop(Deadline.after(Duration.ZERO)); // a test that failed must not leave its drivers behind
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
        LoadOfEverything load = new LoadOfEverything(executor);
        List<CompletableFuture<Long>> drivers = new ArrayList<>();
        for (int driver = 0; driver < 2; driver++) {
            Random random = new Random(seed + driver);
            drivers.add(CompletableFuture.supplyAsync(
                    () -> load.submitUntilClosed(random), task -> new Thread(task).start()));
        }
        assertThat(load.stubbornRunning().await(30, TimeUnit.SECONDS))
                .as(mark())
                .isTrue();

        long began = System.nanoTime();
        executor.stop(Deadline.after(TIME));
        for (CompletableFuture<Long> driver : drivers) {
            assertThat(Watchdog.await(driver, LIMIT, mark()))
                    .as("calls after the end")
                    .isEqualTo(100);
        }
        CompletableFuture<Boolean> allEnd = CompletableFuture.allOf(
                        load.returned().toArray(CompletableFuture<?>[]::new))
                .handle((nothing, failure) -> true);
        assertThat(Watchdog.await(allEnd, LIMIT, mark())).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("%s futures, %s", load.returned().size(), mark())
                .isLessThan(TIME.plus(TOLERANCE));
        checkSlotsAndFigures(load);
    }

    private void checkSlotsAndFigures(LoadOfEverything load) throws Exception {
        Watchdog.until(() -> executor.statistics().active() == 2, LIMIT, "two that no interrupt ends, " + mark());
        assertThat(executor.isTerminated()).isFalse();
        assertThat(executor.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
        load.openGate();
        assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).as(mark()).isTrue();
        WorkloadStatistics figures = executor.statistics();
        assertThat(figures.active() + figures.queued()).as(mark()).isZero();
        assertThat(figures.submitted()).as(mark()).isGreaterThanOrEqualTo(load.submits());
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

    @Test
    void stop_hangingTasks_endsTheirStagesToo() throws Exception {
        executor = WorkloadExecutor.create(new Workload("load", 1, 10));
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<Boolean> hanging = executor.submit(() -> takeNoInterrupt(running));
        CompletableFuture<Boolean> waiting = executor.submit(() -> true);
        List<CompletableFuture<?>> stages = List.of(
                hanging.thenApply(x -> 1),
                hanging.thenApplyAsync(x -> 1),
                hanging.thenCompose(x -> waiting),
                hanging.applyToEither(waiting, x -> 1),
                waiting.thenCombineAsync(hanging, (x, y) -> 1),
                waiting.whenCompleteAsync((x, failure) -> gate.getCount()));
        assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();

        assertThat(executor.stop(Deadline.after(Duration.ofMillis(20)))).isEqualTo(2);
        for (CompletableFuture<?> stage : stages) {
            Watchdog.await(stage.handle((x, failure) -> true), LIMIT, mark());
        }
        assertThat(stages).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(executor.statistics().active()).isEqualTo(1);
    }

    private boolean takeNoInterrupt(CountDownLatch running) {
        running.countDown();
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
