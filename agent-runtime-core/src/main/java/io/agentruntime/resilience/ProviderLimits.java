package io.agentruntime.resilience;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says about its limits in the headers of an answer, good or bad: those of OpenAI and Azure ({@code x-ratelimit-*}),
 * Anthropic ({@code anthropic-ratelimit-*}), and the RateLimit header fields for HTTP in all their drafts. Where a provider states
 * several limits on the same thing, this is the one with the least left. Immutable and thread-safe.
 *
 * @param requests the limit on requests, or null if the provider says nothing about it
 * @param tokens the limit on tokens, or null if the provider says nothing about it
 */
public record ProviderLimits(
        @Nullable Allowance requests, @Nullable Allowance tokens) {

    /** Nothing is known. */
    public static final ProviderLimits UNKNOWN = new ProviderLimits(null, null);

    /**
     * One limit. Immutable and thread-safe.
     *
     * @param limit how many are allowed in the provider's window, or null if unknown
     * @param remaining how many are left of it, or null if unknown
     * @param resetIn how long until it is whole again, from the moment of the answer; null if unknown; never negative
     */
    public record Allowance(
            @Nullable Long limit,
            @Nullable Long remaining,
            @Nullable Duration resetIn) {

        boolean known() {
            return limit != null || remaining != null || resetIn != null;
        }

        private long left() {
            return remaining == null ? Long.MAX_VALUE : remaining;
        }
    }

    /**
     * Reads the headers of an answer. What makes no sense is passed over.
     *
     * @param headers names, in any case, to values
     * @param clock the calendar, for providers that name a date
     * @return the limits, {@link #UNKNOWN} if there are none
     */
    public static ProviderLimits of(Map<String, List<String>> headers, InstantSource clock) {
        LimitHeaders read = new LimitHeaders(requireNonNull(headers, "headers"), requireNonNull(clock, "clock"));
        Allowance requests = leastLeft(read.requests());
        Allowance tokens = leastLeft(read.tokens());
        return requests == null && tokens == null ? UNKNOWN : new ProviderLimits(requests, tokens);
    }

    /**
     * Reads the headers of the error answer that a failure comes from.
     *
     * @param failure what was thrown
     * @param clock the calendar, for providers that name a date
     * @return the limits, {@link #UNKNOWN} if there are none
     */
    public static ProviderLimits of(Throwable failure, InstantSource clock) {
        return ProviderHttpException.in(failure)
                .map(answer -> of(answer.headers(), clock))
                .orElse(UNKNOWN);
    }

    private static @Nullable Allowance leastLeft(List<Allowance> allowances) {
        Allowance least = null;
        for (Allowance allowance : allowances) {
            if (allowance.known() && (least == null || allowance.left() < least.left())) {
                least = allowance;
            }
        }
        return least;
    }
}
