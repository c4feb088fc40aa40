package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Plays turns the way LangChain4j does: every tool call is handed to the executor, then all results are waited for. */
class ToolCallExecutorTest {

    private static final UsageContext ACME = UsageContext.of("acme", "summaries");
    private static final Deadline SOON = Deadline.after(Duration.ofMinutes(1));

    private final WorkloadExecutor pool = WorkloadExecutor.create(new Workload("tools", 1, 0));
    private final WorkloadExecutor otherPool = WorkloadExecutor.create(new Workload("other", 1, 0));
    private final Executor tools = ContextualExecutors.forTools(pool);
    private final Executor otherTools = ContextualExecutors.forTools(otherPool);
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();

    @AfterEach
    void stop() throws InterruptedException {
        gate.countDown();
        pool.stop(SOON);
        otherPool.stop(SOON);
        assertThat(ContextScope.openScopes()).isEmpty();
    }

    private static <T> List<T> turn(Executor executor, List<Supplier<T>> toolCalls) {
        List<CompletableFuture<T>> results = new ArrayList<>();
        for (Supplier<T> call : toolCalls) {
            results.add(CompletableFuture.supplyAsync(call, executor)); // what this throws would end the turn half-way
        }
        return results.stream().map(CompletableFuture::join).toList();
    }

