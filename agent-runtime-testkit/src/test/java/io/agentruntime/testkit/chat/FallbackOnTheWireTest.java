package io.agentruntime.testkit.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.agentruntime.chat.RuntimeChatModel;
import io.agentruntime.chat.RuntimeStreamingChatModel;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.resilience.FailureKind;
import io.agentruntime.resilience.ModelFallback.RouteFailure;
import io.agentruntime.testkit.provider.ProviderProtocol;
import io.agentruntime.testkit.provider.ProviderReply;
import io.agentruntime.testkit.provider.ProviderRequest;
import io.agentruntime.usage.CallOutcome;
import io.agentruntime.usage.UsageEvent;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model that is not there is replaced by the next one, which gets what the caller asked for; the answer says who gave it. */
@Tag("flaw-59")
@Tag("flaw-60")
@Tag("flaw-61")
class FallbackOnTheWireTest {

    private static final ChatRequest REQUEST = ChatRequest.builder()
            .messages(UserMessage.from("hi"))
            .temperature(0.25)
            .maxOutputTokens(77)
            .build();

    private static ProviderReply onlySecondAnswers(ProviderRequest request) {
        return request.model().equals("second")
                ? ProviderReply.of("from the ", "second").usage(12, 3)
                : ProviderReply.error(503, "down");
    }

    private static ModelHouse house() throws IOException {
        return ModelHouse.open(FallbackOnTheWireTest::onlySecondAnswers);
    }

    @ParameterizedTest
    @EnumSource
    void primaryDown_theSecondGetsTheOriginalRequest(ProviderProtocol protocol) throws Exception {
        try (ModelHouse house = house()) {
            RuntimeChatModel model = house.decorate(house.client(protocol, "first"))
                    .fallback("other", house.client(protocol, "second"))
                    .build();
            RuntimeChatModel.Answer answer = model.answer(REQUEST, ChatRequestOptions.EMPTY);
            assertThat(answer.response().aiMessage().text()).isEqualTo("from the second");
            assertThat(answer.route()).isEqualTo("other");
            assertThat(answer.attempts()).isEqualTo(2);
            assertThat(answer.failures()).extracting(RouteFailure::route).containsExactly("primary");
            List<ProviderRequest> requests = house.server.requests();
            assertThat(requests).extracting(ProviderRequest::model).containsExactly("first", "second");
            assertThat(requests)
                    .allSatisfy(request ->
                            assertThat(request.body()).contains("0.25").contains("77"));
            assertThat(house.events).hasSize(1);
            assertThat(house.events.get(0).model()).isEqualTo("second");
            assertThat(house.events.get(0).attempts()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void stream_primaryFailsBeforeItsFirstToken_theSecondAnswers(ProviderProtocol protocol) throws Exception {
        try (ModelHouse house = house()) {
            RuntimeStreamingChatModel model = house.decorate(house.streamingClient(protocol, "first"))
                    .fallback("other", house.streamingClient(protocol, "second"))
                    .build();
            StreamRecord record = new StreamRecord();
            model.chat(REQUEST, record);
            assertThat(record.awaitEnd()).isInstanceOf(ChatResponse.class);
            assertThat(String.join("", record.texts)).isEqualTo("from the second");
            assertThat(record.ends).hasSize(1);
            assertThat(house.server.requests())
                    .extracting(ProviderRequest::model)
                    .containsExactly("first", "second");
            assertThat(house.server.requests().get(1).body()).contains("0.25").contains("77");
            assertThat(house.events).extracting(UsageEvent::outcome).containsExactly(CallOutcome.COMPLETED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void stream_failsAfterItsFirstToken_isOneErrorAndNoOtherModel(ProviderProtocol protocol) throws Exception {
        try (ModelHouse house = house()) {
            house.server.enqueue(ProviderReply.of("a ", "b ", "c").usage(12, 3).resetAfter(1));
            RuntimeStreamingChatModel model = house.decorate(house.streamingClient(protocol, "first"))
                    .fallback("other", house.streamingClient(protocol, "second"))
                    .build();
            StreamRecord record = new StreamRecord();
            model.chat(REQUEST, record);
            record.awaitEnd();
            house.server.awaitQuiet(ModelHouse.LIMIT);
            boolean begun = !record.texts.isEmpty(); // a reset may overtake the bytes before it
            assertThat(record.ends).hasSize(1);
            assertThat(house.server.requests()).hasSize(begun ? 1 : 2);
            assertThat(record.ends.get(0)).isInstanceOf(begun ? Throwable.class : ChatResponse.class);
            assertThat(house.events).hasSize(1);
        }
    }

    @Test
    void contextWindow_leadsOnOnlyIfAskedFor() throws Exception {
        try (ModelHouse house = house()) {
            ProviderReply tooLong =
                    ProviderReply.error(400, "maximum context length").code("context_length_exceeded");
            house.server.enqueue(tooLong);
            RuntimeChatModel larger = house.decorate(house.client(ProviderProtocol.OPENAI, "first"))
                    .fallback(
                            "larger",
                            house.client(ProviderProtocol.OPENAI, "second"),
                            Set.of(FailureKind.CONTEXT_WINDOW))
                    .build();
            assertThat(larger.chat("hi")).isEqualTo("from the second");
            house.server.enqueue(ProviderReply.error(401, "who?"));
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> larger.chat("hi"))
                    .isInstanceOf(dev.langchain4j.exception.AuthenticationException.class);
        }
    }

    @Test
    void owner_isTheCallerOfEitherModel() throws Exception {
        try (ModelHouse house = house();
                ContextScope scope = UsageContext.of("acme", "answers").open()) {
            RuntimeChatModel model = house.decorate(house.client(ProviderProtocol.OPENAI, "first"))
                    .fallback("other", house.client(ProviderProtocol.GEMINI, "second"))
                    .build();
            model.chat("hi");
            assertThat(house.events).extracting(UsageEvent::organisation).containsExactly("acme");
            assertThat(house.events).extracting(UsageEvent::provider).containsExactly("google_ai_gemini");
        }
    }
}
