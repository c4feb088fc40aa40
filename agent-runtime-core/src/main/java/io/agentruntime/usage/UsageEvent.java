package io.agentruntime.usage;

import static java.util.Objects.requireNonNull;

import io.agentruntime.context.UsageContext;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One model call, with its owner and its cost. Immutable and thread-safe.
 *
 * @param id names the call; storing the same id twice counts once
 * @param at when the call ended
 * @param organisation who pays, or {@link #UNATTRIBUTED}
 * @param feature the part of the application that asked, or {@link #UNATTRIBUTED}
 * @param user the person who asked, or null if unknown
 * @param session the conversation, or null if there is none
 * @param request the single request, or null if there is none
 * @param provider the model's provider, as LangChain4j names it
 * @param model the model's name, or {@code unknown}
 * @param tokens what the call cost
 * @param quality where the token counts come from
 * @param outcome how the call ended
 */
public record UsageEvent(
        UUID id,
        Instant at,
        String organisation,
        String feature,
        @Nullable String user,
        @Nullable String session,
        @Nullable String request,
        String provider,
        String model,
        TokenCounts tokens,
        UsageQuality quality,
        CallOutcome outcome) {

    /** Stands for the organisation and the feature of calls that nobody had opened a context for. */
    public static final String UNATTRIBUTED = "(unattributed)";

    /** Checks that nothing is missing. */
    public UsageEvent {
        requireNonNull(id, "id");
        requireNonNull(at, "at");
        requireNonNull(organisation, "organisation");
        requireNonNull(feature, "feature");
        requireNonNull(provider, "provider");
        requireNonNull(model, "model");
        requireNonNull(tokens, "tokens");
        requireNonNull(quality, "quality");
        requireNonNull(outcome, "outcome");
    }

    /** What a call was, apart from its owner. */
    record Call(String provider, String model, TokenCounts tokens, UsageQuality quality, CallOutcome outcome) {}

    static UsageEvent of(@Nullable UsageContext owner, Call call, Instant at) {
        return new UsageEvent(
                UUID.randomUUID(),
                at,
                owner == null ? UNATTRIBUTED : owner.organisation(),
                owner == null ? UNATTRIBUTED : owner.feature(),
                owner == null ? null : owner.user(),
                owner == null ? null : owner.session(),
                owner == null ? null : owner.request(),
                call.provider(),
                call.model(),
                call.tokens(),
                call.quality(),
                call.outcome());
    }
}
