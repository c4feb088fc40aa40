package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work belongs to whoever handed it over, not to whoever waits for it; and what it does to its context is its own affair. */
class CaptureTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final UsageContext ONE = UsageContext.of("one", "f");
    private static final UsageContext TWO = UsageContext.of("two", "f");
    private static final UsageContext THREE = UsageContext.of("three", "f");

    private final CountDownLatch gate = new CountDownLatch(1);
    private final WorkloadExecutor executor = WorkloadExecutor.create(new Workload("capture", 1, 100));

    @AfterEach
    void stop() throws InterruptedException {
        gate.countDown();
        executor.stop(Deadline.after(LIMIT));
        assertThat(ContextScope.openScopes()).isEmpty();
    }

    private List<CompletableFuture<UsageContext>> callAs(UsageContext owner) {
        try (ContextScope scope = owner.open()) {
            Callable<UsageContext> call = UsageContext::required;
            return List.of(
                    executor.submit(call),
                    executor.submit(call, Deadline.after(LIMIT)),
                    executor.submit(() -> 1).thenApply(x -> UsageContext.required()),
                    executor.submit(() -> 1).thenApplyAsync(x -> UsageContext.required()),
                    Gather.on(executor).first(List.of(call)),
                    CompletableFuture.supplyAsync(UsageContext::required, executor));
        }
    }

    /** Two calls are made under two owners, and gathered under a third. */
    @Test
    @Tag("flaw-15")
    void calls_ofTwoOwners_gatheredUnderAThird_areForTheirOwn() throws Exception {
        CompletableFuture<Boolean> occupant = executor.submit(() -> gate.await(1, TimeUnit.HOURS));
        List<CompletableFuture<UsageContext>> ofOne = callAs(ONE);
        List<CompletableFuture<UsageContext>> ofTwo = callAs(TWO);
        try (ContextScope scope = THREE.open()) {
            gate.countDown();
            assertThat(all(ofOne)).containsOnly(ONE);
            assertThat(all(ofTwo)).containsOnly(TWO);
            assertThat(UsageContext.required()).isEqualTo(THREE);
        }
        assertThat(occupant).isCompletedWithValue(true);
    }

    private static List<UsageContext> all(List<CompletableFuture<UsageContext>> futures) throws Exception {
        List<UsageContext> all = new ArrayList<>();
        for (CompletableFuture<UsageContext> future : futures) {
            all.add(Watchdog.await(future, LIMIT, "call"));
        }
        return all;
    }

    @Test
    @Tag("flaw-16")
    void task_opensAnotherContext_shadowsItForItselfOnly() throws Exception {
        try (ContextScope scope = ONE.open()) {
            UsageContext attacker = executor.submit(() -> {
                        try (ContextScope inner =
                                UsageContext.of("attacker", "f").openReplacing()) {
                            return executor.submit(UsageContext::required).join();
                        }
                    })
                    .get(30, TimeUnit.SECONDS);
            assertThat(attacker.organisation()).isEqualTo("attacker");
            assertThat(UsageContext.required()).isEqualTo(ONE);
            assertThat(executor.submit(UsageContext::required).get(30, TimeUnit.SECONDS))
                    .isEqualTo(ONE);
        }
    }

    /** The scope of a task that is cancelled in the middle is closed, and its thread is as it was before. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("flaw-14")
    void task_cancelledInsideAScope_leavesNothingOnItsThread(boolean byDeadline) throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        Callable<Boolean> task = () -> {
            try (ContextScope scope = TWO.openReplacing()) {
                inside.countDown();
                return gate.await(1, TimeUnit.HOURS);
            }
        };
        CompletableFuture<Boolean> future;
        try (ContextScope scope = ONE.open()) {
            future = executor.submit(task, Deadline.after(byDeadline ? Duration.ofMillis(50) : LIMIT));
        }
        assertThat(inside.await(30, TimeUnit.SECONDS) || byDeadline).isTrue();
        assertThat(byDeadline || future.cancel(true)).isTrue();
        CompletableFuture<Surroundings> next = new CompletableFuture<>();
        future.defaultExecutor().execute(new Look(next));
        assertThat(Watchdog.await(next, LIMIT, executor.toString())).isEqualTo(Surroundings.BARE);
        assertThat(future).isCompletedExceptionally();
    }

    /** Code that no context is carried into: the JDK marks its own parts like this. */
    private record Look(CompletableFuture<Surroundings> seen)
            implements Runnable, CompletableFuture.AsynchronousCompletionTask {

        @Override
        public void run() {
            seen.complete(Surroundings.here());
        }
    }
}
