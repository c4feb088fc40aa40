package io.agentruntime.testkit.provider;

/**
 * Numbers of tokens, counted alike for every provider. Immutable and thread-safe.
 *
 * @param input what the model read, in all: what came from a cache and what went into one included
 * @param output what the model wrote, in all: its reasoning included
 * @param cacheRead the part of the input that came from the provider's cache
 * @param cacheWrite the part of the input that the provider put into its cache
 * @param reasoning the part of the output that is reasoning
 * @param total what the provider gives as the total; the sum of input and output where it gives none
 */
public record ProviderUsage(long input, long output, long cacheRead, long cacheWrite, long reasoning, long total) {

    /** No tokens at all. */
    public static final ProviderUsage ZERO = new ProviderUsage(0, 0, 0, 0, 0, 0);

    /**
     * Checks what it is given.
     *
     * @throws IllegalArgumentException if a number is negative, or a part larger than its whole
     */
    public ProviderUsage {
        boolean negative = (input | output | cacheRead | cacheWrite | reasoning | total) < 0;
        if (negative || cacheRead + cacheWrite > input || reasoning > output) {
            throw new IllegalArgumentException("impossible token counts: input=" + input + ", output=" + output
                    + ", cacheRead=" + cacheRead + ", cacheWrite=" + cacheWrite + ", reasoning=" + reasoning
                    + ", total="
                    + total);
        }
    }

    /**
     * Makes counts without caches and reasoning.
     *
     * @param input what the model read
     * @param output what the model wrote
     * @return the counts, their sum as the total
     * @throws IllegalArgumentException if a number is negative
     */
    public static ProviderUsage of(long input, long output) {
        return new ProviderUsage(input, output, 0, 0, 0, input + output);
    }

    /**
     * Says how much of the input had to do with caches.
     *
     * @param read the part that came from the cache
     * @param written the part that went into it
     * @return a copy with these parts
     * @throws IllegalArgumentException if a number is negative, or both are more than the input
     */
    public ProviderUsage withCache(long read, long written) {
        return new ProviderUsage(input, output, read, written, reasoning, total);
    }

    /**
     * Says how much of the output is reasoning.
     *
     * @param tokens the part that is
     * @return a copy with this part
     * @throws IllegalArgumentException if the number is negative or more than the output
     */
    public ProviderUsage withReasoning(long tokens) {
        return new ProviderUsage(input, output, cacheRead, cacheWrite, tokens, total);
    }

    /**
     * Adds up.
     *
     * @param other what to add
     * @return the sum, number by number
     */
    public ProviderUsage plus(ProviderUsage other) {
        return new ProviderUsage(
                input + other.input,
                output + other.output,
                cacheRead + other.cacheRead,
                cacheWrite + other.cacheWrite,
                reasoning + other.reasoning,
                total + other.total);
    }
}
