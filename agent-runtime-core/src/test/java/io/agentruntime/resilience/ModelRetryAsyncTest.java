package io.agentruntime.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ModelRetry.GiveUp;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("flaw-57")
class ModelRetryAsyncTest {

    private final ManualTimer timer = new ManualTimer();
    private final List<String> events = new ArrayList<>();
    private final List<CompletableFuture<String>> attempts = new ArrayList<>();
    private final ModelRetry retry = ModelRetry.builder("chat", timer)
            .jitter(0)
            .clock(timer.clock())
            .budget(RetryBudget.builder().ticker(timer.ticker()).build())
            .listener(new EventList(events))
            .build();

    private CompletableFuture<String> attempt() {
        CompletableFuture<String> next = new CompletableFuture<>();
        attempts.add(next);
        return next;
    }

    private static ProviderHttpException answer(int status) {
        return new ProviderHttpException(status, "", Map.of());
    }

    private Deadline soon() {
        return timer.in(Duration.ofMinutes(5));
    }

    @Test
    void callAsync_failsTwice_waitsAndAnswers() {
        CompletableFuture<String> result = retry.callAsync(this::attempt, soon());
        attempts.get(0).completeExceptionally(new CompletionException(new ConnectException()));
        assertThat(timer.pending()).isEqualTo(1);
        timer.advance(Duration.ofMillis(999));
        assertThat(attempts).hasSize(1);
        timer.advance(Duration.ofMillis(1));
        attempts.get(1).completeExceptionally(answer(503));
        timer.advance(Duration.ofSeconds(2));
        assertThat(result).isNotDone();
        attempts.get(2).complete("answer");
        assertThat(result).isCompletedWithValue("answer");
        assertThat(events).endsWith("started 3", "succeeded 3");
        assertThat(timer.pending()).isZero();
        assertThat(retry.statistics().succeeded()).isEqualTo(1);
        assertThat(retry.statistics().gaveUp().values()).containsOnly(0L);
    }

