package io.agentruntime.testkit.provider;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happened on the wire for one request, as far as it has happened. Immutable and thread-safe.
 *
 * @param request what arrived
 * @param outcome what became of it
 * @param status the HTTP status that was sent, 0 if none
 * @param pieces how many pieces of text, thinking and tool arguments were sent; all of them, if the answer was sent whole
 * @param usage the tokens that were reported to the client so far, null if none were, or none that can be
 * @param wireUsage the same in the protocol's own words, such as {@code prompt_tokens_details.cached_tokens}; empty if none were
 * @param clientGone whether the client closed the connection before the end of the reply
 */
public record ProviderCall(
        ProviderRequest request,
        ProviderOutcome outcome,
        int status,
        int pieces,
        @Nullable ProviderUsage usage,
        Map<String, Long> wireUsage,
        boolean clientGone) {

    /** Copies the usage. */
    public ProviderCall {
        wireUsage = Map.copyOf(wireUsage);
    }
}
