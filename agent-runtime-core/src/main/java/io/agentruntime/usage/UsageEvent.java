package io.agentruntime.usage;

import static java.util.Objects.requireNonNull;

import io.agentruntime.context.UsageContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One model call, with its owner and its cost; or an answer that was given without one, see {@link CallOutcome#CACHED}. Immutable and
 * thread-safe. Made by {@link #builder}.
 *
 * @param id names the call; storing the same id twice counts once
 * @param at when the call ended
 * @param duration how long it took from when it was opened; 0 if unknown
 * @param organisation who pays, or {@link #UNATTRIBUTED}
 * @param feature the part of the application that asked, or {@link #UNATTRIBUTED}
 * @param user the person who asked, or null if unknown
 * @param session the conversation, or null if there is none
 * @param request the single request, or null if there is none
 * @param metadata what else the context of the call knew; copied
 * @param provider the provider of the model that answered, as LangChain4j names it, or {@link #UNKNOWN}
 * @param requestedModel the name of the model that was asked, or {@link #UNKNOWN}
 * @param model the name of the model that answered, by its own account if it gave one; that of the asked one if nobody answered
 * @param attempts how often the call was sent, as far as known; 0 if it was never sent
 * @param tokens what the call cost, or would have cost if its outcome is {@link CallOutcome#CACHED}: add up {@link #spent} and {@link
 *     #saved}, not these
 * @param quality where the token counts come from
 * @param outcome how the call ended
 */
public record UsageEvent(
        UUID id,
        Instant at,
        Duration duration,
        String organisation,
        String feature,
        @Nullable String user,
        @Nullable String session,
        @Nullable String request,
        Map<String, String> metadata,
        String provider,
        String requestedModel,
        String model,
        int attempts,
        TokenCounts tokens,
        UsageQuality quality,
        CallOutcome outcome) {

    /** Stands for the organisation and the feature of calls that nobody had opened a context for. */
    public static final String UNATTRIBUTED = "(unattributed)";

    /** Stands for a provider or a model whose name nobody gave. */
    public static final String UNKNOWN = "unknown";

    /**
     * Checks and copies what it is given.
     *
     * @throws IllegalArgumentException if the duration or the number of attempts is negative
     */
    public UsageEvent {
        requireNonNull(id, "id");
        requireNonNull(at, "at");
        requireNonNull(organisation, "organisation");
        requireNonNull(feature, "feature");
        requireNonNull(provider, "provider");
        requireNonNull(requestedModel, "requestedModel");
        requireNonNull(model, "model");
        requireNonNull(tokens, "tokens");
        requireNonNull(quality, "quality");
        requireNonNull(outcome, "outcome");
        metadata = Map.copyOf(metadata);
        if (duration.isNegative() || attempts < 0) {
            throw new IllegalArgumentException(
                    "negative figure of call " + id + ": duration=" + duration + ", attempts=" + attempts);
        }
    }

    /**
     * Tells what was spent.
     *
     * @return the tokens of the call; none if its outcome is {@link CallOutcome#CACHED}
     */
    public TokenCounts spent() {
        return outcome == CallOutcome.CACHED ? TokenCounts.ZERO : tokens;
    }

    /**
     * Tells what was saved.
     *
     * @return the tokens that were not spent, because no model was asked; none unless the outcome is {@link CallOutcome#CACHED}
     */
    public TokenCounts saved() {
        return outcome == CallOutcome.CACHED ? tokens : TokenCounts.ZERO;
    }

    /**
     * Begins to describe a call: completed at the first attempt, without owner, without names, with 0 tokens of the quality {@link
     * UsageQuality#MISSING}.
     *
     * @param id names the call
     * @param at when it ended
     * @return a builder
     */
    public static Builder builder(UUID id, Instant at) {
        return new Builder(requireNonNull(id, "id"), requireNonNull(at, "at"));
    }

    /** Describes a call. Not thread-safe. */
    public static final class Builder {

        private final UUID id;
        private final Instant at;
        private @Nullable UsageContext owner;
        private String provider = UNKNOWN;
        private String requestedModel = UNKNOWN;
        private @Nullable String model;
        private TokenCounts tokens = TokenCounts.ZERO;
        private UsageQuality quality = UsageQuality.MISSING;
        private CallOutcome outcome = CallOutcome.COMPLETED;
        private Duration duration = Duration.ZERO;
        private int attempts = 1;

        private Builder(UUID id, Instant at) {
            this.id = id;
            this.at = at;
        }

        /**
         * Says whose call it was.
         *
         * @param newOwner the owner with everything it knows, or null for {@link #UNATTRIBUTED}
         * @return this builder
         */
        public Builder owner(@Nullable UsageContext newOwner) {
            owner = newOwner;
            return this;
        }

        /**
         * Names the provider.
         *
         * @param newProvider the provider of the model that answered
         * @return this builder
         */
        public Builder provider(String newProvider) {
            provider = newProvider;
            return this;
        }

        /**
         * Names the model that was asked.
         *
         * @param newModel its name
         * @return this builder
         */
        public Builder requestedModel(String newModel) {
            requestedModel = newModel;
            return this;
        }

        /**
         * Names the model that answered, where that differs from the one that was asked.
         *
         * @param newModel its name
         * @return this builder
         */
        public Builder model(String newModel) {
            model = newModel;
            return this;
        }

        /**
         * Says what the call cost.
         *
         * @param newTokens the counts
         * @param newQuality where they come from
         * @return this builder
         */
        public Builder tokens(TokenCounts newTokens, UsageQuality newQuality) {
            tokens = newTokens;
            quality = newQuality;
            return this;
        }

        /**
         * Says how the call ended.
         *
         * @param newOutcome the end
         * @return this builder
         */
        public Builder outcome(CallOutcome newOutcome) {
            outcome = newOutcome;
            return this;
        }

        /**
         * Says how long the call took.
         *
         * @param newDuration the time, 0 or more
         * @return this builder
         */
        public Builder duration(Duration newDuration) {
            duration = newDuration;
            return this;
        }

        /**
         * Says how often the call was sent.
         *
         * @param number the number of times, 0 or more
         * @return this builder
         */
        public Builder attempts(int number) {
            attempts = number;
            return this;
        }

        /**
         * Makes the event.
         *
         * @return the event
         * @throws IllegalArgumentException if the duration or the number of attempts is negative
         */
        public UsageEvent build() {
            return new UsageEvent(
                    id,
                    at,
                    duration,
                    owner == null ? UNATTRIBUTED : owner.organisation(),
                    owner == null ? UNATTRIBUTED : owner.feature(),
                    owner == null ? null : owner.user(),
                    owner == null ? null : owner.session(),
                    owner == null ? null : owner.request(),
                    owner == null ? Map.of() : owner.metadata(),
                    provider,
                    requestedModel,
                    model == null ? requestedModel : model,
                    attempts,
                    tokens,
                    quality,
                    outcome);
        }
    }
}
