package io.agentruntime.testkit;

import static java.util.Objects.requireNonNull;

/**
 * What an {@link OpenAiServer} answers and reports. Immutable and thread-safe.
 *
 * @param text the answer
 * @param promptTokens the tokens read, the cached ones included; 0 or more
 * @param completionTokens the tokens written, 0 or more
 * @param cachedTokens the part of the tokens read that was cached, at most {@code promptTokens}
 */
public record OpenAiReply(String text, int promptTokens, int completionTokens, int cachedTokens) {

    /**
     * Checks what it is given.
     *
     * @throws IllegalArgumentException if a number is negative or more tokens are cached than were read
     */
    public OpenAiReply {
        requireNonNull(text, "text");
        if (promptTokens < 0 || completionTokens < 0 || cachedTokens < 0 || cachedTokens > promptTokens) {
            throw new IllegalArgumentException("impossible token counts: prompt=" + promptTokens + ", completion="
                    + completionTokens + ", cached=" + cachedTokens);
        }
    }

    /**
     * Makes a reply that used no cached tokens.
     *
     * @param text the answer
     * @param promptTokens the tokens read
     * @param completionTokens the tokens written
     * @return the reply
     * @throws IllegalArgumentException if a number is negative
     */
    public static OpenAiReply of(String text, int promptTokens, int completionTokens) {
        return new OpenAiReply(text, promptTokens, completionTokens, 0);
    }
}
