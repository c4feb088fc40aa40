package io.agentruntime.testkit.chat;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.agentruntime.chat.ChatResponseCache;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.testkit.ChatModelContract;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/** What a call that misses comes to: each one is of an organisation of its own. */
class CachedChatModelContractTest extends ChatModelContract {

    private final WorkloadExecutor executor = WorkloadExecutor.create(new Workload("models", 4, 100));

    @AfterEach
    void stop() throws InterruptedException {
        executor.stop(Deadline.after(ModelHouse.LIMIT));
    }

    @Override
    protected ChatModel decorate(ChatModel delegate) {
        return new Strangers(ChatResponseCache.builder(executor).build().chatModel("contract", delegate));
    }

    /** Opens a context of a new organisation for each call. */
    private record Strangers(ChatModel model, AtomicInteger number) implements ChatModel {

        Strangers(ChatModel model) {
            this(model, new AtomicInteger());
        }

        private ContextScope stranger() {
            return UsageContext.of("organisation-" + number.incrementAndGet(), "contract")
                    .open();
        }

        @Override
        public String chat(String text) {
            try (ContextScope scope = stranger()) {
                return model.chat(text);
            }
        }

        @Override
        public ChatResponse chat(ChatRequest request) {
            try (ContextScope scope = stranger()) {
                return model.chat(request);
            }
        }

        @Override
        public ChatResponse chat(ChatRequest request, ChatRequestOptions options) {
            try (ContextScope scope = stranger()) {
                return model.chat(request, options);
            }
        }

        @Override
        public ChatResponse doChat(ChatRequest request) {
            try (ContextScope scope = stranger()) {
                return model.doChat(request);
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
