package io.agentruntime.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A real AI service whose model asks for a tool first: two calls, whose sum LangChain4j reports once more at the end. */
class ToolLoopTest {

    private static final UsageContext ACME = UsageContext.of("acme", "tools");

    interface Assistant {
        Result<String> ask(String question);
    }

    interface StreamingAssistant {
        TokenStream ask(String question);
    }

    static final class Weather {
        @Tool
        String weather() {
            return "sunny";
        }
    }

    private record Scripted(List<ChatModelListener> listeners) implements ChatModel {
        @Override
        public ChatResponse doChat(ChatRequest request) {
            return answer(request);
        }
    }

    private record ScriptedStream(List<ChatModelListener> listeners) implements StreamingChatModel {
        @Override
        public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
            handler.onCompleteResponse(answer(request));
        }
    }

    private static ChatResponse answer(ChatRequest request) {
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
                .modelName("m")
                .tokenUsage(toolHasRun ? new TokenUsage(120, 9) : new TokenUsage(80, 5))
                .finishReason(toolHasRun ? FinishReason.STOP : FinishReason.TOOL_EXECUTION)
                .build();
    }

    private final List<UsageEvent> events = new ArrayList<>();
    private final List<ChatModelListener> listeners = List.of(TokenTrackingListener.create(events::add));

    @Test
    @Tag("flaw-67")
    void toolLoop_isTwoCalls_andTheirSumIsNoThird() {
        Assistant assistant = AiServices.builder(Assistant.class)
                .chatModel(new Scripted(listeners))
                .tools(new Weather())
                .build();
        try (ContextScope scope = ACME.open()) {
            assertSumOf(assistant.ask("How is it?").tokenUsage());
        }
    }

    @Test
    @Tag("flaw-67")
    void toolLoop_ofAStream_isTwoCalls_andTheirSumIsNoThird() throws Exception {
        StreamingAssistant assistant = AiServices.builder(StreamingAssistant.class)
                .streamingChatModel(new ScriptedStream(listeners))
                .tools(new Weather())
                .build();
        CompletableFuture<ChatResponse> last = new CompletableFuture<>();
        try (ContextScope scope = ACME.open()) {
            assistant
                    .ask("How is it?")
                    .onPartialResponse(text -> {})
                    .onCompleteResponse(last::complete)
                    .onError(last::completeExceptionally)
                    .start();
        }
        assertSumOf(last.get(60, TimeUnit.SECONDS).tokenUsage());
    }

    private void assertSumOf(TokenUsage sum) {
        assertThat(sum).isEqualTo(new TokenUsage(200, 14));
        assertThat(events)
                .extracting(UsageEvent::tokens)
                .containsExactly(TokenCounts.of(80, 5), TokenCounts.of(120, 9));
        assertThat(events).extracting(UsageEvent::organisation).containsOnly("acme");
    }
}
