package io.agentruntime.testkit.chat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.agentruntime.chat.ChatResponseCache;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageLedger;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;

/** What the tests of the cache of answers have in common: an executor, a ledger, questions and answers. */
abstract class CachedFixture {

    static final TokenUsage USAGE = new TokenUsage(12, 5);

    final WorkloadExecutor executor = WorkloadExecutor.create(new Workload("models", 8, 1_000));
    final List<UsageEvent> events = new CopyOnWriteArrayList<>();
    final UsageLedger ledger = UsageLedger.create(events::add);

    @AfterEach
    void stop() throws InterruptedException {
        executor.stop(Deadline.after(ModelHouse.LIMIT));
    }

    ChatResponseCache.Builder cache() {
        return ChatResponseCache.builder(executor).ledger(ledger);
    }

    static ChatRequest ask(String text) {
        return ChatRequest.builder().messages(UserMessage.from(text)).build();
    }

    static ChatResponse answer(String text) {
        return answer(AiMessage.from(text), FinishReason.STOP);
    }

    static ChatResponse answer(AiMessage message, FinishReason reason) {
        return ChatResponse.builder()
                .aiMessage(message)
                .id("id-1")
                .modelName("answering")
                .tokenUsage(USAGE)
                .finishReason(reason)
                .build();
    }

    static AiMessage toolCall() {
        return AiMessage.from(ToolExecutionRequest.builder()
                .id("call-1")
                .name("lookup")
                .arguments("{}")
                .build());
    }

    static <T> T as(String organisation, Callable<T> work) throws Exception {
        try (ContextScope scope = UsageContext.of(organisation, "chat").open()) {
            return work.call();
        }
    }
}
