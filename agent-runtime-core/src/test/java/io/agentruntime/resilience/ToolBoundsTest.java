package io.agentruntime.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.langchain4j.service.tool.ToolExecutor;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ToolRetry.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The time and the number of calls that a tool may have, on whatever thread it runs. */
@Tag("flaw-58")
class ToolBoundsTest extends ToolFixture {

    @Test
    void tool_thatHangs_endsWithItsTime() throws Exception {
        List<String> events = new java.util.concurrent.CopyOnWriteArrayList<>();
        CountDownLatch begun = new CountDownLatch(1);
        ToolRetry retry =
                retry().executor(pool).timeout("tool", Duration.ofSeconds(5)).build();
        CompletableFuture<ToolExecutionResult> result = new CompletableFuture<>();
        new Thread(() -> result.complete(execute(retry.wrap("tool", waitingAtTheGate(begun, events))))).start();
        begun.await();
        hands.awaitPending(1);
        hands.advance(Duration.ofSeconds(5).minusNanos(1));
        assertThat(result).isNotDone();
        hands.advance(Duration.ofNanos(1));
        assertError(result.join(), Problem.TIMEOUT);
        assertThat(calls).hasValue(1);
        pool.submit(() -> "a seat").get();
        assertThat(retry.statistics().problems()).containsEntry(Problem.TIMEOUT, 1L);
    }

    @Test
    void tool_thatHangsOnItsCaller_endsWithItsTimeAndLeavesNoInterrupt() throws Exception {
        List<String> events = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(1);
        ToolRetry retry = retry().build();
        CompletableFuture<ToolExecutionResult> result = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        new Thread(() -> {
                    result.complete(execute(retry.wrap("tool", waitingAtTheGate(begun, events))));
                    interrupted.complete(Thread.currentThread().isInterrupted());
                })
                .start();
        begun.await();
        hands.advance(Duration.ofSeconds(60));
        assertError(result.join(), Problem.TIMEOUT);
        assertThat(events).containsExactly("interrupted");
        assertThat(interrupted.join()).isFalse();
    }

    @Test
    void tool_idempotentThatHangsOnce_isRepeated() throws Exception {
        ToolRetry retry = retry().executor(pool).idempotent("tool").build();
        CountDownLatch begun = new CountDownLatch(1);
        ToolExecutor hangsOnce = (request, memory) -> {
            if (calls.incrementAndGet() > 1) {
                return "second";
            }
            return waitingAtTheGate(begun, new ArrayList<>()).execute(request, memory);
        };
        CompletableFuture<ToolExecutionResult> result = new CompletableFuture<>();
        new Thread(() -> result.complete(execute(retry.wrap("tool", hangsOnce)))).start();
        begun.await();
        hands.awaitPending(1);
        hands.advance(Duration.ofSeconds(60));
        hands.awaitPending(1);
        hands.advance(Duration.ofSeconds(2));
        assertThat(result.join().resultText()).isEqualTo("second");
    }

