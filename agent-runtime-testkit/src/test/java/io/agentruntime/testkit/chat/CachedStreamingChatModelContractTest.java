package io.agentruntime.testkit.chat;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.agentruntime.chat.ChatResponseCache;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.testkit.StreamingChatModelContract;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/** What a stream that misses comes to: each one is of an organisation of its own. */
class CachedStreamingChatModelContractTest extends StreamingChatModelContract {

    private final WorkloadExecutor executor = WorkloadExecutor.create(new Workload("models", 4, 100));

    @AfterEach
    void stop() throws InterruptedException {
        executor.stop(Deadline.after(ModelHouse.LIMIT));
    }

    @Override
    protected StreamingChatModel decorate(StreamingChatModel delegate) {
        return new Strangers(ChatResponseCache.builder(executor).build().streamingChatModel("contract", delegate));
    }

    /** Opens a context of a new organisation for each call. */
    private record Strangers(StreamingChatModel model, AtomicInteger number) implements StreamingChatModel {

        Strangers(StreamingChatModel model) {
            this(model, new AtomicInteger());
        }

        private ContextScope stranger() {
            return UsageContext.of("organisation-" + number.incrementAndGet(), "contract")
                    .open();
        }

        @Override
        public void chat(ChatRequest request, StreamingChatResponseHandler handler) {
            try (ContextScope scope = stranger()) {
                model.chat(request, handler);
            }
        }

        @Override
        public void chat(ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
            try (ContextScope scope = stranger()) {
                model.chat(request, options, handler);
            }
        }

        @Override
        public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
            try (ContextScope scope = stranger()) {
                model.doChat(request, handler);
            }
        }

        @Override
        public ChatRequestParameters defaultRequestParameters() {
            return model.defaultRequestParameters();
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
}
