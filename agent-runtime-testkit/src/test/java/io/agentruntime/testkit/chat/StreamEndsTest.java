package io.agentruntime.testkit.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.agentruntime.chat.ModelHttpTimeouts;
import io.agentruntime.chat.ModelStream;
import io.agentruntime.chat.RuntimeStreamingChatModel;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.resilience.ModelRetry;
import io.agentruntime.testkit.provider.ProviderGate;
import io.agentruntime.testkit.provider.ProviderProtocol;
import io.agentruntime.testkit.provider.ProviderReply;
import io.agentruntime.usage.CallOutcome;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageQuality;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** However a stream ends, it ends once: for its handler, in the context of its caller, and in the account. */
@Tag("flaw-65")
@Tag("flaw-67")
class StreamEndsTest {

    private static final Duration SHORT = Duration.ofMillis(150);
    private static final ProviderReply ANSWER =
            ProviderReply.of("one ", "two ", "three").usage(12, 3);
    private static final ChatRequest REQUEST =
            ChatRequest.builder().messages(UserMessage.from("hi there")).build();

    private final ProviderGate gate = new ProviderGate();

    private static RuntimeStreamingChatModel once(ModelHouse house, StreamingChatModel model) {
        return house.decorate(model)
                .retry(ModelRetry.builder("once", house.timer).attempts(1).build())
                .build();
    }

    /** Runs one stream to its end, and looks at what is the same for all ends. */
    private StreamRecord run(ModelHouse house, ProviderProtocol protocol, ModelHttpTimeouts timeouts) throws Exception {
        StreamRecord record = new StreamRecord();
        try (ContextScope scope = UsageContext.of("acme", "streams").open()) {
            once(house, house.streamingClient(protocol, "m", timeouts)).chat(REQUEST, record);
        }
        record.awaitEnd();
        gate.open();
        house.server.awaitQuiet(ModelHouse.LIMIT);
        assertThat(record.ends).hasSize(1);
        assertThat(record.organisations).containsOnly(Optional.of("acme"));
        assertThat(record.threads).allSatisfy(name -> assertThat(name).startsWith("agentruntime-"));
        assertThat(house.events).hasSize(1);
        assertThat(house.events.get(0).organisation()).isEqualTo("acme");
        return record;
    }

    private static void assertEvent(ModelHouse house, CallOutcome outcome, UsageQuality quality) {
        UsageEvent event = house.events.get(0);
        assertThat(event.outcome()).isEqualTo(outcome);
        assertThat(event.quality()).isEqualTo(quality);
    }

    @ParameterizedTest
    @EnumSource
    void whole_isCompletedWithItsReportedUsage(ProviderProtocol protocol) throws Exception {
        try (ModelHouse house = ModelHouse.open(request -> ANSWER)) {
            StreamRecord record = run(house, protocol, ModelHttpTimeouts.DEFAULT);
            assertThat(String.join("", record.texts)).isEqualTo("one two three");
            assertEvent(house, CallOutcome.COMPLETED, UsageQuality.REPORTED);
            assertThat(house.events.get(0).tokens().total()).isEqualTo(15);
        }
    }