    @Test
    void caller_thatIsInterrupted_getsAResultAndKeepsItsInterrupt() throws Exception {
        List<String> events = new java.util.concurrent.CopyOnWriteArrayList<>();
        for (ToolRetry retry : List.of(
                retry().executor(pool).idempotent("tool").build(),
                retry().executor(task -> pool.execute(task)).build(),
                retry().build())) {
            CountDownLatch begun = new CountDownLatch(1);
            CompletableFuture<ToolExecutionResult> result = new CompletableFuture<>();
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                result.complete(execute(retry.wrap("tool", waitingAtTheGate(begun, events))));
                interrupted.complete(Thread.currentThread().isInterrupted());
            });
            caller.start();
            begun.await();
            caller.interrupt();
            assertError(result.join(), Problem.CANCELLED);
            assertThat(interrupted.join()).isTrue();
        }
        assertThat(calls).hasValue(3);
    }

    @Test
    void pool_thatIsFullOrClosed_runsTheToolOnItsCaller() throws Exception {
        WorkloadExecutor tiny = WorkloadExecutor.create(new Workload("tiny", 1, 0));
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<?> occupant = tiny.submit(() -> {
            running.countDown();
            gate.await();
            return "occupant";
        });
        running.await();
        ToolExecutor where = (request, memory) -> Thread.currentThread().getName();
        ToolExecutor tool = retry().executor(tiny).build().wrap("tool", where);
        assertThat(execute(tool).resultText()).isEqualTo(Thread.currentThread().getName());
        gate.countDown();
        occupant.join();
        tiny.stop(Deadline.after(Duration.ofSeconds(10)));
        assertThat(execute(tool).resultText()).isEqualTo(Thread.currentThread().getName());
    }

    @Test
    void pool_ofOne_thatTheTurnRunsOn_runsItsToolsToo() throws Exception {
        WorkloadExecutor one = WorkloadExecutor.create(new Workload("one", 1, 10));
        ToolRetry retry = retry().executor(one).build();
        ToolExecutor inner = retry.wrap("inner", (request, memory) -> "inner");
        ToolExecutor outer = retry.wrap(
                "outer", (request, memory) -> "outer " + execute(inner).resultText());
        assertThat(one.submit(() -> execute(outer).resultText()).get()).isEqualTo("outer inner");
        one.stop(Deadline.after(Duration.ofSeconds(10)));
    }

    @Test
    void tool_onAnotherThread_hasTheCallersContext() {
        ToolExecutor who = (request, memory) -> UsageContext.required().organisation() + " on "
                + Thread.currentThread().getName();
        for (ToolRetry retry : List.of(
                retry().executor(pool).build(),
                retry().executor(task -> pool.execute(task)).build())) {
            try (ContextScope scope = UsageContext.of("acme", "chat").open()) {
                assertThat(execute(retry.wrap("tool", who)).resultText()).startsWith("acme on agentruntime-tools");
            }
        }
    }

    @Test
    void concurrency_ofATool_isBoundedAndOthersWait() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        ToolRetry retry = retry().executor(pool).concurrency("tool", 1).build();
        ToolExecutor tool = retry.wrap("tool", waitingAtTheGate(begun, new ArrayList<>()));
        List<CompletableFuture<ToolExecutionResult>> results = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            CompletableFuture<ToolExecutionResult> result = new CompletableFuture<>();
            results.add(result);
            new Thread(() -> result.complete(execute(tool))).start();
        }
        begun.await();
        hands.awaitPending(2); // the time of the one that runs, and of the one that waits
        assertThat(calls).hasValue(1);
        assertThat(execute(retry.wrap("other", failing())).resultText()).isEqualTo("call 2");
        gate.countDown();
        results.forEach(result -> assertThat(result.join().resultText()).isEqualTo("done"));
        assertThat(calls).hasValue(3);
    }

    @Test
    void concurrency_withoutRoomInTime_isBusy() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        ToolRetry retry =
                retry().executor(pool).concurrency(1).idempotent("tool").build();
        ToolExecutor tool = retry.wrap("tool", waitingAtTheGate(begun, new ArrayList<>()));
        CompletableFuture<ToolExecutionResult> first = new CompletableFuture<>();
        new Thread(() -> first.complete(execute(tool))).start();
        begun.await();
        hands.awaitPending(1);
        hands.advance(Duration.ofSeconds(1));
        CompletableFuture<ToolExecutionResult> second = new CompletableFuture<>();
        new Thread(() -> second.complete(execute(retry.wrap("tool", tool)))).start();
        hands.awaitPending(2);
        gate.countDown();
        assertThat(first.join().resultText()).isEqualTo("done");
        assertThat(second.join().resultText()).isEqualTo("done");
        gateless(retry);
    }

    /** A tool that ignores its interrupt keeps its place after its time, and the next one finds none. */
    private void gateless(ToolRetry retry) throws InterruptedException {
        CountDownLatch stubborn = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        ToolExecutor deaf = retry.wrap("deaf", (request, memory) -> {
            begun.countDown();
            boolean open = false;
            while (!open) {
                try {
                    stubborn.await();
                    open = true;
                } catch (InterruptedException e) {
                    calls.incrementAndGet();
                }
            }
            return "late";
        });
        CompletableFuture<ToolExecutionResult> hanging = new CompletableFuture<>();
        new Thread(() -> hanging.complete(deaf.executeWithContext(request("deaf", "{}"), CONTEXT))).start();
        begun.await();
        hands.awaitPending(1);
        hands.advance(Duration.ofSeconds(60));
        assertError(hanging.join(), Problem.TIMEOUT);
        CompletableFuture<ToolExecutionResult> waiting = new CompletableFuture<>();
        new Thread(() -> waiting.complete(deaf.executeWithContext(request("deaf", "{}"), CONTEXT))).start();
        hands.awaitPending(1);
        hands.advance(Duration.ofSeconds(60));
        assertError(waiting.join(), Problem.BUSY);
        stubborn.countDown();
    }
}
