package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every {@link ExecutorService} does, a workload does. */
class ExecutorServiceContractTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final WorkloadExecutor executor = WorkloadExecutor.create(new Workload("contract", 2, 100));
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch running = new CountDownLatch(2);
    private final CountDownLatch interrupted = new CountDownLatch(2);

    @AfterEach
    void stop() throws InterruptedException {
        gate.countDown();
        executor.stop(Deadline.after(LIMIT));
    }

    private Integer hang() throws InterruptedException {
        running.countDown();
        try {
            gate.await();
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
        return 0;
    }

    private List<CompletableFuture<Integer>> occupy() throws InterruptedException {
        List<CompletableFuture<Integer>> occupants = List.of(executor.submit(this::hang), executor.submit(this::hang));
        assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
        return occupants;
    }

    private static Integer fail(String message) {
        throw new IllegalStateException(message);
    }

    private static List<Callable<Integer>> withNull() {
        return Arrays.asList(() -> 1, null);
    }

    @Test
    void nullArguments_areRefusedAndNotCounted() {
        assertThatNullPointerException().isThrownBy(() -> executor.execute(null));
        assertThatNullPointerException().isThrownBy(() -> executor.submit((Runnable) null));
        assertThatNullPointerException().isThrownBy(() -> executor.submit((Callable<?>) null));
        assertThatNullPointerException().isThrownBy(() -> executor.submit(null, "result"));
        assertThatNullPointerException().isThrownBy(() -> executor.submit((Callable<?>) null, Deadline.after(LIMIT)));
        assertThatNullPointerException().isThrownBy(() -> executor.submit(() -> 1, (Deadline) null));
        assertThatNullPointerException().isThrownBy(() -> executor.submitWaiting(null, LIMIT));
        assertThatNullPointerException().isThrownBy(() -> executor.submitWaiting(() -> 1, null));
        assertThatNullPointerException().isThrownBy(() -> executor.awaitTermination(1, null));
        assertThatNullPointerException().isThrownBy(() -> executor.stop(null));
        assertThat(executor.statistics().submitted()).isZero();
    }

    @Test
    void nullsInInvocations_areRefused() {
        assertThatNullPointerException().isThrownBy(() -> executor.invokeAll(null));
        assertThatNullPointerException().isThrownBy(() -> executor.invokeAll(withNull()));
        assertThatNullPointerException().isThrownBy(() -> executor.invokeAll(List.of(() -> 1), 1, null));
        assertThatNullPointerException().isThrownBy(() -> executor.invokeAll(withNull(), 1, TimeUnit.MINUTES));
        assertThatNullPointerException().isThrownBy(() -> executor.invokeAny(null));
        assertThatNullPointerException().isThrownBy(() -> executor.invokeAny(Arrays.asList(null, () -> 1)));
        assertThatNullPointerException().isThrownBy(() -> executor.invokeAny(List.of(() -> 1), 1, null));
    }

    @Test
    void submit_taskReturnsNull_completesWithNull() throws Exception {
        assertThat(executor.submit(() -> null).get(30, TimeUnit.SECONDS)).isNull();
        assertThat(executor.submit(() -> {}, "result").get(30, TimeUnit.SECONDS))
                .isEqualTo("result");
    }

    @Test
    void invokeAny_nothingToDo_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> executor.invokeAny(List.<Callable<Integer>>of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> executor.invokeAny(List.<Callable<Integer>>of(), 1, TimeUnit.MINUTES));
    }

    @Test
    void invokeAny_allFail_failsWithTheCauseOfOne() {
        List<Callable<Integer>> tasks = List.of(() -> fail("a"), () -> fail("b"), () -> fail("c"));
        assertThatThrownBy(() -> executor.invokeAny(tasks))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> executor.invokeAny(tasks, 1, TimeUnit.MINUTES))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void invokeAny_firstSuccess_cancelsTheRest() throws Exception {
        List<Callable<Integer>> tasks = List.of(() -> fail("first"), this::hang, () -> 7);
        assertThat(Watchdog.within(LIMIT, "invokeAny", () -> executor.invokeAny(tasks)))
                .isEqualTo(7);
        gate.countDown(); // for a task that had not begun, and must not
        executor.shutdown();
        assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(running.getCount() == 2 || interrupted.getCount() == 1)
                .as("the other never began, or was interrupted: %s", executor)
                .isTrue();
    }

    @Test
    void invokeAny_timeUp_cancelsAll() throws Exception {
        assertThatThrownBy(() -> executor.invokeAny(
                        List.<Callable<Integer>>of(this::hang, this::hang), 50, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
        executor.shutdown();
        assertThat(executor.awaitTermination(30, TimeUnit.SECONDS))
                .as("gate is shut: %s", executor)
                .isTrue();
    }

    @Test
    void invokeAll_someFail_returnsAllDoneInOrder() throws Exception {
        List<Future<Integer>> done =
                executor.invokeAll(List.<Callable<Integer>>of(() -> 1, () -> fail("second"), () -> 3));
        assertThat(done).hasSize(3).allMatch(Future::isDone);
        assertThat(done.get(0).get()).isEqualTo(1);
        assertThatThrownBy(() -> done.get(1).get()).hasMessageContaining("second");
        assertThat(done.get(2).get()).isEqualTo(3);
        assertThat(executor.invokeAll(List.<Callable<Integer>>of())).isEmpty();
    }

    @Test
    void invokeAll_timeUp_cancelsWhatIsNotDone() throws Exception {
        List<Callable<Integer>> tasks = List.of(this::hang, () -> 2, this::hang, () -> 4, this::hang);
        List<Future<Integer>> done = executor.invokeAll(tasks, 200, TimeUnit.MILLISECONDS);
        assertThat(done).hasSize(5).allMatch(Future::isDone);
        for (int hanging : new int[] {0, 2, 4}) {
            assertThatThrownBy(() -> done.get(hanging).get()).isInstanceOf(CancellationException.class);
        }
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void invokeAll_callerInterrupted_cancelsAll() throws Exception {
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                executor.invokeAll(List.<Callable<Integer>>of(this::hang, this::hang, this::hang));
                outcome.complete(null);
            } catch (InterruptedException e) {
                outcome.complete(e);
            }
        });
        caller.start();
        assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
        caller.interrupt();
        assertThat(Watchdog.await(outcome, LIMIT, "interrupted caller")).isInstanceOf(InterruptedException.class);
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(executor.statistics().queued()).isZero();
    }

    @Test
    void shutdown_tasksAccepted_finishesThemAndTakesNoMore() throws Exception {
        List<CompletableFuture<Integer>> accepted = new ArrayList<>(occupy());
        IntStream.range(0, 10).forEach(i -> accepted.add(executor.submit(() -> i)));
        executor.shutdown();
        executor.shutdown();
        assertThat(executor.isShutdown()).isTrue();
        assertThat(executor.isTerminated()).isFalse();
        assertThat(executor.awaitTermination(10, TimeUnit.MILLISECONDS)).isFalse();
        assertThatThrownBy(() -> executor.submit(() -> 1)).isInstanceOf(WorkloadRejectedException.class);
        assertThatThrownBy(() -> executor.invokeAll(List.<Callable<Integer>>of(() -> 1)))
                .isInstanceOf(WorkloadRejectedException.class);

        gate.countDown();
        assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(executor.isTerminated()).isTrue();
        assertThat(accepted).allMatch(future -> future.isDone() && !future.isCompletedExceptionally());
    }

    @Test
    void shutdownNow_someRunningSomeWaiting_interruptsThoseAndReturnsThese() throws Exception {
        List<CompletableFuture<Integer>> occupants = occupy();
        CountDownLatch ran = new CountDownLatch(1);
        List<CompletableFuture<?>> waiting = new ArrayList<>();
        IntStream.range(0, 5).forEach(i -> waiting.add(executor.submit(ran::countDown)));
        executor.execute(ran::countDown);

        assertThat(executor.shutdownNow()).hasSize(6);
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(ran.getCount()).isEqualTo(1);
        assertThat(occupants).allMatch(Future::isDone);
        assertThat(waiting).allMatch(Future::isDone);
        assertThat(executor.shutdownNow()).isEmpty();
    }
}
