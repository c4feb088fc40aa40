package io.agentruntime.resilience;

import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ModelRetry.GiveUp;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one failed attempt. resilience4j decides, by the predicate and the interval that {@link #config} gives it, and
 * publishes its events; what they need to know of the call beyond its failure is passed on the thread that asks.
 */
final class RetryDecision {

    private static final ThreadLocal<@Nullable RetryDecision> asking = new ThreadLocal<>();

    private final ModelFailure meaning;
    private final boolean nested;
    private final Deadline deadline;
    private final RetryBudget budget;
    private @Nullable GiveUp refusal;
    private long waitMillis = -1;

    RetryDecision(ModelFailure meaning, boolean nested, RetryRun run) {
        this.meaning = meaning;
        this.nested = nested;
        this.deadline = run.deadline();
        this.budget = run.budget();
    }

    /** Lets resilience4j decide; what its listeners throw does not change the decision. */
    void ask(Supplier<Long> question, RetryRun run) {
        RetryDecision outer = asking.get();
        asking.set(this);
        try {
            waitMillis = question.get();
        } catch (RuntimeException e) {
            run.listenerFailed(e);
        } finally {
            if (outer == null) {
                asking.remove();
            } else {
                asking.set(outer);
            }
        }
    }

    /** How long to wait before the next attempt, or null if there is to be none. */
    @Nullable
    Duration pause() {
        return waitMillis < 0 ? null : Duration.ofMillis(waitMillis);
    }

    /** Why there is to be no other attempt. */
    GiveUp refusal() {
        return refusal == null ? GiveUp.ATTEMPTS : refusal;
    }

    private boolean retryable() {
        if (!meaning.retryable()) {
            refusal = meaning.kind() == FailureKind.CANCELLED ? GiveUp.CANCELLED : GiveUp.NOT_RETRYABLE;
        } else if (nested) {
            refusal = GiveUp.NESTED;
        }
        return refusal == null;
    }

    private long bounded(long millis) {
        if (Duration.ofMillis(millis).compareTo(deadline.remaining()) >= 0) {
            refusal = GiveUp.DEADLINE;
        } else if (!budget.tryRetry()) {
            refusal = GiveUp.BUDGET;
        }
        waitMillis = refusal == null ? millis : -1;
        return waitMillis;
    }

    /** What resilience4j needs. It works for a host too that uses the {@link Retry} without us, without deadline and budget then. */
    static RetryConfig config(int attempts, Backoff backoff, Function<Throwable, ModelFailure> meaning) {
        return RetryConfig.custom()
                .maxAttempts(attempts)
                .retryOnException(failure -> {
                    RetryDecision decision = asking.get();
                    return decision == null ? meaning.apply(failure).retryable() : decision.retryable();
                })
                .intervalBiFunction((attempt, result) -> {
                    RetryDecision decision = asking.get();
                    return decision == null
                            ? backoff.millis(attempt, result.isLeft() ? meaning.apply(result.getLeft()) : null)
                            : decision.bounded(backoff.millis(attempt, decision.meaning));
                })
                .build();
    }

    /**
     * How long to wait: what the provider asks for, or else a time that doubles with every attempt and is spread, so that calls that
     * failed together do not come back together.
     *
     * @param first the middle of the first wait
     * @param max the longest wait
     * @param jitter how far a wait is spread to both sides, as a part of it
     * @param random where chance comes from, 0 to 1
     */
    record Backoff(Duration first, Duration max, double jitter, DoubleSupplier random) {

        long millis(int attempt, @Nullable ModelFailure meaning) {
            Duration asked = meaning == null ? null : meaning.retryAfter();
            return asked != null ? asked.plusNanos(999_999).toMillis() : spread(attempt);
        }

        private long spread(int attempt) {
            double longest = (double) max.toMillis();
            double middle = Math.min(first.toMillis() * Math.pow(2, attempt - 1), longest);
            double from = middle * (1 - jitter);
            double to = Math.min(middle * (1 + jitter), longest);
            return Math.round(from + (to - from) * random.getAsDouble());
        }
    }
}
