package io.agentruntime.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TurnLockTest {

    private final WorkloadExecutor workload = WorkloadExecutor.create(new Workload("turns", 4, 10_000));
    private final TurnLock turns = TurnLock.create(workload);

    @AfterEach
    void stop() throws Exception {
        workload.stop(Deadline.after(Duration.ofSeconds(5)));
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(20));
    }

    @Test
    void turns_ofOneConversation_comeOneAtATimeInTheirOrder() throws Exception {
        List<Integer> order = new CopyOnWriteArrayList<>();
        AtomicInteger inside = new AtomicInteger();
        List<CompletableFuture<Integer>> all = new ArrayList<>();
        try (TurnLock.Turn first = turns.acquire("s", soon())) {
            // in other contexts, for what is begun inside a turn belongs to it
            Thread other = new Thread(() -> IntStream.range(0, 50)
                    .forEach(i -> all.add(turns.runAsync(
                            "s",
                            soon(),
                            () -> CompletableFuture.supplyAsync(() -> {
                                order.add(i + 1000 * inside.getAndIncrement());
                                inside.decrementAndGet();
                                return i;
                            })))));
            other.start();
            other.join();
            assertThat(order).isEmpty();
            assertThat(turns.size()).isEqualTo(1);
        }
        for (CompletableFuture<Integer> one : all) {
            one.get(20, TimeUnit.SECONDS);
        }
        assertThat(order)
                .containsExactlyElementsOf(IntStream.range(0, 50).boxed().toList());
        assertThat(turns.size()).isZero();
    }

    @Test
    void turns_ofDifferentConversations_goOnSideBySide() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        CompletableFuture<?> a = workload.submit(() -> turns.run("a", soon(), () -> meet(both)));
        CompletableFuture<?> b = workload.submit(() -> turns.run("b", soon(), () -> meet(both)));
        assertThat(a.get(20, TimeUnit.SECONDS)).isEqualTo(true);
        assertThat(b.get(20, TimeUnit.SECONDS)).isEqualTo(true);
    }

    private static boolean meet(CountDownLatch both) throws InterruptedException {
        both.countDown();
        return both.await(20, TimeUnit.SECONDS);
    }

    @Test
    void conversations_thatNobodyTalksIn_costNothing() throws Exception {
        for (int i = 0; i < 100_000; i++) {
            turns.run(i, soon(), () -> true);
        }
        assertThat(turns.size()).isZero();
    }

    @Test
    void nestedTurn_goesOnAtOnce_alsoOnAnotherThreadOfTheSameContext() throws Exception {
        String answer = turns.run(
                "s",
                soon(),
                () -> turns.run(
                        "s",
                        soon(),
                        () -> workload.submit(() -> turns.run("s", Deadline.after(Duration.ZERO), () -> "deep"))
                                .get()));
        assertThat(answer).isEqualTo("deep");
        assertThat(turns.size()).isZero();
    }

    @Test
    void workThatOutlivesItsTurn_waitsLikeAnyOther() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Boolean> late = turns.run(
                "s",
                soon(),
                () -> workload.submit(() -> {
                    go.await();
                    return turns.run("s", Deadline.after(Duration.ZERO), () -> true);
                }));
        try (TurnLock.Turn other = turns.acquire("s", soon())) {
            go.countDown();
            assertThatThrownBy(() -> late.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(TimeoutException.class);
        }
    }

    @Test
    void nestedWorkThatOutlivesItsTurn_keepsTheNextOneWaiting() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Boolean> nested = turns.run("s", soon(), () -> {
            CompletableFuture<Boolean> task = workload.submit(() -> turns.run("s", soon(), () -> {
                entered.countDown();
                return go.await(20, TimeUnit.SECONDS);
            }));
            entered.await();
            return task;
        });
        assertThatThrownBy(() -> turns.acquire("s", Deadline.after(Duration.ofMillis(20))))
                .isInstanceOf(TimeoutException.class)
                .hasMessageStartingWith("the turn before in conversation 's' did not end within ");
        go.countDown();
        assertThat(nested.get(20, TimeUnit.SECONDS)).isTrue();
        turns.acquire("s", soon()).close();
        assertThat(turns.size()).isZero();
    }

    @Test
    void interruptedWait_leavesTheQueue() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                turns.acquire("s", soon()).close();
            } catch (Exception e) {
                thrown.complete(e);
            }
        });
        try (TurnLock.Turn first = turns.acquire("s", soon())) {
            waiter.start();
            waiter.interrupt();
            assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        }
        assertThat(turns.size()).isZero();
    }

    @Test
    void waitingTask_lendsItsSlot() throws Exception {
        WorkloadExecutor single = WorkloadExecutor.create(new Workload("single", 1, 10));
        CountDownLatch entered = new CountDownLatch(1);
        CompletableFuture<String> holder = workload.submit(() -> turns.run("s", soon(), () -> {
            entered.countDown();
            while (single.statistics().active() == 0) { // until the other one has the only slot, and waits
                Thread.onSpinWait();
            }
            return single.submit(() -> "inner").get(20, TimeUnit.SECONDS);
        }));
        entered.await();
        CompletableFuture<String> waiting = single.submit(() -> turns.run("s", soon(), () -> "next"));
        assertThat(holder.get(20, TimeUnit.SECONDS)).isEqualTo("inner");
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo("next");
        single.stop(Deadline.after(Duration.ofSeconds(5)));
    }

    @Test
    void asynchronousTurn_holdsItUntilItsStageEnds_inTheContextOfItsCaller() throws Exception {
        CompletableFuture<String> stage = new CompletableFuture<>();
        CompletableFuture<String> first = turns.runAsync("s", soon(), () -> stage);
        CompletableFuture<String> second;
        try (var scope = UsageContext.of("acme", "chat").open()) {
            second = turns.runAsync(
                    "s",
                    soon(),
                    () -> CompletableFuture.completedFuture(
                            UsageContext.required().organisation()
                                    + turns.runAsync("s", soon(), () -> CompletableFuture.completedFuture("!"))
                                            .join()));
        }
        assertThat(second).isNotDone();
        stage.complete("one");
        assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo("one");
        assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo("acme!");
    }

    @Test
    void asynchronousWait_endsWithTheDeadlineOrACancel_andLeavesTheQueue() throws Exception {
        try (TurnLock.Turn first = turns.acquire("s", soon())) {
            Thread other = new Thread(() -> {
                CompletableFuture<String> late = turns.runAsync(
                        "s", Deadline.after(Duration.ofMillis(20)), () -> CompletableFuture.completedFuture("x"));
                assertThatThrownBy(() -> late.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(TimeoutException.class);
                CompletableFuture<String> cancelled =
                        turns.runAsync("s", soon(), () -> CompletableFuture.completedFuture("x"));
                assertThat(cancelled.cancel(true)).isTrue();
            });
            other.start();
            other.join();
        }
        assertThat(turns.size()).isZero();
    }

    @Test
    void turnThatThrows_endsAllTheSame() throws Exception {
        assertThatThrownBy(() -> turns.run("s", soon(), () -> {
                    throw new IllegalStateException("tool");
                }))
                .hasMessage("tool");
        CompletableFuture<String> failed = turns.runAsync("s", soon(), () -> {
            throw new AssertionError("async");
        });
        assertThatThrownBy(failed::join).hasRootCauseMessage("async");
        assertThat(turns.size()).isZero();
    }

    @Test
    void closedTimer_letsNobodyWait_andPassesTheTurnOn() throws Exception {
        CompletableFuture<String> stage = new CompletableFuture<>();
        CompletableFuture<String> first = turns.runAsync("s", soon(), () -> stage);
        List<CompletableFuture<String>> queued = IntStream.range(0, 5_000)
                .mapToObj(i -> turns.runAsync("s", soon(), () -> CompletableFuture.completedFuture("x")))
                .toList();
        workload.shutdown();
        assertThatThrownBy(() -> turns.acquire("s", soon())).isInstanceOf(RejectedExecutionException.class);
        stage.complete("one");
        assertThat(first).isCompletedWithValue("one");
        assertThat(queued).allSatisfy(one -> assertThat(one).isDone());
        assertThat(turns.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22})
    void manyThreads_withShortPatience_neverOverlapAndLeaveNothing(long seed) throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        List<Thread> threads = IntStream.range(0, 8)
                .mapToObj(n -> new Thread(() -> {
                    var random = new java.util.Random(seed + n);
                    for (int i = 0; i < 500; i++) {
                        Deadline patience = Deadline.after(Duration.ofNanos(random.nextInt(200_000)));
                        try (TurnLock.Turn turn = turns.acquire("s", patience)) {
                            overlaps.addAndGet(inside.getAndIncrement());
                            Thread.onSpinWait();
                            inside.decrementAndGet();
                        } catch (TimeoutException e) {
                            Thread.onSpinWait();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(overlaps.get()).as("seed %d", seed).isZero();
        assertThat(turns.size()).isZero();
    }
}
