package io.agentruntime.resilience;

import static io.agentruntime.resilience.Failing.fails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.RateLimitException;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ModelRetry.GiveUp;
import io.github.resilience4j.retry.RetryRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@Tag("flaw-56")
class ModelRetryTest {

    private final ManualTimer timer = new ManualTimer().jumping();
    private final List<String> events = new ArrayList<>();
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final ModelRetry retry = builder().build();

    private ModelRetry.Builder builder() {
        return ModelRetry.builder("chat", timer)
                .jitter(0)
                .clock(timer.clock())
                .budget(RetryBudget.builder().ticker(timer.ticker()).build())
                .listener(new EventList(events));
    }

    /** Fails as often as there are failures, then answers. */
    private Callable<String> failing(Throwable... failures) {
        calls.set(0);
        return () -> {
            int call = calls.getAndIncrement();
            if (call >= failures.length) {
                return "answer";
            }
            if (failures[call] instanceof Error error) {
                throw error;
            }
            throw (Exception) failures[call];
        };
    }

    private static ProviderHttpException answer(int status, String... header) {
        return new ProviderHttpException(
                status, "secret", header.length == 0 ? Map.of() : Map.of(header[0], List.of(header[1])));
    }

    private Deadline soon() {
        return timer.in(Duration.ofMinutes(5));
    }

    @BeforeEach
    void listen() {
        logged.start();
        ((Logger) LoggerFactory.getLogger(ModelRetry.class)).addAppender(logged);
    }

    @AfterEach
    void stopListening() {
        ((Logger) LoggerFactory.getLogger(ModelRetry.class)).detachAppender(logged);
    }

    @Test
    void call_failsTwice_waitsASecondThenTwoAndAnswers() throws Exception {
        assertThat(retry.call(failing(new ConnectException(), answer(503)), soon()))
                .isEqualTo("answer");
        assertThat(timer.takeDelays()).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
        assertThat(events)
                .containsExactly(
                        "started 1",
                        "failed 1 TRANSIENT",
                        "scheduled 2 in PT1S",
                        "started 2",
                        "failed 2 TRANSIENT",
                        "scheduled 3 in PT2S",
                        "started 3",
                        "succeeded 3");
    }

    @Test
    void call_failsAlways_throwsTheLastFailureUnchangedWithTheOthersInIt() {
        Exception first = new ConnectException("1");
        Exception second = answer(500);
        RateLimitException third = new RateLimitException(answer(429));
        assertThatThrownBy(() -> retry.call(failing(first, second, third, null), soon()))
                .isSameAs(third)
                .hasSuppressedException(first)
                .hasSuppressedException(second);
        assertThat(third.getSuppressed()).hasSize(2);
        assertThat(calls).hasValue(3);
        assertThat(events).endsWith("gave up 3 ATTEMPTS");
    }

    @Test
    void call_theSameInstanceTwice_makesNoCircle() {
        Exception same = answer(500);
        assertThatThrownBy(() -> retry.call(failing(same, same, same), soon())).isSameAs(same);
        assertThat(same.getSuppressed()).isEmpty();
    }

    @Test
    void call_waits_doubleUpToTheMaximum() throws Exception {
        ModelRetry patient = builder().attempts(7).build();
        Exception down = answer(502);
        patient.call(failing(down, down, down, down, down, down), soon());
        assertThat(timer.takeDelays().stream().map(Duration::toSeconds)).containsExactly(1L, 2L, 4L, 8L, 10L, 10L);
    }

