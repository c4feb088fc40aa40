package io.agentruntime.testkit.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import io.agentruntime.chat.RuntimeChatModel;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ModelRetry;
import io.agentruntime.testkit.ManualScheduler;
import io.agentruntime.testkit.ManualTicker;
import io.agentruntime.testkit.provider.ProviderProtocol;
import io.agentruntime.testkit.provider.ProviderReply;
import io.agentruntime.usage.CallOutcome;
import io.agentruntime.usage.UsageEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Attempts on the wire are attempts of the policy, no more and no fewer, and wait as long as the provider says. */
@Tag("flaw-55")
@Tag("flaw-56")
class RetryOnTheWireTest {

    private static final ProviderReply HELLO = ProviderReply.of("hello").usage(12, 3);

    @ParameterizedTest
    @EnumSource
    void rateLimitWithRetryAfter_thenAnswer_isOneRetryAfterThatTime(ProviderProtocol protocol) throws Exception {
        ManualTicker ticker = new ManualTicker();
        try (ManualScheduler waits = new ManualScheduler(ticker);
                ModelHouse house = ModelHouse.open(request -> HELLO, waits, ticker)) {
            house.server.enqueue(ProviderReply.error(429, "slow down").header("Retry-After", "2"));
            RuntimeChatModel model = house.decorate(house.client(protocol, "m"))
                    .retry(ModelRetry.builder("m", waits).build())
                    .build();
            CompletableFuture<String> answer = house.agent.submit(() -> model.chat("hi"));
            waits.awaitScheduled(2, ModelHouse.LIMIT); // the deadline of the first attempt, then the wait
            assertThat(waits.pendingDelays()).containsExactly(Duration.ofSeconds(2));
            assertThat(house.server.requests()).hasSize(1);
            waits.advance(Duration.ofMillis(1_999));
            assertThat(house.server.requests()).hasSize(1);
            waits.advance(Duration.ofMillis(1));
            assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo("hello");
            assertThat(house.server.requests()).hasSize(2);
            assertThat(house.events).hasSize(1);
            UsageEvent event = house.events.get(0);
            assertThat(event.attempts()).isEqualTo(2);
            assertThat(event.outcome()).isEqualTo(CallOutcome.COMPLETED);
            assertThat(event.tokens().total()).isEqualTo(15);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatCannotSucceed_isAskedOnce(ProviderProtocol protocol) throws Exception {
        try (ModelHouse house = ModelHouse.open(request -> HELLO)) {
            RuntimeChatModel model = house.decorate(house.client(protocol, "m")).build();
            house.server.enqueue(ProviderReply.error(401, "who?"));
            assertThatThrownBy(() -> model.chat("hi")).isInstanceOf(AuthenticationException.class);
            house.server.enqueue(ProviderReply.error(400, "what?"));
            assertThatThrownBy(() -> model.chat("hi")).isInstanceOf(InvalidRequestException.class);
            assertThat(house.server.requests()).hasSize(2);
            assertThat(house.events).extracting(UsageEvent::outcome).containsOnly(CallOutcome.FAILED);
            assertThat(house.events)
                    .allSatisfy(event -> assertThat(event.tokens().total()).isZero());
        }
    }

    @Test
    void programmingError_isAskedOnce() throws Exception {
        try (ModelHouse house = ModelHouse.open(request -> HELLO)) {
            List<ChatRequest> asked = new ArrayList<>();
            ChatModel broken = new ChatModel() {
                @Override
                public ChatResponse doChat(ChatRequest request) {
                    asked.add(request);
                    throw new NullPointerException("a bug");
                }
            };
            assertThatThrownBy(() -> house.decorate(broken).build().chat("hi"))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("a bug");
            assertThat(asked).hasSize(1);
        }
    }

    @Test
    void providerFullyDown_aThousandCalls_addATenthAtMost() throws Exception {
        try (ModelHouse house = ModelHouse.open(request -> ProviderReply.error(503, "down"))) {
            ModelRetry quick = ModelRetry.builder("m", house.timer)
                    .backoff(Duration.ofMillis(1), Duration.ofMillis(2))
                    .build();
            RuntimeChatModel model = house.decorate(house.client(ProviderProtocol.OPENAI, "m"))
                    .retry(quick)
                    .build();
            List<CompletableFuture<ChatResponse>> calls = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                calls.add(model.chatAsync(
                        ChatRequest.builder().messages(UserMessage.from("hi")).build()));
            }
            for (CompletableFuture<ChatResponse> call : calls) {
                assertThatThrownBy(() -> call.get(60, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(InternalServerException.class);
            }
            assertThat(house.server.requests()).hasSizeBetween(1_001, 1_100);
            assertThat(house.events).hasSize(1_000);
            assertThat(house.events.stream().mapToInt(UsageEvent::attempts).sum())
                    .isEqualTo(house.server.requests().size());
        }
    }

    @Test
    @Tag("flaw-57")
    void asynchronousCall_waitingForItsRetry_holdsNoSlot() throws Exception {
        ManualTicker ticker = new ManualTicker();
        WorkloadExecutor one = WorkloadExecutor.create(new Workload("one", 1, 10));
        try (ManualScheduler waits = new ManualScheduler(ticker);
                ModelHouse house = ModelHouse.open(request -> HELLO, waits, ticker)) {
            house.server.enqueue(ProviderReply.error(503, "down"));
            RuntimeChatModel model = RuntimeChatModel.builder(house.client(ProviderProtocol.OPENAI, "m"), one, waits)
                    .retry(ModelRetry.builder("m", waits).jitter(0).build())
                    .ticker(ticker)
                    .build();
            CompletableFuture<ChatResponse> answer = model.chatAsync(
                    ChatRequest.builder().messages(UserMessage.from("hi")).build());
            waits.awaitScheduled(2, ModelHouse.LIMIT);
            assertThat(one.submit(() -> "free").get(60, TimeUnit.SECONDS)).isEqualTo("free");
            assertThat(answer).isNotDone();
            waits.advance(Duration.ofSeconds(1));
            assertThat(answer.get(60, TimeUnit.SECONDS).aiMessage().text()).isEqualTo("hello");
        } finally {
            one.stop(Deadline.after(ModelHouse.LIMIT));
        }
    }

    @Test
    void modelThatRepeatsByItself_isNoticed() throws Exception {
        try (ModelHouse house = ModelHouse.open(request -> HELLO)) {
            house.server.enqueue(ProviderReply.error(503, "down"));
            ChatModel stubborn = OpenAiChatModel.builder()
                    .httpClientBuilder(house.transport.clientBuilder())
                    .baseUrl(house.server.openAiUrl())
                    .apiKey("any")
                    .modelName("m")
                    .maxRetries(2)
                    .build();
            RuntimeChatModel model = house.decorate(stubborn).build();
            assertThat(model.chat("hi")).isEqualTo("hello");
            assertThat(model.selfRetries()).isEqualTo(1);
        }
    }

    @Test
    void deadline_attemptThatHangs_endsWithATimeout() throws Exception {
        io.agentruntime.testkit.provider.ProviderGate never = new io.agentruntime.testkit.provider.ProviderGate();
        try (ModelHouse house = ModelHouse.open(request -> HELLO.delay(never))) {
            RuntimeChatModel model = house.decorate(house.client(ProviderProtocol.OPENAI, "m"))
                    .timeout(Duration.ofMillis(200))
                    .build();
            assertThatThrownBy(() -> model.chat("hi")).isInstanceOf(dev.langchain4j.exception.TimeoutException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(house.events).extracting(UsageEvent::outcome).containsExactly(CallOutcome.TIMED_OUT);
            house.server.awaitClientsGone(1, ModelHouse.LIMIT);
            never.open();
        }
    }

    @Test
    void rateLimit_onTheLastAttempt_isThrownUnchanged() throws Exception {
        try (ModelHouse house = ModelHouse.open(request -> ProviderReply.error(429, "slow down"))) {
            RuntimeChatModel model = house.decorate(house.client(ProviderProtocol.OPENAI, "m"))
                    .retry(ModelRetry.builder("m", house.timer)
                            .backoff(Duration.ofMillis(1), Duration.ofMillis(2))
                            .build())
                    .build();
            assertThatThrownBy(() -> model.chat("hi"))
                    .isInstanceOf(RateLimitException.class)
                    .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(2));
            assertThat(house.server.requests()).hasSize(3);
        }
    }
}
