package io.agentruntime.testkit.provider;

import static io.agentruntime.testkit.provider.Clients.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.anthropic.AnthropicTokenUsage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.googleai.GoogleAiGeminiTokenUsage;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.agentruntime.testkit.provider.ProviderRequest.Message;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against the clients that applications use: LangChain4j's. */
class ProviderServerTest {

    private static final ProviderUsage USAGE =
            ProviderUsage.of(100, 40).withCache(30, 20).withReasoning(15);

    private final Queue<ProviderReply> replies = new ConcurrentLinkedQueue<>();
    private ProviderServer server;

    @BeforeEach
    void start() throws IOException {
        server = ProviderServer.start(request -> replies.remove());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ChatResponse whole(ProviderProtocol protocol, ProviderReply reply) {
        replies.add(reply);
        return Clients.model(protocol, server).chat(SystemMessage.from("Be brief."), UserMessage.from("Grüße"));
    }

    private StreamLog streamed(ProviderProtocol protocol, ProviderReply reply) throws Exception {
        replies.add(reply);
        StreamLog log = new StreamLog();
        Clients.streaming(protocol, server).chat("Grüße", log);
        log.response.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        return log;
    }

    /** What each client makes of the usage, and how the same is normalised. */
    private static void assertUsage(ProviderProtocol protocol, TokenUsage usage, ProviderCall call) {
        switch (protocol) {
            case OPENAI -> {
                OpenAiTokenUsage openAi = (OpenAiTokenUsage) usage;
                assertThat(openAi.inputTokenCount()).isEqualTo(100);
                assertThat(openAi.outputTokenCount()).isEqualTo(40);
                assertThat(openAi.totalTokenCount()).isEqualTo(140);
                assertThat(openAi.inputTokensDetails().cachedTokens()).isEqualTo(30);
                assertThat(openAi.outputTokensDetails().reasoningTokens()).isEqualTo(15);
                assertThat(call.usage()).isEqualTo(USAGE.withCache(30, 0));
                assertThat(call.wireUsage())
                        .containsEntry("prompt_tokens", 100L)
                        .containsEntry("prompt_tokens_details.cached_tokens", 30L);
            }
            case ANTHROPIC -> {
                AnthropicTokenUsage anthropic = (AnthropicTokenUsage) usage;
                assertThat(anthropic.inputTokenCount()).isEqualTo(50);
                assertThat(anthropic.outputTokenCount()).isEqualTo(40);
                assertThat(anthropic.cacheReadInputTokens()).isEqualTo(30);
                assertThat(anthropic.cacheCreationInputTokens()).isEqualTo(20);
                assertThat(call.usage()).isEqualTo(USAGE.withReasoning(0));
                assertThat(call.wireUsage())
                        .containsOnly(
                                Map.entry("input_tokens", 50L),
                                Map.entry("output_tokens", 40L),
                                Map.entry("cache_read_input_tokens", 30L),
                                Map.entry("cache_creation_input_tokens", 20L));
            }
            case GEMINI -> {
                GoogleAiGeminiTokenUsage gemini = (GoogleAiGeminiTokenUsage) usage;
                assertThat(gemini.inputTokenCount()).isEqualTo(100);
                assertThat(gemini.outputTokenCount()).isEqualTo(25);
                assertThat(gemini.totalTokenCount()).isEqualTo(140);
                assertThat(gemini.cachedContentTokenCount()).isEqualTo(30);
                assertThat(gemini.thoughtsTokenCount()).isEqualTo(15);
                assertThat(call.usage()).isEqualTo(USAGE.withCache(30, 0));
                assertThat(call.wireUsage()).containsEntry("candidatesTokenCount", 25L);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void chat_getsTheTextAndTheUsage(ProviderProtocol protocol) {
        ChatResponse response =
                whole(protocol, ProviderReply.of("You said: ", "Grüße").usage(USAGE));
        assertThat(response.aiMessage().text()).isEqualTo("You said: Grüße");
        assertThat(response.metadata().modelName()).isEqualTo(Clients.MODEL);
        assertThat(response.metadata().finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(response.metadata().id()).isNotBlank();
        ProviderCall call = server.calls().get(0);
        assertUsage(protocol, response.metadata().tokenUsage(), call);
        assertThat(call.outcome()).isEqualTo(ProviderOutcome.ANSWERED);
        assertThat(call.pieces()).isEqualTo(2);
        assertThat(call.status()).isEqualTo(200);
        assertThat(call.clientGone()).isFalse();
        assertThat(server.reported()).isEqualTo(call.usage());
    }

    @ParameterizedTest
    @EnumSource
    void request_isUnderstood(ProviderProtocol protocol) {
        whole(protocol, ProviderReply.of("a").usage(1, 1));
        ProviderRequest request = server.requests().get(0);
        assertThat(request.protocol()).isEqualTo(protocol);
        assertThat(request.number()).isOne();
        assertThat(request.model()).isEqualTo(Clients.MODEL);
        assertThat(request.streaming()).isFalse();
        assertThat(request.messages())
                .containsExactly(new Message("system", "Be brief."), new Message("user", "Grüße"));
        assertThat(request.prompt()).isEqualTo("Grüße");
        assertThat(request.body()).contains("Grüße");
        assertThat(request.headers().values()).anyMatch(value -> value.contains("key"));
    }

    @ParameterizedTest
    @EnumSource
    void stream_getsThePiecesAndTheUsage(ProviderProtocol protocol) throws Exception {
        StreamLog log =
                streamed(protocol, ProviderReply.of("You ", "said: ", "Grüße").usage(USAGE));
        assertThat(log.lines).containsExactly("text You ", "text said: ", "text Grüße", "complete");
        ChatResponse response = log.response.get();
        assertThat(response.aiMessage().text()).isEqualTo("You said: Grüße");
        assertThat(response.metadata().modelName()).isEqualTo(Clients.MODEL);
        assertThat(response.metadata().finishReason()).isEqualTo(FinishReason.STOP);
        ProviderCall call = server.calls().get(0);
        assertThat(call.request().streaming()).isTrue();
        assertUsage(protocol, response.metadata().tokenUsage(), call);
        assertThat(call.outcome()).isEqualTo(ProviderOutcome.ANSWERED);
        assertThat(call.pieces()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void toolCalls_areGot_wholeAndStreamed(ProviderProtocol protocol) throws Exception {
        ProviderReply reply = ProviderReply.of("Let me see.")
                .toolCall("id-1", "weather", "{\"city\":", "\"Bern\"}")
                .toolCall("id-2", "time", "{}")
                .usage(20, 9);
        ChatResponse whole = whole(protocol, reply);
        assertThat(whole.aiMessage().text()).isEqualTo("Let me see.");
        assertCalls(whole);
        StreamLog log = streamed(protocol, reply);
        assertCalls(log.response.get());
        assertThat(log.lines)
                .contains("called 0 id-1 weather {\"city\":\"Bern\"}", "called 1 id-2 time {}")
                .filteredOn(line -> line.startsWith("call 0"))
                .hasSize(protocol == ProviderProtocol.GEMINI ? 0 : 2);
        assertThat(server.calls()).allMatch(call -> call.pieces() == 4);
    }

    private static void assertCalls(ChatResponse response) {
        assertThat(response.metadata().finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
        assertThat(response.aiMessage().toolExecutionRequests())
                .extracting(ProviderServerTest::compact)
                .containsExactly(call("id-1", "weather", "{\"city\":\"Bern\"}"), call("id-2", "time", "{}"));
    }

    /** Anthropic's client prints the arguments of a whole answer anew, on several lines. */
    private static ToolExecutionRequest compact(ToolExecutionRequest request) {
        return request.toBuilder()
                .arguments(request.arguments().replaceAll("\\s", ""))
                .build();
    }

    private static ToolExecutionRequest call(String id, String name, String arguments) {
        return ToolExecutionRequest.builder()
                .id(id)
                .name(name)
                .arguments(arguments)
                .build();
    }

    @ParameterizedTest
    @EnumSource
    void toolResult_isUnderstood(ProviderProtocol protocol) {
        replies.add(ProviderReply.of("It is warm.").usage(1, 1));
        ToolExecutionRequest call = call("id-1", "weather", "{}");
        Clients.model(protocol, server)
                .chat(
                        UserMessage.from("How is it?"),
                        AiMessage.from(call),
                        ToolExecutionResultMessage.from(call, "25 degrees"));
        assertThat(server.requests().get(0).prompt()).contains("25 degrees");
        assertThat(server.requests().get(0).messages()).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void thinking_isGot_wholeAndStreamed(ProviderProtocol protocol) throws Exception {
        ProviderReply reply =
                ProviderReply.of().thinking("Hm, ", "well.").text("Yes").usage(20, 9);
        assertThat(whole(protocol, reply).aiMessage().thinking()).isEqualTo("Hm, well.");
        StreamLog log = streamed(protocol, reply);
        assertThat(log.lines).containsExactly("thinking Hm, ", "thinking well.", "text Yes", "complete");
        assertThat(log.response.get().aiMessage().thinking()).isEqualTo("Hm, well.");
        assertThat(log.response.get().aiMessage().text()).isEqualTo("Yes");
    }

    static Stream<Arguments> finishReasons() {
        return Stream.of(ProviderProtocol.values())
                .flatMap(protocol -> Stream.of(
                        Arguments.of(protocol, FinishReason.LENGTH),
                        // Anthropic's refusal is unknown to its client
                        Arguments.of(
                                protocol,
                                protocol == ProviderProtocol.ANTHROPIC
                                        ? FinishReason.OTHER
                                        : FinishReason.CONTENT_FILTER)));
    }

    @ParameterizedTest
    @MethodSource("finishReasons")
    void finishReason_isGot_wholeAndStreamed(ProviderProtocol protocol, FinishReason reason) throws Exception {
        FinishReason sent = reason == FinishReason.OTHER ? FinishReason.CONTENT_FILTER : reason;
        ProviderReply reply = ProviderReply.of("Yes").usage(20, 9).finish(sent).model("some-model-001");
        ChatResponse whole = whole(protocol, reply);
        assertThat(whole.metadata().finishReason()).isEqualTo(reason);
        assertThat(whole.metadata().modelName()).isEqualTo("some-model-001");
        ChatResponse streamed = streamed(protocol, reply).response.get();
        assertThat(streamed.metadata().finishReason()).isEqualTo(reason);
        assertThat(streamed.metadata().modelName()).isEqualTo("some-model-001");
    }

    @ParameterizedTest
    @EnumSource
    void reply_thatIsImpossible_isStatus500(ProviderProtocol protocol) {
        assertThatThrownBy(() -> whole(protocol, ProviderReply.of("one").stallAfter(2, new ProviderGate())))
                .hasMessageContaining("the reply has 1 pieces, but something is to happen after 2");
        assertThat(server.calls()).extracting(ProviderCall::status).containsExactly(500);
        assertThat(server.calls()).extracting(ProviderCall::outcome).containsExactly(ProviderOutcome.FAILED);
        assertThat(server.answered()).isZero();
        assertThat(List.of(server.reported())).containsExactly(ProviderUsage.ZERO);
    }
}
