package io.agentruntime.chat;

import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.agentruntime.usage.TokenCounts;
import org.jspecify.annotations.Nullable;

/**
 * Says of an answer that it was given before: it has used nothing, but saved something. Its being of this class is the mark of a hit.
 */
final class KeptMetadata extends ChatResponseMetadata {

    private final TokenCounts cost;
    private final boolean fit;

    /**
     * Makes it.
     *
     * @param cost what the call has cost that the answer was given to; zero if unknown
     * @param fit whether the answer may be given to those who ask later
     */
    KeptMetadata(Origin origin, TokenCounts cost, boolean fit) {
        super(ChatResponseMetadata.builder()
                .id(origin.id)
                .modelName(origin.model)
                .tokenUsage(new TokenUsage(0, 0, 0))
                .finishReason(origin.reason));
        this.cost = cost;
        this.fit = fit;
    }

    /** Where an answer comes from, and how it ended. */
    record Origin(
            @Nullable String id,
            @Nullable String model,
            @Nullable FinishReason reason) {}

    TokenCounts cost() {
        return cost;
    }

    boolean fit() {
        return fit;
    }
}
