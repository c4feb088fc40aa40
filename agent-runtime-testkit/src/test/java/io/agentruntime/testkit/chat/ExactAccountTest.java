package io.agentruntime.testkit.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.agentruntime.chat.ModelHttpTimeouts;
import io.agentruntime.chat.RuntimeChatModel;
import io.agentruntime.chat.RuntimeStreamingChatModel;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.resilience.ModelRetry;
import io.agentruntime.resilience.RetryBudget;
import io.agentruntime.testkit.provider.ProviderCall;
import io.agentruntime.testkit.provider.ProviderOutcome;
import io.agentruntime.testkit.provider.ProviderProtocol;
import io.agentruntime.testkit.provider.ProviderReply;
import io.agentruntime.testkit.provider.ProviderRequest;
import io.agentruntime.testkit.provider.ProviderUsage;
import io.agentruntime.usage.CallOutcome;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageQuality;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many calls of all three providers, whole and streamed, some with a tool, with faults at random: each ends once, and the account is what
 * the provider says it reported, to the token.
 */
@Tag("flaw-63")
@Tag("flaw-66")
class ExactAccountTest {

    private static final ToolSpecification TOOL =
            ToolSpecification.builder().name("lookup").description("looks up").build();

    private static final List<ProviderProtocol> PROTOCOLS = List.of(ProviderProtocol.values());

    private final long seed = Long.getLong("agentruntime.seed", 20_261_124L);
    private final AtomicInteger finished = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    @Test
    void aThousandCalls_accountIsTheTruthOfTheWire() throws Exception {
        run(1_000);
    }

    @Test
    @Tag("stress")
    void tenThousandCalls_accountIsTheTruthOfTheWire() throws Exception {
        run(10_000);
    }

    /** Decides by the number of the request, so that a run can be repeated. */
    private ProviderReply answer(ProviderRequest request) {
        Random random = new Random(seed * 31 + request.number()); // a fresh one each: requests come in any order
        ProviderUsage usage = ProviderUsage.of(100 + random.nextInt(900), 10 + random.nextInt(90))
                .withCache(random.nextInt(50), 0);
        boolean wantsTool = request.prompt().contains("tool");
        ProviderReply good = wantsTool
                ? ProviderReply.of().toolCall("call-" + request.number(), "lookup", "{}")
                : ProviderReply.of("one ", "two ", "three");
        good = good.usage(usage);
        return switch (random.nextInt(20)) {
            case 0 -> ProviderReply.error(503, "down");
            case 1 -> ProviderReply.error(429, "slow down").header("Retry-After", "0");
            case 2 -> ProviderReply.error(400, "no");
            case 3 -> ProviderReply.close();
            case 4 -> request.streaming() && !wantsTool ? good.closeAfter(1) : ProviderReply.error(500, "broken");
            case 5 -> request.streaming() && !wantsTool ? good.cutAfter(2) : ProviderReply.raw(502, "<html>bad</html>");
            default -> good;
        };
    }

