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
import io.agentruntime.executor.WorkloadExecutor;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A LangChain4j streaming model, made fit for production: throttled, bounded in time, tried again, replaced by others where it fails,
 * cancellable, and accounted for.
 *
 * <pre>{@code
 * ModelStream stream = model.stream(request, handler);
 * ...
 * stream.cancel(); // from any thread, at any time
 * }</pre>
 *
 * <p>Up to the first sign of an answer a stream that fails is tried again, or with another model, and the handler hears nothing of it.
 * From then on a failure ends it: the handler is told once, by {@code onError}. The handler is called one call at a time, in the context of
 * the code that began the stream, and never after its end; if it throws, that is the stream's failure. Every stream ends, by its
 * deadline at the latest.
 *
 * <p>Which thread calls the handler is up to the wrapped model: with a {@link ModelHttpTransport} one of the I/O workload. An attempt
 * after the first begins on the workload given to the builder. Thread-safe, if the models are.
 */
public final class RuntimeStreamingChatModel implements StreamingChatModel {

    private final CallPolicy<StreamingChatModel> policy;
    private final StreamingChatModel primary;

    private RuntimeStreamingChatModel(CallPolicy<StreamingChatModel> policy) {
        this.policy = policy;
        this.primary = policy.primary();
    }

    /**
     * Begins to decorate a model.
     *
     * @param model the model that is asked first, named {@code primary}
     * @param executor where attempts after the first begin
     * @param timer what waits between attempts and ends those that take too long; a {@link WorkloadExecutor} is one
     * @return a builder with the defaults
     */
    public static Builder builder(StreamingChatModel model, WorkloadExecutor executor, ScheduledExecutorService timer) {
        return new Builder(model, executor, timer);
    }

    @Override
    public void chat(ChatRequest request, StreamingChatResponseHandler handler) {
        chat(request, ChatRequestOptions.EMPTY, handler);
    }

    /**
     * Begins a stream, like {@link #stream(ChatRequest, ChatRequestOptions, StreamingChatResponseHandler)}.
     *
     * @param request what to ask
     * @param options attributes for the listeners of the wrapped models
     * @param handler hears the answer
     */
    @Override
    public void chat(ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
        ModelStream unused = stream(request, options, handler);
    }

    /** Begins a stream, like {@link #stream(ChatRequest, StreamingChatResponseHandler)}. */
    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        chat(request, ChatRequestOptions.EMPTY, handler);
    }

    /**
     * Begins a stream.
     *
     * @param request what to ask
     * @param handler hears the answer
     * @return the stream, to cancel it or to wait for its end
     */
    public ModelStream stream(ChatRequest request, StreamingChatResponseHandler handler) {
        return stream(request, ChatRequestOptions.EMPTY, handler);
    }

    /**
     * Begins a stream. Whatever fails is told to the handler; nothing of it is thrown here.
     *
     * @param request what to ask
     * @param options attributes for the listeners of the wrapped models
     * @param handler hears the answer
     * @return the stream, to cancel it or to wait for its end
     */
    public ModelStream stream(ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
        StreamingChat call = new StreamingChat(
                policy,
                requireNonNull(request, "request"),
                requireNonNull(options, "options"),
                requireNonNull(handler, "handler"));
        call.start();
        return call;
    }

    /**
     * Tells how many attempts sent more than one request, because a wrapped model repeats them by itself.
     *
     * @return the number so far
     */
    public long selfRetries() {
        return policy.selfRetries().count();
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return primary.defaultRequestParameters();
    }

    /** Has none of its own: those of the wrapped models are told by these. */
    @Override
    public List<ChatModelListener> listeners() {
        return List.of();
    }

    @Override
    public ModelProvider provider() {
        return primary.provider();
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return primary.supportedCapabilities();
    }

    /** Describes a decorated model. Not thread-safe. */
    public static final class Builder extends CallBuilder<StreamingChatModel, Builder> {

        private Builder(StreamingChatModel model, WorkloadExecutor executor, ScheduledExecutorService timer) {
            super(model, executor, timer);
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Makes the model.
         *
         * @return the decorated model
         * @throws IllegalArgumentException if two models have the same name, or a throttle is for one that there is not
         */
        public RuntimeStreamingChatModel build() {
            return new RuntimeStreamingChatModel(policy());
        }
    }
}
