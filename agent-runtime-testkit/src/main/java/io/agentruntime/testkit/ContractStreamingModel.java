package io.agentruntime.testkit;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The streaming model under a decorator. It calls back on a thread of its own, one per call, as real ones do. */
final class ContractStreamingModel implements StreamingChatModel {

    final ContractListener listener = new ContractListener();
    final Handle handle = new Handle();
    private final List<ChatRequest> requests = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private volatile Consumer<StreamingChatResponseHandler> script = this::answer;
    private volatile @Nullable RuntimeException thrown;

    /** By which the stream is cancelled. */
    static final class Handle implements StreamingHandle {
        final CompletableFuture<Void> cancelled = new CompletableFuture<>();

        @Override
        public void cancel() {
            cancelled.complete(null);
        }

        @Override
        public boolean isCancelled() {
            return cancelled.isDone();
        }
    }

    /** The ordinary answer, in one piece. */
    void answer(StreamingChatResponseHandler handler) {
        handler.onPartialResponse(new PartialResponse("answer"), new PartialResponseContext(handle));
        handler.onCompleteResponse(ContractModel.ANSWER);
    }

    void follow(Consumer<StreamingChatResponseHandler> callbacks) {
        script = callbacks;
    }

    void throwAtOnce(@Nullable RuntimeException failure) {
        thrown = failure;
    }

    List<ChatRequest> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        requests.add(request);
        RuntimeException failure = thrown;
        if (failure != null) {
            throw failure;
        }
        ContractParameters parameters = (ContractParameters) request.parameters();
        Consumer<StreamingChatResponseHandler> callbacks = script;
        Thread thread = new Thread(() -> callbacks.accept(handler), "testkit-stream-" + parameters.region());
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    /** Waits until the threads that called back so far have done so. */
    void awaitThreads() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(ContractHandler.TIMEOUT.toMillis());
        }
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return ContractParameters.defaults();
    }

    @Override
    public List<ChatModelListener> listeners() {
        return List.of(listener);
    }

    @Override
    public ModelProvider provider() {
        return ModelProvider.ANTHROPIC;
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    }
}
