package io.agentruntime.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ChatMessageType;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.TokenCountEstimator;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import io.agentruntime.context.UsageContext;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a call is charged with if the provider does not say. */
class UsageEstimateTest {

    private static final UsageContext ACME = UsageContext.of("acme", "x");
    private static final ChatRequest EIGHT = request(UserMessage.from("12345678"));
    private static final Charge SENT = new Charge(TokenCounts.of(2, 0), UsageQuality.ESTIMATED);

    private final UsageLedger ledger = UsageLedger.create(event -> {});

    private static ChatRequest request(ChatMessage... messages) {
        return ChatRequest.builder().messages(messages).build();
    }

    private static ChatResponse answer(String text, TokenUsage usage) {
        return ChatResponse.builder()
                .aiMessage(AiMessage.from(text))
                .tokenUsage(usage)
                .build();
    }

    private UsageCall open(ChatRequest request) {
        return ledger.open(ACME, null, null, request);
    }

    private UsageCall sent() {
        UsageCall call = open(EIGHT);
        call.attempt();
        return call;
    }

    private static Charge charge(UsageCall call) {
        UsageEvent event = call.event().orElseThrow();
        return new Charge(event.tokens(), event.quality());
    }

    private static Charge estimated(long input, long output) {
        return new Charge(TokenCounts.of(input, output), UsageQuality.ESTIMATED);
    }

    @Test
    @Tag("flaw-65")
    void completed_withoutUsage_isEstimatedFromBothTexts() {
        UsageCall call = sent();
        call.completed(answer("123456789", null));
        assertThat(charge(call)).isEqualTo(estimated(2, 3));
    }

    @Test
    @Tag("flaw-66")
    void completed_withZerosOrNulls_isEstimatedToo() {
        for (TokenUsage nothing : List.of(new TokenUsage(0, 0, 0), new TokenUsage())) {
            UsageCall call = sent();
            call.completed(answer("1", nothing));
            assertThat(charge(call)).isEqualTo(estimated(2, 1));
        }
    }

    @Test
    void completed_withoutAnswer_isEstimatedFromWhatWasSeen() {
        UsageCall call = sent();
        call.saw("12345");
        call.completed(null);
        assertThat(charge(call)).isEqualTo(estimated(2, 2));
    }

    @Test
    void stream_thatIsCancelledOrBreaks_isEstimatedFromWhatWasSeen() {
        UsageCall cancelled = sent();
        UsageCall truncated = sent();
        UsageCall late = sent();
        UsageCall failed = sent();
        for (UsageCall call : List.of(cancelled, truncated, late, failed)) {
            call.saw("1234");
            call.saw(null);
            call.saw("");
            call.saw("5");
        }
        cancelled.cancelled();
        truncated.truncated();
        late.timedOut();
        failed.failed(new RateLimitException(new HttpException(429, "in the middle")));
        assertThat(Stream.of(cancelled, truncated, late, failed).map(UsageEstimateTest::charge))
                .containsOnly(estimated(2, 2));
    }

    @Test
    void truncated_withAPartialAnswer_takesItsFiguresOrTheLongerText() {
        UsageCall reported = sent();
        reported.truncated(answer("12345678", new TokenUsage(20, 1)));
        assertThat(charge(reported)).isEqualTo(new Charge(TokenCounts.of(20, 1), UsageQuality.REPORTED));
        UsageCall text = sent();
        text.saw("1");
        text.truncated(answer("12345678", null));
        assertThat(charge(text)).isEqualTo(estimated(2, 2));
    }

    @Test
    void call_thatWasNeverSent_costsNothing() {
        UsageCall cancelled = open(EIGHT);
        cancelled.cancelled();
        UsageCall late = open(EIGHT);
        late.timedOut();
        UsageCall failed = open(EIGHT);
        failed.failed(new IllegalStateException("queue full"));
        assertThat(Stream.of(cancelled, late, failed).map(UsageEstimateTest::charge))
                .containsOnly(Charge.FREE);
    }

    static Stream<Throwable> free() {
        RuntimeException circle = new IllegalStateException(new ConnectException("refused"));
        return Stream.of(
                new RateLimitException(new HttpException(429, "slow down")),
                new AuthenticationException(new HttpException(401, "who")),
                new InvalidRequestException(new HttpException(400, "what")),
                new InternalServerException(new HttpException(503, "busy")),
                new HttpException(418, "teapot"),
                new RateLimitException("from an SDK"),
                new IllegalStateException(circle),
                new IllegalStateException(new IOException(new UnknownHostException("nowhere"))),
                new TimeoutException(new HttpConnectTimeoutException("connect")));
    }

    @ParameterizedTest
    @MethodSource("free")
    @Tag("flaw-67")
    void failed_asTheModelDidNoWork_costsNothing(Throwable failure) {
        UsageCall call = sent();
        call.failed(failure);
        assertThat(charge(call)).isEqualTo(Charge.FREE);
    }