    private CompletableFuture<?> occupy() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<?> occupant = pool.submit(() -> {
            running.countDown();
            gate.await();
            return "occupant";
        });
        running.await();
        return occupant;
    }

    @Test
    void turn_poolFull_yieldsOneResultPerCall() throws Exception {
        CompletableFuture<?> occupant = occupy();
        try (ContextScope scope = ACME.open()) {
            List<Supplier<String>> three = List.of(this::tool, this::tool, this::tool);
            assertThat(turn(tools, three)).containsExactly("1 acme", "2 acme", "3 acme");
            assertThat(UsageContext.current()).contains(ACME);
        }
        assertThat(occupant).isNotDone();
        assertThat(calls).hasValue(3);
    }

    @Test
    void turn_onThePool_carriesTheContextAndLeavesNothing() throws Exception {
        WorkloadExecutor roomy = WorkloadExecutor.create(new Workload("roomy", 1, 1));
        try (ContextScope scope = ACME.open()) {
            assertThat(turn(ContextualExecutors.forTools(roomy), List.of(this::tool)))
                    .containsExactly("1 acme");
        }
        assertThat(roomy.submit(UsageContext::current).get()).isEmpty();
        roomy.stop(SOON);
    }

    @Test
    void turn_poolClosed_yieldsOneResultPerCall() {
        pool.shutdown();
        assertThat(turn(tools, List.of(this::tool, this::tool))).containsExactly("1 nobody", "2 nobody");
    }

    private String tool() {
        return calls.incrementAndGet()
                + UsageContext.current()
                        .map(context -> " " + context.organisation())
                        .orElse(" nobody");
    }

    /** Calls arrive one by one on the transport's thread, which waits for all of them when the response is complete. */
    @Test
    void streamingTurn_poolFull_endsOnceWithEveryResult() throws Exception {
        CompletableFuture<?> occupant = occupy();
        List<String> events = new ArrayList<>();
        Thread transport = new Thread(() -> {
            List<CompletableFuture<String>> results = new ArrayList<>();
            try {
                for (int i = 0; i < 2; i++) {
                    results.add(CompletableFuture.supplyAsync(this::tool, tools));
                }
            } catch (RuntimeException e) {
                events.add("error");
            }
            results.forEach(result -> events.add(result.join()));
            events.add("complete");
        });
        transport.start();
        transport.join();
        assertThat(events).containsExactly("1 nobody", "2 nobody", "complete");
        assertThat(occupant).isNotDone();
    }

    @Test
    void nestedTurns_onAPoolOfOneWithAQueue_end() throws Exception {
        WorkloadExecutor queued = WorkloadExecutor.create(new Workload("queued", 1, 100));
        assertThat(nested(16, ContextualExecutors.forTools(queued), ContextualExecutors.forTools(queued)))
                .isEqualTo(1 << 16);
        queued.stop(SOON);
    }

    @Test
    void nestedTurns_inTurnsOnTwoPools_end() throws Exception {
        WorkloadExecutor a = WorkloadExecutor.create(new Workload("a", 1, 100));
        WorkloadExecutor b = WorkloadExecutor.create(new Workload("b", 1, 100));
        assertThat(nested(8, ContextualExecutors.forTools(a), ContextualExecutors.forTools(b)))
                .isEqualTo(1 << 8);
        a.stop(SOON);
        b.stop(SOON);
    }

    /** Each outer tool holds the only thread that the inner tool of the other one waits for. */
    @Test
    @Tag("flaw-5")
    void nestedTurns_ofTwoTurnsAcrossEachOther_end() throws Exception {
        WorkloadExecutor queued = WorkloadExecutor.create(new Workload("queued", 1, 100));
        ExecutorService host = Executors.newSingleThreadExecutor();
        Executor one = ContextualExecutors.forTools(queued);
        Executor other = ContextualExecutors.forTools(host);
        CyclicBarrier bothHold = new CyclicBarrier(2);
        CompletableFuture<String> first = across(one, other, bothHold);
        CompletableFuture<String> second = across(other, one, bothHold);
        Duration limit = Duration.ofSeconds(30);
        assertThat(Watchdog.await(first, limit, "one turn")).isEqualTo("inner");
        assertThat(Watchdog.await(second, limit, "the other turn")).isEqualTo("inner");
        queued.stop(SOON);
        host.shutdown();
    }

    private static CompletableFuture<String> across(Executor outer, Executor inner, CyclicBarrier bothHold) {
        return CompletableFuture.supplyAsync(
                () -> {
                    awaitBoth(bothHold);
                    return turn(inner, List.<Supplier<String>>of(() -> "inner")).get(0);
                },
                outer);
    }

    private static void awaitBoth(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** A turn of two tools, each of which plays a turn on the other executor. */
    private static int nested(int depth, Executor here, Executor there) {
        if (depth == 0) {
            return 1;
        }
        Supplier<Integer> tool = () -> nested(depth - 1, there, here);
        return turn(here, List.of(tool, tool)).stream().mapToInt(i -> i).sum();
    }

    @Test
    void nestedTurn_onAnotherPool_runsThere() throws Exception {
        WorkloadExecutor roomy = WorkloadExecutor.create(new Workload("roomy", 1, 1));
        Executor roomyTools = ContextualExecutors.forTools(roomy);
        Supplier<String> inner = () -> Thread.currentThread().getName();
        Supplier<String> outer = () -> turn(otherTools, List.of(inner)).get(0);
        assertThat(turn(roomyTools, List.of(outer))).containsExactly("agentruntime-other-1");
        assertThat(turn(roomyTools, List.of(inner)))
                .containsExactly("agentruntime-roomy-1"); // the chain ended with its turn
        roomy.stop(SOON);
    }

    @Test
    void toolEnded_itsThreadHoldsNothingAnyMore() throws Exception {
        ExecutorService host = Executors.newSingleThreadExecutor();
        Executor hostTools = ContextualExecutors.forTools(host);
        assertThat(turn(hostTools, List.of(() -> "a tool"))).containsExactly("a tool");
        AtomicInteger toolsRun = new AtomicInteger();
        Future<Integer> noTool = host.submit(() -> {
            hostTools.execute(toolsRun::incrementAndGet);
            return toolsRun.get();
        });
        assertThat(noTool.get())
                .as("the call waits for its turn on the only thread")
                .isZero();
        host.shutdown();
        assertThat(host.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(toolsRun).hasValue(1);
    }

    @Test
    void execute_delegateRunsAndThrows_runsOnce() {
        Executor careless = task -> {
            task.run();
            throw new RejectedExecutionException("after the fact");
        };
        assertThat(turn(ContextualExecutors.forTools(careless), List.of(this::tool)))
                .containsExactly("1 nobody");
        assertThat(calls).hasValue(1);
    }

    @Test
    void execute_delegateThrowsAnythingElse_runsOnTheCaller() {
        Executor broken = task -> {
            throw new OutOfMemoryError("unable to create a thread");
        };
        assertThat(turn(ContextualExecutors.forTools(broken), List.of(() -> Thread.currentThread())))
                .containsExactly(Thread.currentThread());
    }

    @Test
    void execute_taskThrowsOnTheCaller_isTakenOnceAndTheCallerIsRestored() {
        Executor direct = ContextualExecutors.forTools(Runnable::run);
        try (ContextScope scope = ACME.open()) {
            direct.execute(() -> {
                calls.incrementAndGet();
                throw new RejectedExecutionException("by the tool, not by the executor");
            });
            assertThat(UsageContext.current()).isEqualTo(Optional.of(ACME));
        }
        assertThat(calls).hasValue(1);
        assertThatNullPointerException().isThrownBy(() -> direct.execute(null)).withMessage("task");
    }
}
