package io.agentruntime.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TokenTrackingListenerTest {

    private static final UsageContext ACME = UsageContext.builder("acme", "summaries")
            .user("u")
            .session("s")
            .request("r")
            .metadata("tier", "gold")
            .build();
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final List<UsageEvent> events = new CopyOnWriteArrayList<>();
    private final TokenTrackingListener listener = TokenTrackingListener.create(UsageLedger.builder(events::add)
            .clock(InstantSource.fixed(NOW))
            .ticker(() -> 0)
            .build());

    @Test
    void call_insideAContext_isRecordedWithEverythingKnown() {
        try (ContextScope scope = ACME.open()) {
            model(listener, request -> answer(new TokenUsage(10, 5, 15))).chat("hello");
        }
        UsageEvent event = events.get(0);
        assertThat(events).hasSize(1);
        assertThat(event)
                .isEqualTo(UsageEvent.builder(event.id(), NOW)
                        .owner(ACME)
                        .provider("other")
                        .requestedModel("unknown")
                        .model("model-1")
                        .tokens(TokenCounts.of(10, 5), UsageQuality.REPORTED)
                        .build());
        assertThat(event.metadata()).containsExactly(entry("tier", "gold"));
    }

    @Test
    @Tag("flaw-67")
    void call_withoutContext_isUnattributedAndCounted() {
        model(listener, request -> answer(new TokenUsage(1, 1))).chat("hello");
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.organisation()).isEqualTo(UsageEvent.UNATTRIBUTED);
            assertThat(event.tokens().total()).isEqualTo(2);
        });
        assertThat(listener.ledger().statistics().unattributed()).isEqualTo(1);
    }

    @Test
    void call_explicitOwner_winsOverTheContext() {
        UsageContext owner = UsageContext.of("fixed", "f");
        TokenTrackingListener explicit = TokenTrackingListener.createFor(owner, events::add);
        try (ContextScope scope = ACME.open()) {
            model(explicit, request -> answer(new TokenUsage(1, 1))).chat("hello");
        }
        assertThat(events).extracting(UsageEvent::organisation).containsExactly("fixed");
    }

    @Test
    @Tag("flaw-67")
    void call_fails_isRecordedAsFailed() {
        try (ContextScope scope = ACME.open()) {
            ChatModel failing = model(listener, request -> {
                throw new IllegalStateException("503");
            });
            assertThatThrownBy(() -> failing.chat("hello")).hasMessage("503");
        }
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.outcome()).isEqualTo(CallOutcome.FAILED);
            assertThat(event.quality()).isEqualTo(UsageQuality.ESTIMATED);
            assertThat(event.tokens()).isEqualTo(TokenCounts.of(2, 0));
            assertThat(event.attempts()).isEqualTo(1);
            assertThat(event.organisation()).isEqualTo("acme");
        });
    }

    @Test
    @Tag("flaw-66")
    void call_oddUsage_isRecordedAllTheSame() {
        try (ContextScope scope = ACME.open()) {
            model(listener, request -> answer(null)).chat("no usage");
            model(listener, request -> answer(new TokenUsage(7, null, null))).chat("no output, no total");
            model(listener, request -> answer(new TokenUsage(10, 5, 130))).chat("thinking is in the total");
            model(listener, request -> answer(new TokenUsage(-3, 5))).chat("negative");
            model(listener, request -> answer(new TokenUsage(8, 1) {})).chat("a class of its own");
        }
        assertThat(events)
                .extracting(UsageEvent::tokens)
                .containsExactly(
                        TokenCounts.of(2, 1), // "no usage" and "hi", a quarter of their characters
                        TokenCounts.of(7, 0),
                        TokenCounts.of(10, 5).withTotal(130),
                        TokenCounts.of(0, 5),
                        TokenCounts.of(8, 1));
        assertThat(events.get(0).quality()).isEqualTo(UsageQuality.ESTIMATED);
        assertThat(listener.ledger().statistics().unreadable()).isEqualTo(2);
    }

    @Test
    void receiver_throws_callSucceedsAndFailureIsCounted() {
        TokenTrackingListener broken = TokenTrackingListener.create(event -> {
            throw new IllegalStateException("queue gone");
        });
        String text = model(broken, request -> answer(new TokenUsage(1, 1))).chat("hello");
        assertThat(text).isEqualTo("hi");
        assertThat(broken.ledger().statistics().failures()).isEqualTo(1);
    }

    @Test
    @Tag("flaw-67")
    void call_openedByTheCaller_isLeftToIt() {
        UsageLedger ledger = listener.ledger();
        ChatModel model = model(listener, request -> answer(new TokenUsage(10, 5)));
        ChatRequest request =
                ChatRequest.builder().messages(UserMessage.from("hello")).build();
        UsageCall call = ledger.open(ACME, null, null, request);
        ChatRequestOptions options =
                ChatRequestOptions.builder().addListenerAttribute(ledger, call).build();
        ChatResponse response = model.chat(request, options);
        assertThat(events).isEmpty();
        call.completed(response);
        assertThat(events).extracting(UsageEvent::id).containsExactly(call.id());
        assertThat(ledger.statistics().opened()).isEqualTo(1);
    }

    @Test
    @Tag("flaw-67")
    void listener_twiceOnOneModel_recordsOnce() {
        ChatModel model = model(List.of(listener, listener), request -> answer(new TokenUsage(10, 5)));
        model.chat("hello");
        assertThat(events).hasSize(1);
        assertThat(listener.ledger().statistics().open()).isZero();
    }

    @Test
    void twoListenersOnOneModel_recordOnceEach() {
        UsageTally tally = new UsageTally();
        ChatModel model =
                model(List.of(listener, TokenTrackingListener.create(tally)), request -> answer(new TokenUsage(3, 4)));
        model.chat("hello");
        assertThat(events).hasSize(1);
        assertThat(tally.calls()).isEqualTo(1);
        assertThat(tally.tokens()).isEqualTo(TokenCounts.of(3, 4));
    }

    @Test
    @Tag("flaw-63")
    @Tag("flaw-64")
    void tally_manyThreads_isExactAndPerOwner() throws Exception {
        UsageTally tally = new UsageTally();
        TokenTrackingListener shared = TokenTrackingListener.create(tally.andThen(events::add));
        ChatModel model = model(shared, request -> answer(new TokenUsage(2, 1)));
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            UsageContext owner = UsageContext.of("org-" + t, "f");
            threads.add(new Thread(() -> {
                try (ContextScope scope = owner.open()) {
                    for (int i = 0; i < 500; i++) {
                        model.chat("hello");
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(tally.calls()).isEqualTo(4000);
        assertThat(tally.tokens()).isEqualTo(TokenCounts.of(8000, 4000));
        UsageStore store = UsageStore.inMemory();
        store.store(events);
        store.store(events.subList(0, 100)); // once more: counts once
        assertThat(store.totals())
                .hasSize(8)
                .allSatisfy(total -> assertThat(total.tokens()).isEqualTo(TokenCounts.of(1000, 500)));
    }

    private static ChatModel model(ChatModelListener listener, Function<ChatRequest, ChatResponse> answers) {
        return model(List.of(listener), answers);
    }

    private static ChatModel model(List<ChatModelListener> listeners, Function<ChatRequest, ChatResponse> answers) {
        return new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                return answers.apply(request);
            }

            @Override
            public List<ChatModelListener> listeners() {
                return listeners;
            }
        };
    }

    private static ChatResponse answer(TokenUsage usage) {
        return ChatResponse.builder()
                .aiMessage(AiMessage.from("hi"))
                .modelName("model-1")
                .tokenUsage(usage)
                .build();
    }
}
