package io.agentruntime.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.TokenStream;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageLedger;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A real AI service, whose model asks for a tool first, asked twice: only the last round of the second time is a hit. */
class CachedToolLoopTest {

    private static final TokenUsage FIRST_ROUND = new TokenUsage(80, 5);
    private static final TokenUsage BOTH_ROUNDS = new TokenUsage(200, 14);

    private final WorkloadExecutor executor = WorkloadExecutor.create(new Workload("models", 4, 100));
    private final List<UsageEvent> events = new CopyOnWriteArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger toolRuns = new AtomicInteger();
    private final ChatResponseCache cache = ChatResponseCache.builder(executor)
            .ledger(UsageLedger.create(events::add))
            .build();

    @AfterEach
    void stop() throws InterruptedException {
        executor.stop(Deadline.after(Duration.ofSeconds(60)));
    }

    interface Assistant {
        Result<String> ask(String question);
    }

    interface StreamingAssistant {
        TokenStream ask(String question);
    }

    final class Weather {
        @Tool
        String weather() {
            toolRuns.incrementAndGet();
            return "sunny";
        }
    }

    private ChatResponse answer(ChatRequest request) {
        calls.incrementAndGet();
        boolean toolHasRun = request.messages().stream().anyMatch(ToolExecutionResultMessage.class::isInstance);
        AiMessage message = toolHasRun
                ? AiMessage.from("It is sunny.")
                : AiMessage.from(ToolExecutionRequest.builder()
                        .id("1")
                        .name("weather")
                        .arguments("{}")
                        .build());
        return ChatResponse.builder()
                .aiMessage(message)
                .tokenUsage(toolHasRun ? new TokenUsage(120, 9) : FIRST_ROUND)
                .finishReason(toolHasRun ? FinishReason.STOP : FinishReason.TOOL_EXECUTION)
                .build();
    }

    @Test
    void sumOverTheRounds_isWhatWasSpent() {
        ChatModel model = new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                return answer(request);
            }
        };
        Assistant assistant = AiServices.builder(Assistant.class)
                .chatModel(cache.chatModel("m", model))
                .tools(new Weather())
                .build();
        try (ContextScope scope = UsageContext.of("acme", "tools").open()) {
            assertThat(assistant.ask("How is it?").tokenUsage()).isEqualTo(BOTH_ROUNDS);
            assertThat(assistant.ask("How is it?").tokenUsage()).isEqualTo(FIRST_ROUND);
        }
        assertRounds();
    }

    @Test
    void sumOverTheRoundsOfAStream_isWhatWasSpent() throws Exception {
        StreamingChatModel model = new StreamingChatModel() {
            @Override
            public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
                Thread thread = new Thread(() -> handler.onCompleteResponse(answer(request))); // without a context
                thread.start();
            }
        };
        StreamingAssistant assistant = AiServices.builder(StreamingAssistant.class)
                .streamingChatModel(cache.streamingChatModel("m", model))
                .tools(new Weather())
                .build();
        assertThat(stream(assistant)).isEqualTo(BOTH_ROUNDS);
        assertThat(stream(assistant)).isEqualTo(FIRST_ROUND);
        assertRounds();
    }

    private static TokenUsage stream(StreamingAssistant assistant) throws Exception {
        CompletableFuture<ChatResponse> last = new CompletableFuture<>();
        try (ContextScope scope = UsageContext.of("acme", "tools").open()) {
            assistant
                    .ask("How is it?")
                    .onPartialResponse(text -> {})
                    .onCompleteResponse(last::complete)
                    .onError(last::completeExceptionally)
                    .start();
        }
        ChatResponse response = last.get(60, TimeUnit.SECONDS);
        assertThat(response.aiMessage().text()).isEqualTo("It is sunny.");
        return response.tokenUsage();
    }

    private void assertRounds() {
        assertThat(calls).hasValue(3);
        assertThat(toolRuns).hasValue(2);
        assertThat(events).extracting(UsageEvent::saved).containsExactly(TokenCounts.of(120, 9));
    }
}
