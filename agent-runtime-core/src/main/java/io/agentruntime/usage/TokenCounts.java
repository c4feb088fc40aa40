package io.agentruntime.usage;

/**
 * Numbers of tokens. Immutable and thread-safe.
 *
 * @param input what the model read, the cached part included, 0 or more
 * @param output what the model wrote, 0 or more
 * @param cached the part of the input that the provider had in its cache, 0 or more
 * @param total what the provider charges for; its own figure where it gives one, so it may exceed input and output
 */
public record TokenCounts(long input, long output, long cached, long total) {

    /** No tokens at all. */
    public static final TokenCounts ZERO = new TokenCounts(0, 0, 0, 0);

    /**
     * Checks what it is given.
     *
     * @throws IllegalArgumentException if a number is negative
     */
    public TokenCounts {
        if (input < 0 || output < 0 || cached < 0 || total < 0) {
            throw new IllegalArgumentException("negative number of tokens: input=" + input + ", output=" + output
                    + ", cached=" + cached + ", total=" + total);
        }
    }

    /**
     * Makes counts without a cached part.
     *
     * @param input what the model read
     * @param output what the model wrote
     * @return the counts, their sum as the total
     * @throws IllegalArgumentException if a number is negative
     */
    public static TokenCounts of(long input, long output) {
        return new TokenCounts(input, output, 0, input + output);
    }

    /**
     * Adds up.
     *
     * @param other what to add
     * @return the sum, number by number
     */
    public TokenCounts plus(TokenCounts other) {
        return new TokenCounts(input + other.input, output + other.output, cached + other.cached, total + other.total);
    }
}
