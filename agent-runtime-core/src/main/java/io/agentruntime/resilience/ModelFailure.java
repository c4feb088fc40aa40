package io.agentruntime.resilience;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.exception.HttpException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a failed call means. Immutable and thread-safe.
 *
 * <p>The provider's own word counts first: the status, and for refusals the error codes in the body, of the {@link HttpException} among
 * the causes. Where there is none, the type of the outermost exception that tells something decides; a {@code RuntimeException} around
 * an {@code IOException}, for one, tells nothing itself. What nothing is known about is a {@link FailureKind#BUG}. The tables are in
 * {@code FailureTable}.
 *
 * @param kind what to think of it
 * @param retryAfter how long the provider asks to wait, from the moment of the classification; null if it does not say; never negative
 * @param status the HTTP status, or null if there was no answer
 */
public record ModelFailure(
        FailureKind kind,
        @Nullable Duration retryAfter,
        @Nullable Integer status) {

    /**
     * Checks what it is given.
     *
     * @throws IllegalArgumentException if the time to wait is negative
     */
    public ModelFailure {
        requireNonNull(kind, "kind");
        if (retryAfter != null && retryAfter.isNegative()) {
            throw new IllegalArgumentException("retryAfter is negative: " + retryAfter);
        }
    }

    /**
     * Classifies what was thrown.
     *
     * @param failure what was thrown, wrapped or not
     * @param clock the calendar, for providers that name a date to wait for
     * @return what it means
     */
    public static ModelFailure of(Throwable failure, InstantSource clock) {
        requireNonNull(clock, "clock");
        List<Throwable> chain = Causes.of(requireNonNull(failure, "failure"));
        for (Throwable cause : chain) {
            if (cause instanceof HttpException answer) {
                return ofAnswer(answer, chain, clock);
            }
        }
        return new ModelFailure(FailureTable.ofCauses(chain), ownRetryAfter(chain), null);
    }

    private static ModelFailure ofAnswer(HttpException answer, List<Throwable> chain, InstantSource clock) {
        FailureKind kind = FailureTable.ofAnswer(answer, chain);
        return new ModelFailure(kind, RetryAfter.of(answer, clock), answer.statusCode());
    }

    private static @Nullable Duration ownRetryAfter(List<Throwable> chain) {
        for (Throwable cause : chain) {
            if (cause instanceof ThrottledException throttled) {
                return throttled.retryAfter();
            }
        }
        return null;
    }

    /**
     * Says whether the same call may succeed when it is made again, unchanged, a little later.
     *
     * @return true for transient failures and rate limits
     */
    public boolean retryable() {
        return kind == FailureKind.TRANSIENT || kind == FailureKind.RATE_LIMITED;
    }
}