    static Stream<Throwable> notFree() {
        Exception one = new IllegalStateException();
        Exception two = new IllegalStateException(one);
        one.initCause(two); // a circle
        return Stream.of(
                new TimeoutException(new HttpTimeoutException("read")),
                new TimeoutException(new HttpException(408, "late")),
                new InternalServerException(new HttpException(504, "gateway")),
                new IllegalStateException(new SocketException("Connection reset")),
                new NullPointerException(),
                new AssertionError(),
                two);
    }

    @ParameterizedTest
    @MethodSource("notFree")
    @Tag("flaw-67")
    void failed_asTheModelMayHaveWorked_costsItsInput(Throwable failure) {
        UsageCall call = sent();
        call.failed(failure);
        assertThat(charge(call)).isEqualTo(SENT);
    }

    @Test
    void call_withNothingToGoOn_isMissing() {
        UsageCall call = open(request(UserMessage.from(ImageContent.from("https://example.com/x.png"))));
        call.attempt();
        call.timedOut();
        assertThat(charge(call)).isEqualTo(new Charge(TokenCounts.ZERO, UsageQuality.MISSING));
    }

    @Test
    void request_isMeasuredInAllItsParts() {
        ToolExecutionRequest use = ToolExecutionRequest.builder()
                .id("1")
                .name("find")
                .arguments("{}")
                .build();
        ChatRequest request = ChatRequest.builder()
                .messages(
                        SystemMessage.from("1234"),
                        UserMessage.from(TextContent.from("12"), ImageContent.from("https://example.com/x.png")),
                        AiMessage.builder()
                                .text("123")
                                .thinking("1")
                                .toolExecutionRequests(List.of(use))
                                .build(),
                        ToolExecutionResultMessage.from(use, "12345"))
                .toolSpecifications(ToolSpecification.builder()
                        .name("find")
                        .description("finds")
                        .parameters(JsonObjectSchema.builder()
                                .addStringProperty("what", "it")
                                .addProperty(
                                        "where",
                                        JsonObjectSchema.builder()
                                                .addStringProperty("x")
                                                .build())
                                .build())
                        .build())
                .build();
        UsageCall call = open(request);
        call.attempt();
        call.cancelled();
        long characters = 4 + 2 + (3 + 1 + 4 + 2) + 5 + (4 + 5) + (4 + 2 + 5 + 1);
        assertThat(charge(call)).isEqualTo(estimated((characters + 3) / 4, 0));
    }

    /** A message of the host's own kind. */
    private record Odd() implements ChatMessage {
        @Override
        public ChatMessageType type() {
            return ChatMessageType.CUSTOM;
        }
    }

    @Test
    void messageOfAnotherKind_isMeasuredAsNothing() {
        UsageCall call = open(request(new Odd(), UserMessage.from("1234")));
        call.attempt();
        call.timedOut();
        assertThat(charge(call)).isEqualTo(estimated(1, 0));
    }

    @Test
    void requestThatCannotBeMeasured_isOpenedAllTheSame() {
        UsageCall call = open(request(new UserMessage("1234") {
            @Override
            public List<Content> contents() {
                throw new IllegalStateException("lazily loaded");
            }
        }));
        call.attempt();
        call.timedOut();
        assertThat(charge(call)).isEqualTo(new Charge(TokenCounts.ZERO, UsageQuality.MISSING));
        assertThat(ledger.statistics().failures()).isEqualTo(1);
    }

    private static final class Words implements TokenCountEstimator {
        @Override
        public int estimateTokenCountInText(String text) {
            return text.split(" ").length;
        }

        @Override
        public int estimateTokenCountInMessage(ChatMessage message) {
            String text = message instanceof AiMessage answer ? answer.text() : ((UserMessage) message).singleText();
            if (text.equals("crash")) {
                throw new IllegalStateException("no such encoding");
            }
            return estimateTokenCountInText(text);
        }

        @Override
        public int estimateTokenCountInMessages(Iterable<ChatMessage> messages) {
            int sum = 0;
            for (ChatMessage message : messages) {
                sum += estimateTokenCountInMessage(message);
            }
            return sum;
        }
    }

    @Test
    void estimatorOfTheHost_isAskedWhereItHasTheText() {
        UsageLedger exact =
                UsageLedger.builder(event -> {}).estimator(new Words()).build();
        UsageCall completed = exact.open(ACME, null, null, request(UserMessage.from("a b c")));
        completed.completed(answer("d e", null));
        assertThat(charge(completed)).isEqualTo(estimated(3, 2));
        UsageCall cancelled = exact.open(ACME, null, null, request(UserMessage.from("a b c")));
        cancelled.saw("d e f g ");
        cancelled.cancelled();
        assertThat(charge(cancelled)).isEqualTo(estimated(3, 2));
    }

    @Test
    void estimatorThatThrows_isReplacedByTheRuleAndCounted() {
        UsageLedger broken =
                UsageLedger.builder(event -> {}).estimator(new Words()).build();
        UsageCall call = broken.open(ACME, null, null, request(UserMessage.from("crash")));
        assertThat(call.completed(answer("crash", null))).isTrue();
        assertThat(charge(call)).isEqualTo(estimated(2, 2));
        assertThat(broken.statistics().failures()).isEqualTo(2);
    }
}