    @Test
    void callAsync_failsAlways_failsWithTheLastFailureUnchanged() {
        CompletableFuture<String> result = retry.callAsync(this::attempt, soon());
        List<Exception> failures = List.of(answer(500), answer(502), answer(503));
        for (int i = 0; i < 3; i++) {
            attempts.get(i).completeExceptionally(new CompletionException(new ExecutionException(failures.get(i))));
            timer.advance(Duration.ofSeconds(5));
        }
        assertThatThrownBy(result::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isSameAs(failures.get(2))
                .hasSuppressedException(failures.get(0))
                .hasSuppressedException(failures.get(1));
        assertThat(events).endsWith("gave up 3 ATTEMPTS");
    }

    @Test
    void callAsync_attemptThrowsOrYieldsNothing_failsTheFuture() {
        assertThat(catchThrowable(() -> retry.callAsync(
                                () -> {
                                    throw new IllegalArgumentException("bug");
                                },
                                soon())
                        .get()))
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(catchThrowable(() -> retry.callAsync(() -> null, soon()).get()))
                .hasRootCauseInstanceOf(NullPointerException.class)
                .hasMessageContaining("stage");
        assertThat(catchThrowable(() ->
                        retry.callAsync(this::attempt, timer.in(Duration.ZERO)).get()))
                .hasCauseInstanceOf(dev.langchain4j.exception.TimeoutException.class);
        assertThat(attempts).isEmpty();
    }

    @Test
    void callAsync_throwsOnceThenAnswers_answers() {
        List<Integer> calls = new ArrayList<>();
        CompletableFuture<String> result = retry.callAsync(
                () -> {
                    calls.add(1);
                    if (calls.size() == 1) {
                        throw answer(503);
                    }
                    return CompletableFuture.completedStage("answer"); // one that cannot be cancelled
                },
                soon());
        timer.advance(Duration.ofSeconds(1));
        assertThat(result).isCompletedWithValue("answer");
    }

    @Test
    void callAsync_waitWouldPassTheDeadline_failsAtOnceWithWhatTheProviderSaid() {
        CompletableFuture<String> result = retry.callAsync(this::attempt, timer.in(Duration.ofSeconds(1)));
        Exception down = answer(503);
        attempts.get(0).completeExceptionally(down);
        assertThat(failureOf(result)).isSameAs(down);
        assertThat(timer.pending()).isZero();
    }

    @Test
    void callAsync_timerComesLate_startsNoOther() {
        CompletableFuture<String> result = retry.callAsync(this::attempt, timer.in(Duration.ofSeconds(2)));
        Exception down = answer(503);
        attempts.get(0).completeExceptionally(down);
        timer.advanceLate(Duration.ofSeconds(3));
        assertThat(failureOf(result)).isSameAs(down);
        assertThat(attempts).hasSize(1);
        assertThat(events).endsWith("gave up 1 DEADLINE");
    }

    private static Throwable failureOf(CompletableFuture<?> future) {
        return future.handle((value, failure) -> failure).join();
    }

    @Test
    void cancel_whileAnAttemptRuns_cancelsIt() {
        CompletableFuture<String> result = retry.callAsync(this::attempt, soon());
        assertThat(result.cancel(true)).isTrue();
        assertThat(attempts.get(0)).isCancelled();
        assertThat(timer.pending()).isZero();
        assertThat(events).containsExactly("started 1", "gave up 1 CANCELLED");
        assertThat(retry.statistics().gaveUp()).containsEntry(GiveUp.CANCELLED, 1L);
    }

    @Test
    void cancel_whileWaiting_cancelsTheWait() {
        CompletableFuture<String> result = retry.callAsync(this::attempt, soon());
        attempts.get(0).completeExceptionally(answer(503));
        result.cancel(true);
        assertThat(timer.pending()).isZero();
        timer.advance(Duration.ofMinutes(1));
        assertThat(attempts).hasSize(1);
    }

    @Test
    void completion_byOthers_endsTheCallToo() {
        CompletableFuture<String> result = retry.callAsync(this::attempt, soon());
        attempts.get(0).completeExceptionally(answer(503));
        timer.advance(Duration.ofSeconds(1));
        result.completeExceptionally(new TimeoutException("the caller's"));
        assertThat(attempts.get(1)).isCancelled();
        assertThat(events).endsWith("gave up 2 CANCELLED");
    }

    @Test
    void cancel_ofTheAttemptItself_isNotRepeated() {
        CompletableFuture<String> result = retry.callAsync(this::attempt, soon());
        attempts.get(0).cancel(true);
        assertThat(failureOf(result)).isInstanceOf(CancellationException.class);
        assertThat(events).endsWith("gave up 1 CANCELLED");
    }

    @Test
    void timer_thatIsClosed_failsWithWhatTheProviderSaid() {
        CompletableFuture<String> result = retry.callAsync(this::attempt, soon());
        timer.shutdown();
        Exception down = answer(503);
        attempts.get(0).completeExceptionally(down);
        assertThat(failureOf(result)).isSameAs(down);
        assertThat(down.getSuppressed()).hasExactlyElementsOfTypes(RejectedExecutionException.class);
    }

    @Test
    void timer_thatIsAWorkloadAndStops_failsWithWhatTheProviderSaid() throws Exception {
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 1, 10));
        ModelRetry onPool = ModelRetry.builder("io", io).build();
        CompletableFuture<String> result = onPool.callAsync(this::attempt, Deadline.after(Duration.ofDays(1)));
        Exception down = answer(503);
        attempts.get(0).completeExceptionally(down);
        io.stop(Deadline.after(Duration.ofSeconds(10)));
        assertThat(failureOf(result)).isSameAs(down);
        assertThat(down.getSuppressed()).hasSize(1);
    }

    @Test
    void attempts_onWhateverThread_haveTheCallersContext() throws Exception {
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 1, 10));
        List<String> seen = new ArrayList<>();
        ModelRetry.Listener listener = new ModelRetry.Listener() {
            @Override
            public void attemptFailed(int number, Throwable failure, ModelFailure meaning) {
                seen.add("failed for " + UsageContext.required().organisation());
            }
        };
        CompletableFuture<String> result;
        try (ContextScope scope = UsageContext.of("acme", "chat").open()) {
            result = retry.callAsync(
                    () -> {
                        seen.add("tried for " + UsageContext.required().organisation());
                        return attempt();
                    },
                    soon(),
                    listener);
        }
        io.submit(() -> attempts.get(0).completeExceptionally(answer(503))).get();
        timer.advance(Duration.ofSeconds(1));
        attempts.get(1).complete("answer");
        assertThat(result).isCompleted();
        assertThat(seen).containsExactly("tried for acme", "failed for acme", "tried for acme");
        assertThat(UsageContext.current()).isEmpty();
        io.stop(Deadline.after(Duration.ofSeconds(10)));
    }

    /** Ten calls fail and wait for an hour on a pool of one; what comes then runs at once. */
    @Test
    void waits_ofManyCalls_holdNoThread() throws Exception {
        WorkloadExecutor pool = WorkloadExecutor.create(new Workload("agents", 1, 100));
        ModelRetry onPool = ModelRetry.builder("pool", pool)
                .backoff(Duration.ofHours(1), Duration.ofHours(1))
                .build();
        CountDownLatch failed = new CountDownLatch(10);
        List<CompletableFuture<String>> results = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            results.add(onPool.callAsync(
                    () -> pool.submit(() -> {
                        failed.countDown();
                        throw answer(503);
                    }),
                    Deadline.after(Duration.ofDays(2))));
        }
        failed.await();
        assertThat(pool.submit(() -> "a trivial call").get()).isEqualTo("a trivial call");
        assertThat(results).allMatch(result -> !result.isDone());
        results.forEach(result -> result.cancel(true));
        pool.stop(Deadline.after(Duration.ofSeconds(10)));
    }
}
