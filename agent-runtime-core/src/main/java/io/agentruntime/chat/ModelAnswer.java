package io.agentruntime.chat;

import dev.langchain4j.model.chat.response.ChatResponse;
import io.agentruntime.resilience.ModelFallback.RouteFailure;
import java.util.List;

/**
 * An answer, and how it came about. Immutable and thread-safe.
 *
 * @param response the answer
 * @param route the name of the model that gave it, as the builder was told
 * @param attempts how often models were asked in all
 * @param failures the models that were tried before in the last attempt, in order, and why they did not answer
 */
public record ModelAnswer(ChatResponse response, String route, int attempts, List<RouteFailure> failures) {

    /** Keeps its own copy of the list. */
    public ModelAnswer {
        failures = List.copyOf(failures);
    }
}
