package io.agentruntime.resilience;

import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ModelRetry.GiveUp;
import io.agentruntime.resilience.ModelRetry.Listener;
import io.github.resilience4j.retry.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call with its attempts, which come one after another, on one thread or on several. */
final class RetryRun {

    private static final Logger log = LoggerFactory.getLogger(ModelRetry.class);

    private final ModelRetry retry;
    private final Deadline deadline;
    private final List<Listener> listeners;
    private final @Nullable RetryScope outer = RetryScope.current();
    private final RetryScope scope;
    private final Retry.AsyncContext<Object> decisions;
    private final AtomicBoolean ended = new AtomicBoolean();

    private final List<Throwable> failures = new ArrayList<>();
    private final AtomicInteger attempts = new AtomicInteger();

    RetryRun(ModelRetry retry, Deadline deadline, Listener own) {
        this.retry = retry;
        this.deadline = deadline;
        this.listeners = List.of(retry.listener(), own);
        this.scope = new RetryScope(outer, failure -> retry.meaning(failure).retryable());
        this.decisions = retry.retry().asyncContext();
        retry.counters().calls.increment();
        if (deadline.expired()) {
            end(GiveUp.DEADLINE);
            throw new dev.langchain4j.exception.TimeoutException(
                    "retry '" + retry.name() + "': the deadline had passed before the first attempt");
        }
        if (outer == null) {
            retry.budget().callBegins();
        }
    }

    /** Says whether the attempt that this call is part of will be made again after such a failure. */
    boolean repeatedOutside(Throwable failure) {
        return outer != null && outer.repeats(failure);
    }

    Deadline deadline() {
        return deadline;
    }

    RetryBudget budget() {
        return retry.budget();
    }

    /** Makes one attempt, or its synchronous part. */
    <T extends @Nullable Object> T attempt(Callable<T> attempt) throws Exception {
        int number = attempts.incrementAndGet();
        if (number > 1) {
            retry.counters().retries.increment();
        }
        notify(listener -> listener.attemptStarted(number));
        RetryScope before = RetryScope.enter(retry.attempts() == 1 ? outer : scope);
        try {
            return attempt.call();
        } finally {
            RetryScope.enter(before);
        }
    }

    void succeeded() {
        if (ended.compareAndSet(false, true)) {
            scope.end();
            retry.counters().succeeded.increment();
            try {
                decisions.onComplete();
            } catch (RuntimeException e) {
                listenerFailed(e);
            }
            notify(listener -> listener.succeeded(attempts.get()));
        }
    }

    /** Tells how long to wait before the next attempt, or null if the call has failed. */
    @Nullable
    Duration failed(Throwable failure) {
        ModelFailure meaning = retry.meaning(failure);
        notify(listener -> listener.attemptFailed(attempts.get(), failure, meaning));
        RetryDecision decision = new RetryDecision(meaning, repeatedOutside(failure), this);
        decision.ask(() -> decisions.onError(failure), this);
        Duration pause = decision.pause();
        if (pause == null) {
            giveUp(failure, decision.refusal());
            return null;
        }
        failures.add(failure);
        warn(failure, meaning, pause);
        notify(listener -> listener.retryScheduled(attempts.get() + 1, pause));
        return pause;
    }

    private void warn(Throwable failure, ModelFailure meaning, Duration pause) {
        long times = retry.counters().warned();
        if (Long.bitCount(times) == 1) {
            log.warn(
                    "retry '{}': attempt {} of {} failed with {} ({}), the next one is in {} ms ({} so far)",
                    retry.name(),
                    attempts.get(),
                    retry.attempts(),
                    failure.getClass().getSimpleName(),
                    meaning.status() == null ? meaning.kind() : meaning.status(),
                    pause.toMillis(),
                    times);
        }
    }

    /** Ends the call with a failure, which is to be thrown; the ones before it go with it. */
    void giveUp(Throwable failure, GiveUp reason) {
        failures.forEach(earlier -> Causes.suppress(failure, earlier));
        end(reason);
    }

    /** Ends the call if it has not ended. */
    void end(GiveUp reason) {
        if (ended.compareAndSet(false, true)) {
            scope.end();
            long times = retry.counters().gaveUp(reason);
            if (reason == GiveUp.BUDGET && Long.bitCount(times) == 1) {
                log.warn("retry '{}': no retry, the {} ({} times so far)", retry.name(), retry.budget(), times);
            }
            notify(listener -> listener.gaveUp(attempts.get(), reason));
        }
    }

    private void notify(Consumer<Listener> event) {
        for (Listener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                listenerFailed(e);
            }
        }
    }

    void listenerFailed(RuntimeException failure) {
        log.warn("a listener of retry '{}' failed", retry.name(), failure);
    }
}
