package io.agentruntime.usage;

import dev.langchain4j.model.output.TokenUsage;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of tokens, with one meaning for all providers, whatever each of them calls what. Immutable and thread-safe.
 *
 * <p>The parts are contained in their wholes: {@code cacheRead + cacheWrite <= input}, {@code reasoning <= output} and {@code input +
 * output <= total}. Sums that do not fit into a {@code long} stay at {@link Long#MAX_VALUE}, so adding up never fails, and gives the
 * same result in any order.
 *
 * @param input everything that the model read, what came out of the provider's cache and what went into it included
 * @param output everything that the model wrote, its reasoning included
 * @param cacheRead the part of the input that the provider had in its cache
 * @param cacheWrite the part of the input that the provider put into its cache
 * @param reasoning the part of the output that the model wrote for itself
 * @param total the provider's own total where that is larger than input and output together, else these two
 */
public record TokenCounts(long input, long output, long cacheRead, long cacheWrite, long reasoning, long total) {

    /** No tokens at all. */
    public static final TokenCounts ZERO = new TokenCounts(0, 0, 0, 0, 0, 0);

    /**
     * Checks what it is given.
     *
     * @throws IllegalArgumentException if a number is negative, or a part is larger than its whole
     */
    public TokenCounts {
        boolean negative = (input | output | cacheRead | cacheWrite | reasoning | total) < 0;
        if (negative || sum(cacheRead, cacheWrite) > input || reasoning > output || sum(input, output) > total) {
            throw new IllegalArgumentException((negative ? "negative number of tokens" : "part larger than its whole")
                    + ": input=" + input + ", output=" + output + ", cacheRead=" + cacheRead + ", cacheWrite="
                    + cacheWrite
                    + ", reasoning=" + reasoning + ", total=" + total);
        }
    }

    /**
     * Makes counts without any parts.
     *
     * @param input what the model read
     * @param output what the model wrote
     * @return the counts, their sum as the total
     * @throws IllegalArgumentException if a number is negative
     */
    public static TokenCounts of(long input, long output) {
        return new TokenCounts(input, output, 0, 0, 0, sum(input, output));
    }

    /**
     * Reads what a provider has reported, by the rules of that provider.
     *
     * @param reported the report as LangChain4j gives it, or null if there is none
     * @return the counts; {@link #ZERO} if there are none, or none that could be read
     */
    public static TokenCounts of(@Nullable TokenUsage reported) {
        return reported == null ? ZERO : UsageReader.read(reported).counts();
    }

    /**
     * Says how much of the input concerned the provider's cache.
     *
     * @param read the part of the input that came out of it
     * @param written the part of the input that went into it
     * @return a copy with these parts, and the same input
     * @throws IllegalArgumentException if a number is negative, or both together are more than the input
     */
    public TokenCounts withCache(long read, long written) {
        return new TokenCounts(input, output, read, written, reasoning, total);
    }

    /**
     * Says how much of the output the model wrote for itself.
     *
     * @param part the part of the output
     * @return a copy with this part, and the same output
     * @throws IllegalArgumentException if the number is negative or more than the output
     */
    public TokenCounts withReasoning(long part) {
        return new TokenCounts(input, output, cacheRead, cacheWrite, part, total);
    }

    /**
     * Says what the provider gives as its total.
     *
     * @param whole the total
     * @return a copy with this total
     * @throws IllegalArgumentException if it is less than input and output together
     */
    public TokenCounts withTotal(long whole) {
        return new TokenCounts(input, output, cacheRead, cacheWrite, reasoning, whole);
    }

    /**
     * Adds up.
     *
     * @param other what to add
     * @return the sum, number by number; what would not fit into a {@code long} is {@link Long#MAX_VALUE}
     */
    public TokenCounts plus(TokenCounts other) {
        return new TokenCounts(
                sum(input, other.input),
                sum(output, other.output),
                sum(cacheRead, other.cacheRead),
                sum(cacheWrite, other.cacheWrite),
                sum(reasoning, other.reasoning),
                sum(total, other.total));
    }

    /** Adds numbers that are not negative; what does not fit is the largest number. */
    static long sum(long one, long other) {
        long sum = one + other;
        return sum < 0 && one >= 0 && other >= 0 ? Long.MAX_VALUE : sum;
    }
}
