package io.agentruntime.chat;

import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.agentruntime.cache.CacheLoadException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A model whose answers are kept. */
final class CachedChatModel implements ChatModel {

    private final ChatResponseCache cache;
    private final String name;
    private final ChatModel model;

    CachedChatModel(ChatResponseCache cache, String name, ChatModel model) {
        this.cache = cache;
        this.name = name;
        this.model = model;
    }

    @Override
    public ChatResponse chat(ChatRequest request) {
        return chat(request, ChatRequestOptions.EMPTY);
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        return chat(request, ChatRequestOptions.EMPTY);
    }

    @Override
    public ChatResponse chat(ChatRequest request, ChatRequestOptions options) {
        CachedCall call = new CachedCall(name, model.provider(), model.defaultRequestParameters(), request, options);
        String key = cache.key(call);
        if (key == null) {
            return model.chat(request, options);
        }
        AtomicReference<@Nullable ChatResponse> own =
                new AtomicReference<>(); // stays empty if another one's call serves us
        ChatResponse kept = find(key, call, own);
        ChatResponse mine = own.get();
        if (mine != null) {
            cache.missed();
            return mine;
        }
        cache.hit(call, kept);
        return kept;
    }

    private ChatResponse find(String key, CachedCall call, AtomicReference<@Nullable ChatResponse> own) {
        try {
            return cache.get(key, unused -> {
                Makeshift mark = Makeshift.of(call.options());
                ChatResponse answer = model.chat(call.request(), mark.on(call.options()));
                ChatResponse kept = KeptAnswer.of(answer, mark.asked());
                cache.passed(kept);
                own.set(answer);
                return kept;
            });
        } catch (CacheLoadException e) {
            cache.missed();
            throw thrown(e);
        }
    }

    /** What the model threw, or why nobody could wait for it. */
    private static RuntimeException thrown(CacheLoadException failure) {
        Throwable cause = failure.getCause();
        if (cause instanceof Error error) {
            throw error;
        } else if (cause instanceof InterruptedException) {
            CancellationException cancelled = new CancellationException("the call was interrupted while it waited");
            cancelled.initCause(failure);
            return cancelled;
        } else if (cause instanceof java.util.concurrent.TimeoutException) {
            return new TimeoutException("no answer in time", failure);
        }
        return cause instanceof RuntimeException exception ? exception : failure;
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
