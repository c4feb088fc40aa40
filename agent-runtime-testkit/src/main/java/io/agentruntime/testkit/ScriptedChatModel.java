package io.agentruntime.testkit;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model that answers from a script, one entry per call, and remembers what it was asked.
 *
 * <p>A call after the last entry fails with an {@link AssertionError}, unless the script says {@link Builder#repeatLast()}. The
 * listeners hear of every call as those of any other model do. Thread-safe: each entry is used by one call, in the order of the
 * calls.
 */
public final class ScriptedChatModel implements ChatModel {

    private final String modelName;
    private final int length;
    private final @Nullable Supplier<ChatResponse> repeated;
    private final Queue<Supplier<ChatResponse>> script;
    private final List<ChatModelListener> listeners;
    private final List<ChatRequest> requests = new CopyOnWriteArrayList<>();

    private ScriptedChatModel(Builder builder) {
        this.modelName = builder.modelName;
        this.length = builder.script.size();
        this.repeated = builder.repeatLast ? builder.script.get(length - 1) : null;
        this.script = new ConcurrentLinkedQueue<>(builder.script);
        this.listeners = List.copyOf(builder.listeners);
    }

    /**
     * Begins a script.
     *
     * @return a builder without entries and listeners
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Answers with the next entry of the script.
     *
     * @param request what is asked
     * @return the scripted answer
     * @throws AssertionError if the script has come to its end
     */
    @Override
    public ChatResponse doChat(ChatRequest request) {
        requests.add(requireNonNull(request, "request"));
        Supplier<ChatResponse> entry = script.poll();
        if (entry == null) {
            entry = repeated;
        }
        if (entry == null) {
            throw new AssertionError(
                    "model '" + modelName + "' was called once more than its script of " + length + " entries allows");
        }
        return entry.get();
    }

    @Override
    public List<ChatModelListener> listeners() {
        return listeners;
    }

    /**
     * Lists what was asked.
     *
     * @return a copy of the requests so far, the oldest first, those that failed included
     */
    public List<ChatRequest> requests() {
        return List.copyOf(requests);
    }

    /** Writes the script of a {@link ScriptedChatModel}. Not thread-safe. */
    public static final class Builder {

        private final List<Supplier<ChatResponse>> script = new ArrayList<>();
        private final List<ChatModelListener> listeners = new ArrayList<>();
        private String modelName = "scripted";
        private boolean repeatLast;

        private Builder() {}

        /**
         * Names the model in its answers; {@code scripted} unless called. Holds for the entries that come after.
         *
         * @param name the name
         * @return this builder
         */
        public Builder modelName(String name) {
            modelName = requireNonNull(name, "name");
            return this;
        }

        /**
         * Adds an answer that reports no token usage.
         *
         * @param text the answer
         * @return this builder
         */
        public Builder reply(String text) {
            return reply(response(text).build());
        }

        /**
         * Adds an answer.
         *
         * @param text the answer
         * @param usage what it reports to have cost
         * @return this builder
         */
        public Builder reply(String text, TokenUsage usage) {
            return reply(
                    response(text).tokenUsage(requireNonNull(usage, "usage")).build());
        }

        /**
         * Adds an answer with all that belongs to it, such as tool calls; the name of the model is its own.
         *
         * @param response the answer
         * @return this builder
         */
        public Builder reply(ChatResponse response) {
            requireNonNull(response, "response");
            script.add(() -> response);
            return this;
        }

        private ChatResponse.Builder response(String text) {
            return ChatResponse.builder()
                    .aiMessage(AiMessage.from(requireNonNull(text, "text")))
                    .modelName(modelName)
                    .finishReason(FinishReason.STOP);
        }

        /**
         * Adds a failure.
         *
         * @param failure what the call throws
         * @return this builder
         */
        public Builder failure(RuntimeException failure) {
            requireNonNull(failure, "failure");
            script.add(() -> {
                throw failure;
            });
            return this;
        }

        /**
         * Lets the last entry serve all further calls too.
         *
         * @return this builder
         */
        public Builder repeatLast() {
            repeatLast = true;
            return this;
        }

        /**
         * Adds a listener.
         *
         * @param listener hears of every call
         * @return this builder
         */
        public Builder listener(ChatModelListener listener) {
            listeners.add(requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Makes the model.
         *
         * @return the model
         * @throws IllegalStateException if the last entry is to be repeated and there is none
         */
        public ScriptedChatModel build() {
            if (repeatLast && script.isEmpty()) {
                throw new IllegalStateException("repeatLast() needs an entry to repeat");
            }
            return new ScriptedChatModel(this);
        }
    }
}
