package io.agentruntime.testkit;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A model that streams from a script, one {@link StreamScript} per call, and remembers what it was asked.
 *
 * <pre>{@code
 * ManualExecutor executor = new ManualExecutor();
 * var gate = new CompletableFuture<Void>();
 * var model = ScriptedStreamingChatModel.builder(executor)
 *         .script(StreamScript.of("one ", "two ").stall(gate).text("three"))
 *         .build();
 * model.chat("count", handler);
 * executor.runAll();   // one, two
 * gate.complete(null);
 * executor.runAll();   // three, and the complete answer
 * }</pre>
 *
 * <p>Callbacks run on the executor, and behave as those of LangChain4j's own models do: partial ones come with a handle by which the
 * stream can be cancelled, and after that none comes; what a callback throws goes to {@code onError}, and the stream goes on. Listeners
 * hear of every call as those of any other model do. A call after the last script fails with an {@link AssertionError}, unless the
 * last is to be repeated. Thread-safe: each script is used by one call, in the order of the calls.
 */
public final class ScriptedStreamingChatModel implements StreamingChatModel {

    private final Executor executor;
    private final String modelName;
    private final int length;
    private final @Nullable StreamScript repeated;
    private final Queue<StreamScript> scripts;
    private final List<ChatModelListener> listeners;
    private final List<ChatRequest> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger cancelled = new AtomicInteger();

    private ScriptedStreamingChatModel(Builder builder) {
        this.executor = builder.executor;
        this.modelName = builder.modelName;
        this.length = builder.scripts.size();
        this.repeated = builder.repeatLast ? builder.scripts.get(length - 1) : null;
        this.scripts = new ConcurrentLinkedQueue<>(builder.scripts);
        this.listeners = List.copyOf(builder.listeners);
    }

    /**
     * Begins a model.
     *
     * @param executor runs the callbacks; {@code Runnable::run} for the thread that calls, or that ends a stall
     * @return a builder without scripts and listeners
     */
    public static Builder builder(Executor executor) {
        return new Builder(requireNonNull(executor, "executor"));
    }

    /** Cancels one stream, for whoever asks first. */
    private final class Handle implements StreamingHandle {
        private final AtomicBoolean done = new AtomicBoolean();

        @Override
        public void cancel() {
            if (done.compareAndSet(false, true)) {
                cancelled.incrementAndGet();
            }
        }

        @Override
        public boolean isCancelled() {
            return done.get();
        }
    }

    /**
     * Plays the next script.
     *
     * @param request what is asked
     * @param handler hears of the answer, on the executor
     * @throws AssertionError if there is no further script
     */
    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        requests.add(requireNonNull(request, "request"));
        requireNonNull(handler, "handler");
        StreamScript script = next();
        if (script.lines().thrown != null) {
            throw script.lines().thrown;
        }
        new ScriptedStream(script.lines(), modelName, handler, new Handle()).play(executor);
    }

    private StreamScript next() {
        StreamScript script = scripts.poll();
        if (script == null) {
            script = repeated;
        }
        if (script == null) {
            throw new AssertionError(
                    "model '" + modelName + "' was called once more than its " + length + " scripts allow");
        }
        return script;
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

    /**
     * Tells how many streams were cancelled by their handles.
     *
     * @return their number so far
     */
    public int cancelled() {
        return cancelled.get();
    }

    /** Collects the scripts of a {@link ScriptedStreamingChatModel}. Not thread-safe. */
    public static final class Builder {

        private final Executor executor;
        private final List<StreamScript> scripts = new ArrayList<>();
        private final List<ChatModelListener> listeners = new ArrayList<>();
        private String modelName = "scripted";
        private boolean repeatLast;

        private Builder(Executor executor) {
            this.executor = executor;
        }

        /**
         * Names the model in its answers; {@code scripted} unless called.
         *
         * @param name the name
         * @return this builder
         */
        public Builder modelName(String name) {
            modelName = requireNonNull(name, "name");
            return this;
        }

        /**
         * Adds an answer of text that reports no token usage.
         *
         * @param pieces the pieces of the text
         * @return this builder
         */
        public Builder reply(String... pieces) {
            return script(StreamScript.of(pieces));
        }

        /**
         * Adds an answer.
         *
         * @param script what happens, and how it ends
         * @return this builder
         */
        public Builder script(StreamScript script) {
            scripts.add(requireNonNull(script, "script"));
            return this;
        }

        /**
         * Lets the last script serve all further calls too.
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
         * @throws IllegalStateException if the last script is to be repeated and there is none
         */
        public ScriptedStreamingChatModel build() {
            if (repeatLast && scripts.isEmpty()) {
                throw new IllegalStateException("repeatLast() needs a script to repeat");
            }
            return new ScriptedStreamingChatModel(this);
        }
    }
}