    private void run(int calls) throws Exception {
        try (ModelHouse house = ModelHouse.open(this::answer)) {
            ModelRetry retry = ModelRetry.builder("m", house.timer)
                    .backoff(Duration.ofMillis(1), Duration.ofMillis(3))
                    .budget(RetryBudget.builder().build())
                    .build();
            Map<ProviderProtocol, RuntimeChatModel> whole = new EnumMap<>(ProviderProtocol.class);
            Map<ProviderProtocol, RuntimeStreamingChatModel> streamed = new EnumMap<>(ProviderProtocol.class);
            for (ProviderProtocol protocol : ProviderProtocol.values()) {
                ChatModel second = house.client(protocol, "second");
                whole.put(
                        protocol,
                        house.decorate(house.client(protocol, "first"))
                                .retry(retry)
                                .fallback("second", second)
                                .build());
                streamed.put(
                        protocol,
                        house.decorate(house.streamingClient(protocol, "first", ModelHttpTimeouts.DEFAULT))
                                .retry(retry)
                                .build());
            }
            Random random = new Random(seed);
            List<CompletableFuture<?>> ends = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                ProviderProtocol protocol = PROTOCOLS.get(random.nextInt(PROTOCOLS.size()));
                ends.add(
                        switch (random.nextInt(3)) {
                            case 0 -> house.agent.submit(() -> ask(whole.get(protocol)));
                            case 1 -> house.agent.submit(() -> askWithTool(whole.get(protocol)));
                            default -> stream(streamed.get(protocol));
                        });
                if (ends.size() % 64 == 0) {
                    for (CompletableFuture<?> end : ends) {
                        end.get(60, TimeUnit.SECONDS);
                    }
                    ends.clear();
                }
            }
            for (CompletableFuture<?> end : ends) {
                end.get(60, TimeUnit.SECONDS);
            }
            house.server.awaitQuiet(ModelHouse.LIMIT);
            check(house);
        }
    }

    private static ChatRequest request(List<ChatMessage> messages) {
        return ChatRequest.builder().messages(messages).build();
    }

    private @org.jspecify.annotations.Nullable ChatResponse attempt(RuntimeChatModel model, ChatRequest request) {
        try (ContextScope scope = UsageContext.of("acme", "exact").open()) {
            ChatResponse response = model.chat(request);
            finished.incrementAndGet();
            return response;
        } catch (RuntimeException e) {
            failed.incrementAndGet();
            return null;
        }
    }

    private Void ask(RuntimeChatModel model) {
        attempt(model, request(List.of(UserMessage.from("hi"))));
        return null;
    }

    /** Two rounds, as a tool loop makes them. */
    private Void askWithTool(RuntimeChatModel model) {
        UserMessage question = UserMessage.from("use the tool");
        ChatResponse first = attempt(
                model,
                ChatRequest.builder()
                        .messages(question)
                        .toolSpecifications(TOOL)
                        .build());
        if (first != null && first.aiMessage().hasToolExecutionRequests()) {
            AiMessage call = first.aiMessage();
            ToolExecutionRequest request = call.toolExecutionRequests().get(0);
            attempt(model, request(List.of(question, call, ToolExecutionResultMessage.from(request, "found"))));
        }
        return null;
    }

    private CompletableFuture<?> stream(RuntimeStreamingChatModel model) {
        try (ContextScope scope = UsageContext.of("acme", "exact").open()) {
            StreamRecord record = new StreamRecord();
            model.chat(request(List.of(UserMessage.from("hi"))), record);
            return record.end.thenAccept(how -> (how instanceof ChatResponse ? finished : failed).incrementAndGet());
        }
    }

    private void check(ModelHouse house) {
        String mark = "seed " + seed;
        List<ProviderCall> wire = house.server.calls();
        List<UsageEvent> events = house.events;
        assertThat(events).as(mark).hasSize(finished.get() + failed.get());
        assertThat(events).extracting(UsageEvent::id).as(mark).doesNotHaveDuplicates();
        assertThat(events.stream().mapToInt(UsageEvent::attempts).sum())
                .as(mark)
                .isEqualTo(wire.size());
        TokenCounts reported = TokenCounts.ZERO;
        for (UsageEvent event : events) {
            if (event.quality() == UsageQuality.REPORTED) {
                reported = reported.plus(event.tokens());
            }
        }
        ProviderUsage truth = house.server.reported();
        assertThat(reported.input()).as(mark).isEqualTo(truth.input());
        assertThat(reported.output()).as(mark).isEqualTo(truth.output());
        assertThat(reported.cacheRead()).as(mark).isEqualTo(truth.cacheRead());
        long answered = wire.stream()
                .filter(call -> call.outcome() == ProviderOutcome.ANSWERED)
                .count();
        assertThat(events.stream()
                        .filter(event -> event.outcome() == CallOutcome.COMPLETED)
                        .count())
                .as(mark)
                .isEqualTo(answered);
        assertThat(house.ledger().statistics().open()).as(mark).isZero();
        assertThat(events).extracting(UsageEvent::organisation).as(mark).containsOnly("acme");
    }
}
