package io.agentruntime.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.MissingContextException;
import io.agentruntime.context.UsageContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How calls are opened and ended, and who they belong to. */
class UsageLedgerTest {

    private static final UsageContext ACME =
            UsageContext.of("acme", "summaries").withUser("u").withMetadata("tier", "gold");
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final ChatRequest QUESTION =
            ChatRequest.builder().messages(UserMessage.from("12345678")).build();

    private final List<UsageEvent> events = new CopyOnWriteArrayList<>();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // a ticker may pass the end of long
    private final UsageLedger ledger = builder().build();

    private UsageLedger.Builder builder() {
        return UsageLedger.builder(events::add).clock(InstantSource.fixed(NOW)).ticker(nanos::get);
    }

    private UsageCall open() {
        return ledger.open(ACME, ModelProvider.OPEN_AI, "asked", QUESTION);
    }

    private static ChatResponse answer(String text, TokenUsage usage) {
        return ChatResponse.builder()
                .aiMessage(AiMessage.from(text))
                .modelName("asked-2026")
                .tokenUsage(usage)
                .build();
    }

    @Test
    void completed_recordsEverythingKnown() {
        UsageCall call = open();
        call.attempt();
        call.attempt();
        nanos.addAndGet(Duration.ofMillis(250).toNanos());
        assertThat(call.event()).isEmpty();
        assertThat(call.completed(answer("hi", new TokenUsage(10, 5)))).isTrue();
        assertThat(events)
                .containsExactly(UsageEvent.builder(call.id(), NOW)
                        .owner(ACME)
                        .provider("open_ai")
                        .requestedModel("asked")
                        .model("asked-2026")
                        .attempts(2)
                        .duration(Duration.ofMillis(250))
                        .tokens(TokenCounts.of(10, 5), UsageQuality.REPORTED)
                        .build());
        assertThat(call.event()).contains(events.get(0));
    }

    @Test
    @Tag("flaw-67")
    void anyEnd_afterTheFirst_doesNothing() {
        List<Function<UsageCall, Boolean>> ends = List.of(
                call -> call.completed(answer("hi", new TokenUsage(10, 5))),
                call -> call.failed(new IllegalStateException()),
                UsageCall::cancelled,
                UsageCall::truncated,
                call -> call.truncated(answer("hi", null)),
                UsageCall::timedOut);
        for (Function<UsageCall, Boolean> first : ends) {
            UsageCall call = open();
            assertThat(first.apply(call)).isTrue();
            ends.forEach(later -> assertThat(later.apply(call)).isFalse());
        }
        assertThat(events)
                .extracting(UsageEvent::outcome)
                .containsExactly(
                        CallOutcome.COMPLETED,
                        CallOutcome.FAILED,
                        CallOutcome.CANCELLED,
                        CallOutcome.TRUNCATED,
                        CallOutcome.TRUNCATED,
                        CallOutcome.TIMED_OUT);
        assertThat(ledger.statistics())
                .isEqualTo(new UsageLedger.Statistics(ends.size(), ends.size(), 0, 0, 0, 0, 0, 0));
    }

    @Test
    void answeredBy_isRecordedBesideWhoWasAsked() {
        UsageCall call = open();
        call.attempt();
        call.answeredBy(ModelProvider.ANTHROPIC, "second");
        call.failed(new IllegalStateException());
        UsageCall unnamed = open();
        unnamed.answeredBy(null, null);
        unnamed.completed(ChatResponse.builder().aiMessage(AiMessage.from("hi")).build());
        assertThat(events.get(0))
                .returns("anthropic", UsageEvent::provider)
                .returns("second", UsageEvent::model)
                .returns("asked", UsageEvent::requestedModel);
        assertThat(events.get(1))
                .returns("unknown", UsageEvent::provider)
                .returns("unknown", UsageEvent::model)
                .returns("asked", UsageEvent::requestedModel);
    }

    @Test
    void open_withoutAModel_takesThatOfTheRequest() {
        ledger.open(ACME, null, null, QUESTION).cancelled();
        ChatRequest named = ChatRequest.builder()
                .messages(UserMessage.from("hi"))
                .modelName("named")
                .build();
        ledger.open(ACME, null, null, named).cancelled();
        assertThat(events).extracting(UsageEvent::requestedModel).containsExactly("unknown", "named");
        assertThat(events).extracting(UsageEvent::provider).containsExactly("unknown", "unknown");
    }

    @Test
    void open_insideAContext_belongsToItWhereverItEnds() throws InterruptedException {
        UsageCall call;
        try (ContextScope scope = ACME.open()) {
            call = ledger.open(ModelProvider.OPEN_AI, "asked", QUESTION);
        }
        Thread other = new Thread(() -> {
            try (ContextScope scope = UsageContext.of("globex", "f").open()) {
                call.cancelled();
            }
        });
        other.start();
        other.join();
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.organisation()).isEqualTo("acme");
            assertThat(event.user()).isEqualTo("u");
            assertThat(event.metadata()).containsEntry("tier", "gold");
        });
    }

    @Test
    @Tag("flaw-67")
    void open_withoutContext_isUnattributedAndCounted() {
        ledger.open(ModelProvider.OPEN_AI, "asked", QUESTION).cancelled();
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.organisation()).isEqualTo(UsageEvent.UNATTRIBUTED);
            assertThat(event.feature()).isEqualTo(UsageEvent.UNATTRIBUTED);
        });
        assertThat(ledger.statistics().unattributed()).isEqualTo(1);
    }

    @Test
    @Tag("flaw-67")
    void open_withoutContextWhereOneIsRequired_isRefused() {
        UsageLedger strict = builder().requireOwner().build();
        assertThatThrownBy(() -> strict.open(ModelProvider.OPEN_AI, "asked", QUESTION))
                .isInstanceOf(MissingContextException.class);
        strict.open(ACME, ModelProvider.OPEN_AI, "asked", QUESTION).cancelled();
        assertThat(events).extracting(UsageEvent::organisation).containsExactly("acme");
        assertThat(strict.statistics().opened()).isEqualTo(1);
    }

    @Test
    void ids_areThoseOfTheEvents_andNeverTheSame() {
        UsageLedger other = builder().build();
        for (int i = 0; i < 1_000; i++) {
            UsageCall one = open();
            UsageCall two = other.open(ACME, null, null, QUESTION);
            one.cancelled();
            two.cancelled();
            assertThat(one.id().version()).isEqualTo(8);
            assertThat(one.id().variant()).isEqualTo(2);
        }
        assertThat(events).extracting(UsageEvent::id).doesNotHaveDuplicates().hasSize(2_000);
    }

    @Test
    void builder_badNumbers_areRejected() {
        assertThatThrownBy(() -> builder().openCalls(0)).hasMessage("openCalls < 1: 0");
    }
}