    @ParameterizedTest
    @EnumSource
    void stallAfterTheHeaders_isTimedOut(ProviderProtocol protocol) throws Exception {
        try (ModelHouse house = ModelHouse.open(request -> ANSWER.stallAfter(0, gate))) {
            StreamRecord record = run(house, protocol, ModelHttpTimeouts.DEFAULT.withFirstToken(SHORT));
            assertThat(record.ends.get(0)).isInstanceOf(TimeoutException.class);
            assertEvent(house, CallOutcome.TIMED_OUT, UsageQuality.ESTIMATED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void stallInMidStream_isTimedOut(ProviderProtocol protocol) throws Exception {
        try (ModelHouse house = ModelHouse.open(request -> ANSWER.stallAfter(1, gate))) {
            StreamRecord record = run(house, protocol, ModelHttpTimeouts.DEFAULT.withIdle(SHORT));
            assertThat(record.texts).containsExactly("one ");
            assertThat(record.ends.get(0)).isInstanceOf(TimeoutException.class);
            assertEvent(house, CallOutcome.TIMED_OUT, UsageQuality.ESTIMATED);
            assertThat(house.events.get(0).tokens().output()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void cutWithoutItsEnd_isTruncated(ProviderProtocol protocol) throws Exception {
        try (ModelHouse house = ModelHouse.open(request -> ANSWER.cutAfter(2))) {
            StreamRecord record = run(house, protocol, ModelHttpTimeouts.DEFAULT);
            assertThat(record.texts).containsExactly("one ", "two ");
            assertThat(house.events.get(0).outcome()).isEqualTo(CallOutcome.TRUNCATED);
            assertThat(house.events.get(0).tokens().output()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void handlerThatThrows_isOneFailure_andTheStreamStops(ProviderProtocol protocol) throws Exception {
        try (ModelHouse house = ModelHouse.open(request -> ANSWER.stallAfter(1, gate))) {
            IllegalStateException bug = new IllegalStateException("a bug of the host's");
            StreamRecord record = new StreamRecord() {
                @Override
                public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
                    super.onPartialResponse(part, context);
                    throw bug;
                }
            };
            once(house, house.streamingClient(protocol, "m")).chat(REQUEST, record);
            assertThat(record.awaitEnd()).isSameAs(bug);
            house.server.awaitClientsGone(1, ModelHouse.LIMIT);
            gate.open();
            house.server.awaitQuiet(ModelHouse.LIMIT);
            assertThat(record.ends).hasSize(1);
            assertThat(record.texts).containsExactly("one ");
            assertEvent(house, CallOutcome.FAILED, UsageQuality.ESTIMATED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void cancel_fromAnotherThreadInMidStream_isCancelledAndSaysNothingMore(ProviderProtocol protocol) throws Exception {
        try (ModelHouse house = ModelHouse.open(request -> ANSWER.stallAfter(1, gate))) {
            StreamRecord record = new StreamRecord();
            ModelStream stream = once(house, house.streamingClient(protocol, "m")).stream(REQUEST, record);
            record.firstText.get(60, TimeUnit.SECONDS);
            stream.cancel();
            assertCancelled(house, stream, record);
            assertThat(house.events.get(0).tokens().output()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void cancel_beforeAnyByte_isCancelledAndSaysNothing(ProviderProtocol protocol) throws Exception {
        try (ModelHouse house = ModelHouse.open(request -> ANSWER.delay(gate))) {
            StreamRecord record = new StreamRecord();
            ModelStream stream = once(house, house.streamingClient(protocol, "m")).stream(REQUEST, record);
            house.server.awaitRequests(1, ModelHouse.LIMIT);
            stream.cancel();
            assertCancelled(house, stream, record);
        }
    }

    private void assertCancelled(ModelHouse house, ModelStream stream, StreamRecord record) throws Exception {
        house.server.awaitClientsGone(1, ModelHouse.LIMIT);
        gate.open();
        house.server.awaitQuiet(ModelHouse.LIMIT);
        assertThat(stream.isCancelled()).isTrue();
        assertThat(stream.completion()).isCompletedExceptionally();
        assertThat(record.ends).isEmpty();
        assertThat(house.transport.openExchanges()).isZero();
        assertThat(house.events).hasSize(1);
        assertThat(house.events.get(0).outcome()).isEqualTo(CallOutcome.CANCELLED);
        assertThat(house.events.get(0).quality()).isEqualTo(UsageQuality.ESTIMATED);
    }

    @Test
    void modelThatThrowsAtOnce_isOneFailure() throws Exception {
        try (ModelHouse house = ModelHouse.open(request -> ANSWER)) {
            IllegalArgumentException refusal = new IllegalArgumentException("no such parameter");
            StreamingChatModel broken = new StreamingChatModel() {
                @Override
                public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
                    throw refusal;
                }
            };
            StreamRecord record = new StreamRecord();
            once(house, broken).chat(REQUEST, record);
            assertThat(record.awaitEnd()).isSameAs(refusal);
            assertThat(record.ends).hasSize(1);
            assertThat(house.events).extracting(UsageEvent::outcome).containsExactly(CallOutcome.FAILED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void deadline_inMidStream_isTimedOut(ProviderProtocol protocol) throws Exception {
        try (ModelHouse house = ModelHouse.open(request -> ANSWER.stallAfter(1, gate))) {
            StreamRecord record = new StreamRecord();
            house.decorate(house.streamingClient(protocol, "m"))
                    .timeout(Duration.ofMillis(400))
                    .build()
                    .chat(REQUEST, record);
            assertThat(record.awaitEnd()).isInstanceOf(TimeoutException.class);
            house.server.awaitClientsGone(1, ModelHouse.LIMIT);
            gate.open();
            assertThat(record.ends).hasSize(1);
            assertThat(house.events).extracting(UsageEvent::outcome).containsExactly(CallOutcome.TIMED_OUT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void failureBeforeTheFirstToken_isTriedAgain(ProviderProtocol protocol) throws Exception {
        try (ModelHouse house = ModelHouse.open(request -> ANSWER)) {
            house.server.enqueue(ProviderReply.error(503, "down"), ProviderReply.reset());
            StreamRecord record = new StreamRecord();
            house.decorate(house.streamingClient(protocol, "m"))
                    .retry(ModelRetry.builder("m", house.timer)
                            .backoff(Duration.ofMillis(1), Duration.ofMillis(2))
                            .build())
                    .build()
                    .chat(REQUEST, record);
            assertThat(record.awaitEnd()).isInstanceOf(ChatResponse.class);
            assertThat(house.server.requests()).hasSize(3);
            assertThat(house.events.get(0).attempts()).isEqualTo(3);
            assertThat(house.events.get(0).outcome()).isEqualTo(CallOutcome.COMPLETED);
        }
    }
}
