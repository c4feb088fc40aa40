package io.agentruntime.chat;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.util.List;
import java.util.Set;

/** A streaming model whose answers are kept. */
final class CachedStreamingChatModel implements StreamingChatModel {

    private final ChatResponseCache cache;
    private final String name;
    private final StreamingChatModel model;

    CachedStreamingChatModel(ChatResponseCache cache, String name, StreamingChatModel model) {
        this.cache = cache;
        this.name = name;
        this.model = model;
    }

    @Override
    public void chat(ChatRequest request, StreamingChatResponseHandler handler) {
        chat(request, ChatRequestOptions.EMPTY, handler);
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        chat(request, ChatRequestOptions.EMPTY, handler);
    }

    @Override
    public void chat(ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
        requireNonNull(handler, "handler");
        CachedCall call = new CachedCall(name, model.provider(), model.defaultRequestParameters(), request, options);
        String key = cache.key(call);
        if (key == null) {
            model.chat(request, options, handler);
        } else {
            new CachedStream(cache, model, call, handler).start(key);
        }
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return model.defaultRequestParameters();
    }

    /** Has none of its own: those of the wrapped model are told by it. */
    @Override
    public List<ChatModelListener> listeners() {
        return List.of();
    }

    @Override
    public ModelProvider provider() {
        return model.provider();
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return model.supportedCapabilities();
    }
}
