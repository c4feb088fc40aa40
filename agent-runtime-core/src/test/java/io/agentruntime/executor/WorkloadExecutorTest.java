package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class WorkloadExecutorTest {

    private static final UsageContext ACME = UsageContext.of("acme", "summaries");

    private final WorkloadExecutor executor = WorkloadExecutor.create(new Workload("agent", 1, 1));
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch running = new CountDownLatch(1);

    @AfterEach
    void stop() throws InterruptedException {
        gate.countDown();
        executor.stop(Deadline.after(Duration.ofSeconds(10)));
    }

    @Test
    @Tag("flaw-10")
    void everyEntryPoint_carriesTheContextAndLeavesNothing() throws Exception {
        Callable<Optional<UsageContext>> task = UsageContext::current;
        List<Optional<UsageContext>> seen = new ArrayList<>();
        try (ContextScope scope = ACME.open()) {
            seen.add(executor.submit(task).get());
            seen.add(executor.invokeAll(List.of(task)).get(0).get());
            seen.add(executor.invokeAny(List.of(task)));
            seen.add(CompletableFuture.supplyAsync(UsageContext::current, executor)
                    .get());
            seen.add(executor.submit(() -> 1)
                    .thenApplyAsync(x -> UsageContext.current())
                    .get());
        }
        assertThat(seen).hasSize(5).containsOnly(Optional.of(ACME));
        assertThat(executor.submit(task).get()).isEmpty();
    }

    @Test
    @Tag("flaw-2")
    void submit_full_isRejectedWithNameAndFigures() throws Exception {
        assertThat(occupy()).isNotDone();
        executor.execute(() -> {});
        WorkloadRejectedException rejection =
                catchThrowableOfType(WorkloadRejectedException.class, () -> executor.execute(() -> {}));

        assertThat(rejection).hasMessage("workload 'agent' rejected a task: full (threads=1, active=1, queued=1)");
        assertThat(rejection.closed()).isFalse();
        assertThat(rejection.statistics().rejected()).isEqualTo(1);
    }

    @Test
    @Tag("flaw-18")
    void submit_taskThrowsAnError_completesTheFuture() {
        Error error = new StackOverflowError("deep");
        CompletableFuture<Object> future = executor.submit((Callable<Object>) () -> {
            throw error;
        });
        assertThatThrownBy(future::get).hasCause(error);
    }

    @Test
    @Tag("flaw-6")
    void cancel_running_interruptsAndFreesTheSlotWhenTheTaskHasEnded() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        CompletableFuture<?> future = executor.submit(() -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                gate.await(); // an interrupted task may need time to clean up
            }
            return 0;
        });
        running.await();

        assertThat(future.cancel(true)).isTrue();
        interrupted.await();
        assertThat(executor.statistics().active()).isEqualTo(1);

        gate.countDown();
        assertThat(executor.submit(() -> Thread.currentThread().isInterrupted()).get())
                .isFalse();
        assertThat(executor.statistics().cancelled()).isEqualTo(1);
    }

    @Test
    void cancel_waiting_neverRunsAndFreesItsPlace() throws Exception {
        assertThat(occupy()).isNotDone();
        CountDownLatch ran = new CountDownLatch(1);
        CompletableFuture<?> waiting = executor.submit(ran::countDown);
        assertThat(waiting.cancel(false)).isTrue();
        assertThat(executor.statistics().queued()).isZero();

        CompletableFuture<String> next = executor.submit(() -> "in its place");
        gate.countDown();
        assertThat(next.get()).isEqualTo("in its place");
        assertThat(ran.getCount()).isEqualTo(1);
    }

    @Test
    @Tag("flaw-3")
    void stop_taskHangs_returnsAtTheDeadlineWithEveryFutureDone() throws Exception {
        CompletableFuture<?> hanging = occupy();
        CompletableFuture<String> waiting = executor.submit(() -> "never");

        assertThat(executor.stop(Deadline.after(Duration.ofMillis(50)))).isEqualTo(2);
        assertThat(hanging).isCancelled();
        assertThat(waiting).isCancelled();
    }

    @Test
    void stop_enoughTime_finishesWhatWasAccepted() throws Exception {
        CompletableFuture<?> occupant = occupy();
        CompletableFuture<String> waiting = executor.submit(() -> "done");
        gate.countDown();

        assertThat(executor.stop(Deadline.after(Duration.ofSeconds(10)))).isZero();
        assertThat(occupant).isCompleted();
        assertThat(waiting).isCompletedWithValue("done");
    }

    @Test
    @Tag("flaw-4")
    void submit_afterStop_isRejectedAsClosed() throws Exception {
        executor.stop(Deadline.after(Duration.ZERO));
        WorkloadRejectedException rejection =
                catchThrowableOfType(WorkloadRejectedException.class, () -> executor.execute(() -> {}));
        assertThat(rejection).hasMessage("workload 'agent' rejected a task: closed");
        assertThat(rejection.closed()).isTrue();
    }

    @Test
    @Tag("flaw-8")
    void statistics_afterManyOutcomes_addUp() throws Exception {
        WorkloadExecutor pool = WorkloadExecutor.create(new Workload("io", 3, 20));
        List<Future<?>> futures = new ArrayList<>();
        Phaser submitters = new Phaser(4);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> {
                submitters.arriveAndAwaitAdvance();
                submitMixed(pool, futures);
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        pool.stop(Deadline.after(Duration.ofSeconds(30)));

        WorkloadStatistics s = pool.statistics();
        assertThat(s.submitted()).isEqualTo(4000);
        assertThat(s.completed() + s.failed() + s.cancelled() + s.rejected()).isEqualTo(4000);
        assertThat(futures).hasSize((int) (4000 - s.rejected())).allMatch(Future::isDone);
        assertThat(s.failed()).isPositive();
    }

    private static void submitMixed(WorkloadExecutor pool, List<Future<?>> futures) {
        for (int i = 0; i < 1000; i++) {
            int kind = i % 3;
            try {
                CompletableFuture<?> future = pool.submit((Callable<Object>) () -> {
                    if (kind == 0) {
                        throw new IllegalStateException("asked for");
                    }
                    return kind;
                });
                if (kind == 1) {
                    future.cancel(true);
                }
                synchronized (futures) {
                    futures.add(future);
                }
            } catch (WorkloadRejectedException e) {
                assertThat(e.closed()).isFalse();
            }
        }
    }

    @Test
    void threads_areDaemonsNamedAfterTheWorkload() throws Exception {
        Thread thread = executor.submit(Thread::currentThread).get();
        assertThat(thread.getName()).isEqualTo("agentruntime-agent-1");
        assertThat(thread.isDaemon()).isTrue();
    }

    @Test
    @Tag("flaw-9")
    void workload_outOfRange_isRejectedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Workload("agent", 0, 1))
                .withMessage("threads of workload 'agent' is 0, allowed: 1 to 10000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Workload("agent", 10_001, 1))
                .withMessage("threads of workload 'agent' is 10001, allowed: 1 to 10000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Workload("agent", 1, -1))
                .withMessage("queueCapacity of workload 'agent' is -1, allowed: 0 to 10000000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Workload("agent", 1, 10_000_001))
                .withMessage("queueCapacity of workload 'agent' is 10000001, allowed: 0 to 10000000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Workload(" ", 1, 1))
                .withMessage("name is blank");
    }

    private CompletableFuture<?> occupy() throws InterruptedException {
        CompletableFuture<?> future = executor.submit(() -> {
            running.countDown();
            gate.await();
            return 0;
        });
        running.await();
        return future;
    }
}