    @Tag("flaw-55")
    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 413, 422})
    void call_statusThatCannotSucceed_isNotRepeated(int status) {
        assertOneAttempt(answer(status), GiveUp.NOT_RETRYABLE);
    }

    @Tag("flaw-55")
    @Test
    void call_bugOrCancellation_isNotRepeated() {
        assertOneAttempt(new NullPointerException(), GiveUp.NOT_RETRYABLE);
        assertOneAttempt(new java.io.FileNotFoundException(), GiveUp.NOT_RETRYABLE);
        assertOneAttempt(new StackOverflowError(), GiveUp.NOT_RETRYABLE);
        assertOneAttempt(new IOException(new InterruptedException()), GiveUp.CANCELLED);
    }

    private void assertOneAttempt(Throwable failure, GiveUp reason) {
        long before = retry.statistics().gaveUp().get(reason);
        assertThat(catchThrowable(() -> retry.call(failing(failure, failure), soon())))
                .isSameAs(failure);
        assertThat(calls).hasValue(1);
        assertThat(timer.takeDelays()).isEmpty();
        assertThat(retry.statistics().gaveUp()).containsEntry(reason, before + 1);
        assertThat(events).endsWith("gave up 1 " + reason);
    }

    @Tag("flaw-55")
    @Test
    void call_retryAfter_winsInBothDirections() throws Exception {
        retry.call(failing(answer(429, "Retry-After", "7"), answer(503, "retry-after-ms", "20")), soon());
        retry.call(failing(answer(429, "Retry-After", "0")), soon());
        retry.call(failing(answer(429, "retry-after-ms", "0.2")), soon());
        assertThat(timer.takeDelays())
                .containsExactly(Duration.ofSeconds(7), Duration.ofMillis(20), Duration.ZERO, Duration.ofMillis(1));
    }

    @Test
    void call_waitWouldPassTheDeadline_failsAtOnceWithWhatTheProviderSaid() {
        Exception busy = answer(429, "Retry-After", "60");
        assertThatThrownBy(() -> retry.call(failing(busy), timer.in(Duration.ofSeconds(60))))
                .isSameAs(busy);
        assertThat(timer.takeDelays()).isEmpty();
        assertThat(events).endsWith("gave up 1 DEADLINE");
        assertThat(retry.budget().granted()).isZero();
    }

    @Test
    void call_timeRunsOutBetweenAttempts_startsNoOther() {
        ManualTimer late = new ManualTimer();
        ModelRetry overtaken = ModelRetry.builder("late", late).jitter(0).build();
        Exception down = answer(500);
        Deadline deadline = late.in(Duration.ofMillis(1500));
        CompletableFuture<Throwable> failure = CompletableFuture.supplyAsync(
                () -> catchThrowable(() -> overtaken.call(failing(down), deadline)), task -> new Thread(task).start());
        assertThat(catchThrowable(() -> late.awaitPending(1))).isNull();
        late.advanceLate(Duration.ofSeconds(2));
        assertThat(failure.join()).isSameAs(down);
        assertThat(calls).hasValue(1);
        assertThat(overtaken.statistics().gaveUp()).containsEntry(GiveUp.DEADLINE, 1L);
    }

    @Test
    void call_deadlineHasPassed_makesNoAttempt() {
        assertThatExceptionOfType(dev.langchain4j.exception.TimeoutException.class)
                .isThrownBy(() -> retry.call(failing(), timer.in(Duration.ZERO)))
                .withMessageContaining("chat");
        assertThat(calls).hasValue(0);
        assertThat(retry.statistics().calls()).isEqualTo(1);
    }

    @Test
    void call_interruptedWhileWaiting_endsWithTheInterruptRestoredAndTheWaitGone() throws Exception {
        ManualTimer hands = new ManualTimer();
        ModelRetry waiting = ModelRetry.builder("hands", hands).build();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Exception down = answer(500);
        Thread caller = new Thread(() -> {
            thrown.set(catchThrowable(() -> waiting.call(failing(down), hands.in(Duration.ofHours(1)))));
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        caller.start();
        hands.awaitPending(1);
        caller.interrupt();
        assertThat(interrupted.join()).isTrue();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class).hasSuppressedException(down);
        assertThat(hands.pending()).isZero();
        assertThat(waiting.statistics().gaveUp()).containsEntry(GiveUp.CANCELLED, 1L);
    }

    @Test
    void call_timerIsClosed_failsWithWhatTheProviderSaid() {
        timer.shutdown();
        Exception down = answer(500);
        Throwable thrown = catchThrowable(() -> retry.call(failing(down), soon()));
        assertThat(thrown).isSameAs(down);
        assertThat(thrown.getSuppressed()).hasExactlyElementsOfTypes(RejectedExecutionException.class);
        assertThat(events).endsWith("gave up 1 CANCELLED");
    }

    @Tag("flaw-57")
    @Test
    void call_inATaskOfAWorkload_lendsItsSeatWhileItWaits() throws Exception {
        WorkloadExecutor agents = WorkloadExecutor.create(new Workload("agents", 1, 10));
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 1, 10));
        ModelRetry onPool = ModelRetry.builder("pool", io).build();
        Callable<String> attempt = failing(answer(503, "retry-after", "3600"));
        CompletableFuture<CompletableFuture<String>> nested = new CompletableFuture<>();
        CompletableFuture<String> outer = agents.submit(() -> onPool.call(
                () -> {
                    nested.complete(agents.submit(() -> "on the lent seat"));
                    return attempt.call();
                },
                Deadline.after(Duration.ofDays(1))));
        assertThat(nested.get().get()).isEqualTo("on the lent seat");
        assertThat(outer).isNotDone();
        outer.cancel(true);
        agents.stop(Deadline.after(Duration.ofSeconds(10)));
        io.stop(Deadline.after(Duration.ofSeconds(10)));
    }

    @Test
    void statistics_ofManyCalls_addUp() throws Exception {
        retry.call(failing(), soon());
        retry.call(failing(answer(500)), soon());
        fails(() -> retry.call(failing(answer(400)), soon()));
        Exception down = answer(500);
        fails(() -> retry.call(failing(down, down, down), soon()));
        ModelRetry.Statistics statistics = retry.statistics();
        assertThat(statistics.calls()).isEqualTo(4);
        assertThat(statistics.retries()).isEqualTo(3);
        assertThat(statistics.succeeded()).isEqualTo(2);
        assertThat(statistics.gaveUp())
                .containsEntry(GiveUp.NOT_RETRYABLE, 1L)
                .containsEntry(GiveUp.ATTEMPTS, 1L)
                .containsOnlyKeys(GiveUp.values());
        assertThat(statistics.gaveUp().values().stream()
                                .mapToLong(Long::longValue)
                                .sum()
                        + statistics.succeeded())
                .isEqualTo(statistics.calls());
    }

    @Test
    void retry_inTheHostsRegistry_publishesItsEventsThere() throws Exception {
        RetryRegistry registry = RetryRegistry.ofDefaults();
        ModelRetry registered = builder().registry(registry).build();
        List<String> published = new ArrayList<>();
        registry.retry("chat")
                .getEventPublisher()
                .onEvent(event -> published.add(event.getEventType() + " " + event.getNumberOfRetryAttempts()));
        registered.call(failing(answer(500)), soon());
        fails(() -> registered.call(failing(answer(429, "retry-after", "9999")), soon()));
        fails(() -> registered.call(failing(answer(400)), soon()));
        assertThat(published).containsExactly("RETRY 1", "SUCCESS 1", "ERROR 1", "IGNORED_ERROR 0");
        assertThat(registered.retry()).isSameAs(registry.retry("chat"));
        assertThat(registered.retry().getMetrics().getNumberOfSuccessfulCallsWithRetryAttempt())
                .isEqualTo(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().registry(registry).build())
                .withMessageContaining("'chat'");
    }

    @Test
    void retry_usedByTheHostItself_classifiesToo() {
        AtomicInteger tries = new AtomicInteger();
        assertThatThrownBy(() -> retry.retry().executeCallable(() -> {
                    tries.incrementAndGet();
                    throw new HttpException(400, "m");
                }))
                .isInstanceOf(HttpException.class);
        assertThat(tries).hasValue(1);
    }

    @Test
    void listeners_thatThrow_changeNothing() throws Exception {
        ModelRetry watched = builder()
                .listener(new ModelRetry.Listener() {
                    @Override
                    public void attemptStarted(int attempt) {
                        throw new IllegalStateException("listener");
                    }
                })
                .build();
        watched.retry().getEventPublisher().onEvent(event -> {
            throw new IllegalStateException("consumer of " + event.getEventType());
        });
        assertThat(watched.call(failing(answer(503)), soon())).isEqualTo("answer");
        assertThat(timer.takeDelays()).containsExactly(Duration.ofSeconds(1));
        Exception refused = answer(400);
        assertThatThrownBy(() -> watched.call(failing(refused), soon())).isSameAs(refused);
        List<String> own = new ArrayList<>();
        watched.call(failing(), soon(), new EventList(own));
        assertThat(own).containsExactly("started 1", "succeeded 1");
    }

    @Tag("flaw-62")
    @Test
    void log_ofAFailedAttempt_hasClassAndStatusAndNoMessage() throws Exception {
        retry.call(failing(answer(503), new ConnectException("secret")), soon());
        assertThat(logged.list.stream().map(ILoggingEvent::getFormattedMessage))
                .containsExactly(
                        "retry 'chat': attempt 1 of 3 failed with ProviderHttpException (503), the next one is in 1000 ms (1 so far)",
                        "retry 'chat': attempt 2 of 3 failed with ConnectException (TRANSIENT), the next one is in 2000 ms (2 so far)");
        assertThat(logged.list).allMatch(line -> line.getThrowableProxy() == null);
    }

    @Test
    void builder_nonsense_isRefusedWithWhatIsAllowed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().attempts(0))
                .withMessageContaining("1 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().jitter(-0.1))
                .withMessageContaining("0 to 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .withMessageContaining("PT2S to PT1S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().backoff(Duration.ZERO, Duration.ofSeconds(1)))
                .withMessageContaining("millisecond");
    }
}
