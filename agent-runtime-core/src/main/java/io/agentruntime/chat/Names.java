package io.agentruntime.chat;

import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import org.jspecify.annotations.Nullable;

/** What models are called. */
final class Names {

    private Names() {}

    /** The model that a request goes to: the one it names, or else the one that is the default. */
    static @Nullable String requested(ChatRequest request, @Nullable ChatRequestParameters defaults) {
        String named = request.parameters().modelName();
        return named != null || defaults == null ? named : defaults.modelName();
    }
}
