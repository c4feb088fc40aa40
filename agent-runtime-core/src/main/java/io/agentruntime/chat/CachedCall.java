package io.agentruntime.chat;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import org.jspecify.annotations.Nullable;

/** A call of a model behind a cache: which model, and what it is asked. */
record CachedCall(
        String name,
        @Nullable ModelProvider provider,
        @Nullable ChatRequestParameters defaults,
        ChatRequest request,
        ChatRequestOptions options) {

    CachedCall {
        requireNonNull(request, "request");
        requireNonNull(options, "options");
    }

    @Nullable
    String modelName() {
        return Names.requested(request, defaults);
    }
}
