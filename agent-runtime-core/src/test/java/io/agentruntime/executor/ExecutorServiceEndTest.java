package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.lifecycle.Deadline;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How an {@link ExecutorService} ends, and what its threads keep of an interrupt. */
class ExecutorServiceEndTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final CountDownLatch gate = new CountDownLatch(1);
    private WorkloadExecutor executor = WorkloadExecutor.create(new Workload("end", 1, 100));

    @AfterEach
    void stop() throws InterruptedException {
        gate.countDown();
        executor.stop(Deadline.after(LIMIT));
    }

    @Test
    void awaitTermination_neverUsed_isTrueOnceShutDown() throws Exception {
        assertThat(executor.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(executor.isTerminated()).isFalse();
        executor.shutdown();
        assertThat(executor.awaitTermination(0, TimeUnit.MILLISECONDS)).isTrue();
        assertThat(executor.isTerminated()).isTrue();
    }

    @Test
    void awaitTermination_interrupted_throws() throws Exception {
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                executor.awaitTermination(1, TimeUnit.HOURS);
            } catch (InterruptedException e) {
                outcome.complete(e);
            }
        });
        waiter.start();
        waiter.interrupt();
        assertThat(Watchdog.await(outcome, LIMIT, "awaitTermination")).isInstanceOf(InterruptedException.class);
    }

    @Test
    @Tag("flaw-3")
    void stop_interrupted_throwsWithEveryFutureDone() throws Exception {
        CompletableFuture<?> hanging = executor.submit(() -> gate.await(1, TimeUnit.HOURS));
        CompletableFuture<?> waiting = executor.submit(() -> 1);
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread stopper = new Thread(() -> {
            try {
                executor.stop(Deadline.after(Duration.ofHours(1)));
            } catch (InterruptedException e) {
                outcome.complete(e);
            }
        });
        stopper.start();
        stopper.interrupt();
        assertThat(Watchdog.await(outcome, LIMIT, "stop")).isInstanceOf(InterruptedException.class);
        assertThat(hanging).isCancelled();
        assertThat(waiting).isCancelled();
    }

    @Test
    @Tag("flaw-4")
    void stop_fromTwoThreadsAndTwice_endsForAll() throws Exception {
        CompletableFuture<?> task = executor.submit(() -> gate.await(1, TimeUnit.HOURS));
        CompletableFuture<Long> other = CompletableFuture.supplyAsync(() -> stop(Duration.ofMillis(50)));
        assertThat(stop(Duration.ofMillis(50)) + Watchdog.await(other, LIMIT, "stop"))
                .isEqualTo(1);
        assertThat(stop(Duration.ofHours(1))).isZero();
        assertThat(task).isCancelled();
    }

    private long stop(Duration time) {
        try {
            return executor.stop(Deadline.after(time));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void interruptOfOneTask_neverReachesTheNext(boolean virtual) throws Exception {
        if (virtual) {
            executor = WorkloadExecutor.create(new Workload("end", 1, 100).virtual());
        }
        for (int i = 0; i < 200; i++) {
            CompletableFuture<?> interruptsItself =
                    executor.submit(() -> Thread.currentThread().interrupt());
            assertThat(nextIsInterrupted()).isFalse();
            assertThat(interruptsItself).isCompleted();
            CompletableFuture<?> cancelled = executor.submit(() -> 1);
            cancelled.cancel(true);
            assertThat(nextIsInterrupted()).isFalse();
        }
    }

    private boolean nextIsInterrupted() throws Exception {
        return Watchdog.await(executor.submit(() -> Thread.currentThread().isInterrupted()), LIMIT, "next task");
    }

    @Test
    void interruptWhileWaitingForAnotherTask_reachesTheWaiterAndNobodyElse() throws Exception {
        CountDownLatch below = new CountDownLatch(1);
        CompletableFuture<Boolean> seen = new CompletableFuture<>();
        CompletableFuture<?> waiter =
                executor.submit(() -> seen.complete(isInterruptedWaitingFor(executor.submit(() -> {
                    below.countDown();
                    return gate.await(1, TimeUnit.HOURS);
                }))));
        assertThat(below.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(waiter.cancel(true)).isTrue();
        gate.countDown(); // the waiter goes on only when it has its slot again
        assertThat(Watchdog.await(seen, LIMIT, executor.toString())).isTrue();
        assertThat(nextIsInterrupted()).isFalse();
    }

    /** Says true if the wait was interrupted, or ended just before and left the interrupt for the code that follows. */
    private static boolean isInterruptedWaitingFor(CompletableFuture<?> other) throws ExecutionException {
        try {
            other.get();
            return Thread.currentThread().isInterrupted();
        } catch (InterruptedException e) {
            return true;
        }
    }

    @Test
    void asynchronousStages_runOnTheWorkloadAndAreRejectedWhenItHasEnded() throws Exception {
        CompletableFuture<Thread> task = executor.submit(Thread::currentThread);
        Thread stage = Watchdog.await(task.thenApplyAsync(x -> Thread.currentThread()), LIMIT, "stage");
        assertThat(stage.getName()).startsWith("agentruntime-end-");
        Watchdog.await(task.thenApply(x -> x).thenAcceptAsync(x -> {}), LIMIT, "stage of a stage");
        stop(Duration.ofSeconds(30));

        CompletableFuture<?> late = task.thenApplyAsync(x -> 1);
        assertThatThrownBy(() -> Watchdog.await(late, LIMIT, "late stage"))
                .hasCauseInstanceOf(WorkloadRejectedException.class);
        assertThat(task.thenApply(x -> 1)).as("late synchronous stage").isCompletedWithValue(1);
    }

    @Test
    void close_whereTheJvmHasIt_waitsForTheTasks() throws Exception {
        List<Method> close = Stream.of(ExecutorService.class.getMethods())
                .filter(method -> method.getName().equals("close"))
                .toList();
        assertThat(close).hasSize(Runtime.version().feature() >= 19 ? 1 : 0);
        CompletableFuture<Boolean> task = executor.submit(() -> gate.await(1, TimeUnit.HOURS));
        CompletableFuture<Object> closed = CompletableFuture.supplyAsync(() -> {
            close.forEach(this::callClose);
            return "closed";
        });
        gate.countDown();
        assertThat(Watchdog.await(closed, LIMIT, "close")).isEqualTo("closed");
        assertThat(Watchdog.await(task, LIMIT, "task")).isTrue();
        assertThat(executor.isTerminated()).isEqualTo(!close.isEmpty());
    }

    private void callClose(Method close) {
        try {
            close.invoke(executor);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
