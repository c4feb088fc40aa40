package io.agentruntime.testkit.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.agentruntime.chat.ChatResponseCache;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.testkit.provider.ProviderGate;
import io.agentruntime.testkit.provider.ProviderProtocol;
import io.agentruntime.testkit.provider.ProviderReply;
import io.agentruntime.testkit.provider.ProviderRequest;
import io.agentruntime.testkit.provider.ProviderUsage;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageStore;
import io.agentruntime.usage.UsageTally;
import io.agentruntime.usage.UsageTotal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The cache in front of LangChain4j's own clients: what reaches the provider, and whether the bill adds up. */
class CacheOnTheWireTest {

    private static final ToolSpecification TOOL =
            ToolSpecification.builder().name("lookup").description("looks up").build();

    private static final List<ProviderProtocol> PROTOCOLS = List.of(ProviderProtocol.values());

    private final long seed = Long.getLong("agentruntime.seed", new Random().nextLong());

    private static ChatRequest ask(String text) {
        return ChatRequest.builder().messages(UserMessage.from(text)).build();
    }

    private static ChatResponseCache cache(ModelHouse house) {
        return ChatResponseCache.builder(house.agent).ledger(house.ledger()).build();
    }

    private static ContextScope acme() {
        return UsageContext.of("acme", "chat").open();
    }

    @ParameterizedTest
    @EnumSource(ProviderProtocol.class)
    @Tag("flaw-23")
    void hundredEqualCallsAtOnce_areOneRequest(ProviderProtocol protocol) throws Exception {
        ProviderGate gate = new ProviderGate();
        try (ModelHouse house = ModelHouse.open(
                request -> ProviderReply.of("an ", "answer").usage(20, 4).delay(gate))) {
            ChatModel model = cache(house)
                    .chatModel("m", house.decorate(house.client(protocol, "m")).build());
            List<CompletableFuture<ChatResponse>> answers = new ArrayList<>();
            try (ContextScope scope = acme()) {
                for (int i = 0; i < 100; i++) {
                    answers.add(house.io.submit(() -> model.chat(ask("q"))));
                }
            }
            house.server.awaitRequests(1, ModelHouse.LIMIT);
            gate.open();
            for (CompletableFuture<ChatResponse> answer : answers) {
                assertThat(answer.get(60, TimeUnit.SECONDS).aiMessage().text()).isEqualTo("an answer");
            }
            assertThat(house.server.requests()).hasSize(1);
            UsageTally tally = new UsageTally();
            house.events.forEach(tally);
            assertThat(tally.calls()).isOne();
            assertThat(tally.tokens()).isEqualTo(TokenCounts.of(20, 4));
            assertThat(tally.cached()).isEqualTo(99);
            assertThat(tally.saved()).isEqualTo(TokenCounts.of(99 * 20, 99 * 4));
        }
    }

    /** One cost for all answers, so that each hit has saved as much. */
    private static ProviderReply answer(ProviderRequest request) {
        ProviderUsage usage = ProviderUsage.of(100, 10).withCache(30, 0);
        return request.prompt().contains("tool")
                ? ProviderReply.of().toolCall("call-1", "lookup", "{}").usage(usage)
                : ProviderReply.of("answer to ", request.prompt()).usage(usage);
    }

    @Test
    @Tag("flaw-63")
    void manyCallsOfAllKinds_theBillAddsUp() throws Exception {
        try (ModelHouse house = ModelHouse.open(CacheOnTheWireTest::answer)) {
            ChatResponseCache cache = cache(house);
            Map<ProviderProtocol, ChatModel> whole = new EnumMap<>(ProviderProtocol.class);
            Map<ProviderProtocol, StreamingChatModel> streamed = new EnumMap<>(ProviderProtocol.class);
            for (ProviderProtocol protocol : ProviderProtocol.values()) {
                String name = protocol.name();
                whole.put(
                        protocol,
                        cache.chatModel(
                                name,
                                house.decorate(house.client(protocol, "m")).build()));
                streamed.put(
                        protocol,
                        cache.streamingChatModel(
                                name,
                                house.decorate(house.streamingClient(protocol, "m"))
                                        .build()));
            }
            int calls = 600;
            Random random = new Random(seed);
            List<CompletableFuture<ChatResponse>> answers = new ArrayList<>();
            try (ContextScope scope = acme()) {
                for (int i = 0; i < calls; i++) {
                    ProviderProtocol protocol = PROTOCOLS.get(random.nextInt(PROTOCOLS.size()));
                    ChatRequest request = request(random);
                    answers.add(
                            random.nextBoolean()
                                    ? house.io.submit(() -> whole.get(protocol).chat(request))
                                    : stream(streamed.get(protocol), request));
                }
                long hits = 0;
                for (CompletableFuture<ChatResponse> answer : answers) {
                    ChatResponse response = answer.get(60, TimeUnit.SECONDS);
                    hits += ChatResponseCache.isCached(response) ? 1 : 0;
                }
                house.server.awaitQuiet(ModelHouse.LIMIT);
                check(house, calls, hits);
                assertThat(cache.statistics().hits()).as("seed %d", seed).isEqualTo(hits);
                assertThat(cache.statistics().misses()).as("seed %d", seed).isEqualTo(calls - hits);
            }
        }
    }

    private static ChatRequest request(Random random) {
        return random.nextInt(10) == 0
                ? ChatRequest.builder()
                        .messages(UserMessage.from("use the tool"))
                        .toolSpecifications(TOOL)
                        .build()
                : ask("question " + random.nextInt(30));
    }

    private static CompletableFuture<ChatResponse> stream(StreamingChatModel model, ChatRequest request) {
        StreamRecord record = new StreamRecord();
        model.chat(request, record);
        return record.end.thenApply(ChatResponse.class::cast);
    }

    private void check(ModelHouse house, int calls, long hits) throws Exception {
        String mark = "seed " + seed;
        assertThat(hits).as(mark).isBetween(100L, calls - 90L);
        assertThat(house.events).as(mark).hasSize(calls);
        assertThat(house.events).extracting(UsageEvent::id).as(mark).doesNotHaveDuplicates();
        UsageStore store = UsageStore.inMemory();
        store.store(house.events);
        ProviderUsage truth = house.server.reported();
        TokenCounts spent = TokenCounts.of(truth.input(), truth.output()).withCache(truth.cacheRead(), 0);
        TokenCounts saved = TokenCounts.of(100 * hits, 10 * hits).withCache(30 * hits, 0);
        assertThat(store.totals())
                .as(mark)
                .containsExactly(new UsageTotal("acme", "chat", calls - hits, 0, spent, 0, hits, saved));
        assertThat(house.server.requests()).as(mark).hasSize((int) (calls - hits));
        assertThat(house.ledger().statistics().open()).as(mark).isZero();
    }
}
