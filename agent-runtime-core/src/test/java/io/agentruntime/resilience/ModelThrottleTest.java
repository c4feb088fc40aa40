package io.agentruntime.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ModelThrottle.Permit;
import io.agentruntime.resilience.ProviderLimits.Allowance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ModelThrottleTest {

    private final ManualTimer timer = new ManualTimer();

    private ModelThrottle.Builder throttle() {
        return ModelThrottle.builder("gpt", timer).ticker(timer.ticker());
    }

    private Deadline in(int seconds) {
        return timer.in(Duration.ofSeconds(seconds));
    }

    private static ThrottledException refused(CompletableFuture<?> future) {
        assertThat(future).isCompletedExceptionally();
        return (ThrottledException) future.handle((value, failure) -> failure).join();
    }

    @Test
    void acquire_withinTheLimits_isAdmittedAtOnce() throws Exception {
        ModelThrottle throttle =
                throttle().requestsPerMinute(2).tokensPerMinute(100).build();
        throttle.acquire(50, in(0)).close();
        throttle.acquire(50, in(0)).close();
        assertThat(throttle.statistics())
                .isEqualTo(new ModelThrottle.Statistics("gpt", 2, 0, 0, 0, 0, 0, 2, 100, Duration.ZERO));
    }

    @Test
    void acquire_withoutLimits_isAdmittedAlways() throws Exception {
        ModelThrottle throttle = throttle().build();
        for (int i = 0; i < 1_000; i++) {
            assertThat(throttle.acquireAsync(Integer.MAX_VALUE, in(0))).isCompleted();
        }
    }

    @Test
    void requests_beyondTheLimit_waitUntilAMinuteHasPassed() {
        ModelThrottle throttle = throttle().requestsPerMinute(2).build();
        assertThat(throttle.acquireAsync(0, in(0))).isCompleted();
        timer.advance(Duration.ofSeconds(10));
        assertThat(throttle.acquireAsync(0, in(0))).isCompleted();
        CompletableFuture<Permit> third = throttle.acquireAsync(0, in(100));
        CompletableFuture<Permit> fourth = throttle.acquireAsync(0, in(100));
        timer.advance(Duration.ofSeconds(50).minusNanos(1));
        assertThat(third).isNotDone();
        timer.advance(Duration.ofNanos(1));
        assertThat(third).isCompleted();
        assertThat(fourth).isNotDone();
        timer.advance(Duration.ofSeconds(10));
        assertThat(fourth).isCompleted();
        assertThat(throttle.statistics().waited()).isEqualTo(Duration.ofSeconds(50 + 60));
        assertThat(timer.pending()).isZero();
    }

    @Test
    void tokens_beyondTheLimit_waitInOrder() {
        ModelThrottle throttle = throttle().tokensPerMinute(100).build();
        assertThat(throttle.acquireAsync(60, in(0))).isCompleted();
        timer.advance(Duration.ofSeconds(30));
        assertThat(throttle.acquireAsync(30, in(0))).isCompleted();
        CompletableFuture<Permit> large = throttle.acquireAsync(80, in(300));
        CompletableFuture<Permit> small = throttle.acquireAsync(5, in(300));
        assertThat(small).as("no overtaking").isNotDone();
        timer.advance(Duration.ofSeconds(30));
        assertThat(large).isNotDone();
        timer.advance(Duration.ofSeconds(30));
        assertThat(large).isCompleted();
        assertThat(small).isCompleted();
    }

    @Test
    void acquire_thatCannotBeMet_isRefusedAtOnceWithTheNumbers() {
        ModelThrottle throttle =
                throttle().requestsPerMinute(1).tokensPerMinute(100).build();
        assertThat(throttle.acquireAsync(60, in(0))).isCompleted();
        timer.advance(Duration.ofSeconds(20));
        ThrottledException late = refused(throttle.acquireAsync(10, in(40)));
        assertThat(late.throttle()).isEqualTo("gpt");
        assertThat(late.limit()).isEqualTo("1 of 1 requests per minute are used");
        assertThat(late.waited()).isZero();
        assertThat(late.retryAfter()).isEqualTo(Duration.ofSeconds(40));
        CompletableFuture<Permit> first = throttle.acquireAsync(10, in(41));
        assertThat(first).isNotDone();
        assertThat(refused(throttle.acquireAsync(10, in(99))).retryAfter())
                .as("behind another one")
                .isEqualTo(Duration.ofSeconds(100));
        assertThat(refused(throttle.acquireAsync(101, in(9999))).limit())
                .isEqualTo("it needs 101 tokens, allowed: 100 per minute");
        assertThatExceptionOfType(ThrottledException.class).isThrownBy(() -> throttle.acquire(1, in(3)));
        assertThat(throttle.statistics().refused()).isEqualTo(4);
        assertThat(timer.pending()).isEqualTo(2);
    }

    @Test
    void concurrentCalls_beyondTheLimit_waitForOneToEnd() throws Exception {
        ModelThrottle throttle = throttle().concurrentCalls(1).build();
        Permit running = throttle.acquire(0, in(0));
        CompletableFuture<Permit> next = throttle.acquireAsync(0, in(10));
        assertThat(next).isNotDone();
        running.close();
        running.close();
        assertThat(next).isCompleted();
        CompletableFuture<Permit> late = throttle.acquireAsync(0, in(10));
        timer.advance(Duration.ofSeconds(10));
        ThrottledException refused = refused(late);
        assertThat(refused.limit()).isEqualTo("1 of 1 concurrent calls are running");
        assertThat(refused.waited()).isEqualTo(Duration.ofSeconds(10));
        assertThat(throttle.statistics().running()).isEqualTo(1);
        assertThat(throttle.statistics().waiting()).isZero();
    }

    @Test
    void settle_less_makesRoomAtOnce() throws Exception {
        ModelThrottle throttle = throttle().tokensPerMinute(100).build();
        Permit permit = throttle.acquire(90, in(0));
        CompletableFuture<Permit> next = throttle.acquireAsync(50, in(61));
        permit.settle(40);
        assertThat(next).isCompleted();
        assertThat(throttle.statistics().tokensInWindow()).isEqualTo(90);
    }

    @Test
    void settle_more_countsFromThenOn() throws Exception {
        ModelThrottle throttle = throttle().tokensPerMinute(100).build();
        Permit permit = throttle.acquire(10, in(0));
        timer.advance(Duration.ofSeconds(30));
        permit.settle(130);
        permit.close();
        CompletableFuture<Permit> next = throttle.acquireAsync(1, in(100));
        timer.advance(Duration.ofSeconds(59));
        assertThat(next).isNotDone();
        timer.advance(Duration.ofSeconds(1));
        assertThat(next).isCompleted();
        assertThatIllegalArgumentException().isThrownBy(() -> permit.settle(-1)).withMessageContaining("-1");
    }

    @Test
    void settle_afterAMinute_takesNothingBackThatIsNotThere() throws Exception {
        ModelThrottle throttle = throttle().tokensPerMinute(100).build();
        Permit permit = throttle.acquire(90, in(0));
        timer.advance(Duration.ofSeconds(60));
        permit.settle(0);
        assertThat(throttle.statistics().tokensInWindow()).isZero();
        permit.settle(30);
        assertThat(throttle.statistics().tokensInWindow()).isEqualTo(30);
    }

    @Test
    void unused_permit_doesNotCount() throws Exception {
        ModelThrottle throttle =
                throttle().requestsPerMinute(1).concurrentCalls(1).build();
        Permit permit = throttle.acquire(10, in(0));
        CompletableFuture<Permit> next = throttle.acquireAsync(10, in(61));
        permit.unused();
        permit.unused();
        permit.close();
        assertThat(next).isCompleted();
        assertThat(throttle.statistics().running()).isEqualTo(1);
        assertThat(throttle.statistics().requestsInWindow()).isEqualTo(1);
    }

    @Test
    void observe_nothingLeft_holdsUntilTheReset() {
        ModelThrottle throttle = throttle().requestsPerMinute(100).build();
        throttle.observe(ProviderLimits.UNKNOWN);
        throttle.observe(new ProviderLimits(new Allowance(60L, 1L, Duration.ofHours(1)), new Allowance(9L, 0L, null)));
        assertThat(throttle.acquireAsync(0, in(0))).isCompleted();
        throttle.observe(new ProviderLimits(null, new Allowance(9L, 0L, Duration.ofSeconds(20))));
        throttle.hold(Duration.ofSeconds(5));
        throttle.hold(Duration.ZERO);
        ThrottledException refused = refused(throttle.acquireAsync(0, in(20)));
        assertThat(refused.limit()).contains("provider");
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(20));
        CompletableFuture<Permit> next = throttle.acquireAsync(0, in(21));
        timer.advance(Duration.ofSeconds(19));
        assertThat(next).isNotDone();
        timer.advance(Duration.ofSeconds(1));
        assertThat(next).isCompleted();
    }

    @Test
    void cancel_ofAWaiter_letsTheNextGo() {
        ModelThrottle throttle = throttle().tokensPerMinute(100).build();
        assertThat(throttle.acquireAsync(60, in(0))).isCompleted();
        CompletableFuture<Permit> large = throttle.acquireAsync(100, in(300));
        CompletableFuture<Permit> small = throttle.acquireAsync(40, in(300));
        large.cancel(true);
        assertThat(small).isCompleted();
        assertThat(throttle.statistics().cancelled()).isEqualTo(1);
        timer.advance(Duration.ofMinutes(2));
        assertThat(timer.pending()).isZero();
    }

    @Test
    void waiter_whoseTimeRunsOut_letsTheNextGo() throws Exception {
        ModelThrottle throttle = throttle().tokensPerMinute(100).build();
        Permit permit = throttle.acquire(60, in(0));
        CompletableFuture<Permit> large = throttle.acquireAsync(100, in(61));
        CompletableFuture<Permit> small = throttle.acquireAsync(5, in(300));
        timer.advance(Duration.ofSeconds(30));
        permit.settle(90); // so that the large one cannot go before 90
        timer.advance(Duration.ofSeconds(30));
        assertThat(large).isNotDone();
        timer.advance(Duration.ofSeconds(1));
        ThrottledException refused = refused(large);
        assertThat(refused.limit()).isEqualTo("30 of 100 tokens per minute are used, it needs 100");
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(29));
        assertThat(small).isCompleted();
    }

    @Test
    void acquire_interrupted_goesAwayWithTheInterruptRestored() throws Exception {
        ModelThrottle throttle = throttle().concurrentCalls(1).build();
        Permit running = throttle.acquire(0, in(0));
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            thrown.set(catchThrowable(() -> throttle.acquire(0, in(100))));
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        caller.start();
        timer.awaitPending(1);
        CompletableFuture<Permit> behind = throttle.acquireAsync(0, in(200));
        caller.interrupt();
        assertThat(interrupted.join()).isTrue();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        running.close();
        assertThat(behind).isCompleted();
        assertThat(throttle.statistics().cancelled()).isEqualTo(1);
    }

    @Test
    void acquire_timerClosed_isRejectedOnlyIfItWouldWait() throws Exception {
        ModelThrottle throttle = throttle().requestsPerMinute(1).build();
        timer.shutdown();
        throttle.acquire(0, in(0)).close();
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> throttle.acquire(0, in(99)));
        assertThat(throttle.statistics().waiting()).isZero();
    }

    @Test
    void waiters_onAWorkloadThatStops_areTold() throws Exception {
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 1, 10));
        ModelThrottle throttle =
                ModelThrottle.builder("gpt", io).concurrentCalls(1).build();
        Permit running = throttle.acquire(0, Deadline.after(Duration.ZERO));
        CompletableFuture<Permit> waiter = throttle.acquireAsync(0, Deadline.after(Duration.ofDays(1)));
        io.stop(Deadline.after(Duration.ofSeconds(10)));
        assertThat(waiter.handle((permit, failure) -> failure).join()).isInstanceOf(CancellationException.class);
        running.close();
        assertThat(throttle.statistics().running()).isZero();
    }

    @Test
    void waiters_manyAndInOrder_areAdmittedInOrder() {
        ModelThrottle throttle =
                throttle().requestsPerMinute(10).concurrentCalls(10).build();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            CompletableFuture<Void> unused = throttle.acquireAsync(0, in(3600)).thenAccept(permit -> {
                order.add(number);
                permit.close();
            });
        }
        assertThat(order).hasSize(10);
        timer.advance(Duration.ofMinutes(9));
        assertThat(order).hasSize(100).isSorted();
    }

    @Test
    void builder_nonsense_isRefusedWithWhatIsAllowed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> throttle().requestsPerMinute(0))
                .withMessageContaining("requestsPerMinute");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> throttle().tokensPerMinute(-1))
                .withMessageContaining("-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> throttle().concurrentCalls(0))
                .withMessageContaining("1 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> throttle().build().acquireAsync(-1, in(1)))
                .withMessageContaining("-1");
    }
}
