package io.agentruntime.testkit.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.agentruntime.cache.CacheTier;
import io.agentruntime.chat.ChatResponseCache;
import io.agentruntime.chat.ChatResponseCache.Statistics;
import io.agentruntime.chat.RuntimeChatModel;
import io.agentruntime.context.MissingContextException;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ModelRetry;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.testkit.ManualTicker;
import io.agentruntime.testkit.ScriptedChatModel;
import io.agentruntime.usage.CallOutcome;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageQuality;
import io.agentruntime.usage.UsageTally;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is kept, for whom, and what it says of itself, on models that answer from a script. */
class ChatResponseCacheTest extends CachedFixture {

    private static ScriptedChatModel answering(ChatResponse... answers) {
        ScriptedChatModel.Builder model = ScriptedChatModel.builder();
        for (ChatResponse answer : answers) {
            model.reply(answer);
        }
        return model.build();
    }

    @Test
    void theSame_isAskedOnce_andSaysThatItCameFromTheCache() throws Exception {
        ScriptedChatModel model = answering(answer("one"), answer("two"));
        ChatResponseCache cache = cache().build();
        ChatModel cached = cache.chatModel("m", model);
        ChatResponse first = as("acme", () -> cached.chat(ask("q")));
        ChatResponse second = as("acme", () -> cached.chat(ask("q")));
        ChatResponse other = as("acme", () -> cached.chat(ask("q2")));
        assertThat(first).isEqualTo(answer("one"));
        assertThat(ChatResponseCache.isCached(first)).isFalse();
        assertThat(ChatResponseCache.saved(first)).isEmpty();
        assertThat(second.aiMessage()).isEqualTo(first.aiMessage());
        assertThat(second.metadata().id()).isEqualTo("id-1");
        assertThat(second.metadata().modelName()).isEqualTo("answering");
        assertThat(second.metadata().finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(second.metadata().tokenUsage()).isEqualTo(new TokenUsage(0, 0, 0));
        assertThat(TokenUsage.sum(first.tokenUsage(), second.tokenUsage())).isEqualTo(USAGE);
        assertThat(ChatResponseCache.isCached(second)).isTrue();
        assertThat(ChatResponseCache.saved(second)).contains(TokenCounts.of(12, 5));
        assertThat(other.aiMessage().text()).isEqualTo("two");
        assertThat(cache.statistics())
                .extracting(Statistics::hits, Statistics::misses)
                .containsExactly(1L, 2L);
    }

    @Test
    void hit_isBookedAsSaved_forWhoeverAsked() throws Exception {
        ChatModel cached = cache().build().chatModel("m", answering(answer("one")));
        as("acme", () -> cached.chat(ask("q")));
        as("acme", () -> cached.chat(ask("q")));
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.outcome()).isEqualTo(CallOutcome.CACHED);
            assertThat(event.organisation()).isEqualTo("acme");
            assertThat(event.model()).isEqualTo("answering");
            assertThat(event.attempts()).isZero();
            assertThat(event.saved()).isEqualTo(TokenCounts.of(12, 5));
            assertThat(event.spent()).isEqualTo(TokenCounts.ZERO);
            assertThat(event.quality()).isEqualTo(UsageQuality.REPORTED);
        });
    }

    @Test
    void hit_ofAnAnswerWithoutUsage_hasSavedAnUnknownNumber() throws Exception {
        ChatModel cached = cache().build()
                .chatModel("m", ScriptedChatModel.builder().reply("one").build());
        as("acme", () -> cached.chat(ask("q")));
        ChatResponse hit = as("acme", () -> cached.chat(ask("q")));
        assertThat(ChatResponseCache.isCached(hit)).isTrue();
        assertThat(ChatResponseCache.saved(hit)).isEmpty();
        assertThat(events).extracting(UsageEvent::quality).containsExactly(UsageQuality.MISSING);
    }

    @Test
    @Tag("flaw-24")
    void anotherOrganisation_neverGetsTheAnswer() throws Exception {
        ScriptedChatModel model = answering(answer("of acme"), answer("of globex"), answer("of acme again"));
        ChatResponseCache cache = cache().tiers(tiers -> tiers.shared()) // says the host, and it changes nothing
                .build();
        ChatModel cached = cache.chatModel("m", model);
        assertThat(as("acme", () -> cached.chat(ask("q")).aiMessage().text())).isEqualTo("of acme");
        assertThat(as("globex", () -> cached.chat(ask("q")).aiMessage().text())).isEqualTo("of globex");
        assertThat(as("acme", () -> cached.chat(ask("q")).aiMessage().text())).isEqualTo("of acme");
        assertThat(model.requests()).hasSize(2);
    }

    @Test
    void withoutContext_fails_unlessBypassed() {
        ScriptedChatModel model = answering(answer("one"));
        ChatModel cached = cache().build().chatModel("m", model);
        assertThatThrownBy(() -> cached.chat(ask("q"))).isInstanceOf(MissingContextException.class);
        assertThat(model.requests()).isEmpty();
        try (ChatResponseCache.Scope off = ChatResponseCache.bypass()) {
            assertThat(cached.chat("q")).isEqualTo("one");
        }
    }

    @Test
    void answersThatAreNotWhole_areNotKept() throws Exception {
        List<ChatResponse> answers = new ArrayList<>();
        answers.add(answer(toolCall(), FinishReason.TOOL_EXECUTION));
        answers.add(answer(toolCall(), FinishReason.STOP));
        answers.add(answer(AiMessage.from("text", toolCall().toolExecutionRequests()), FinishReason.STOP));
        for (FinishReason reason : FinishReason.values()) {
            if (reason != FinishReason.STOP) {
                answers.add(answer(AiMessage.from("half"), reason));
            }
        }
        answers.add(answer(AiMessage.from("no reason"), null));
        answers.add(answer(" \n"));
        answers.add(answer(AiMessage.builder().thinking("hm").build(), FinishReason.STOP));
        answers.add(answer(
                AiMessage.builder()
                        .text("with an object")
                        .attributes(Map.of("key", new Object()))
                        .build(),
                FinishReason.STOP));
        for (ChatResponse answer : answers) {
            ScriptedChatModel model = answering(answer, answer, answer("whole"));
            ChatResponseCache cache = cache().build();
            ChatModel cached = cache.chatModel("m", model);
            as("acme", () -> {
                assertThat(cached.chat(ask("q"))).as("%s", answer).isSameAs(answer);
                assertThat(cached.chat(ask("q"))).as("%s", answer).isSameAs(answer);
                assertThat(cached.chat(ask("q")).aiMessage().text()).isEqualTo("whole");
                return cached.chat(ask("q"));
            });
            assertThat(model.requests()).hasSize(3);
            assertThat(cache.statistics())
                    .extracting(Statistics::hits, Statistics::misses, Statistics::notKept)
                    .containsExactly(1L, 3L, 2L);
        }
        assertThat(answers).hasSizeGreaterThan(9);
    }

    @Test
    void failures_areNotKept() throws Exception {
        InternalServerException failure = new InternalServerException("down");
        ScriptedChatModel model =
                ScriptedChatModel.builder().failure(failure).reply("up").build();
        ChatModel cached = cache().build().chatModel("m", model);
        as("acme", () -> {
            assertThatThrownBy(() -> cached.chat(ask("q"))).isSameAs(failure);
            return null;
        });
        assertThat(as("acme", () -> cached.chat(ask("q")).aiMessage().text())).isEqualTo("up");
        assertThat(as("acme", () -> ChatResponseCache.isCached(cached.chat(ask("q")))))
                .isTrue();
    }

    @Test
    void answerOfAFallback_isNotKept() throws Exception {
        ScriptedChatModel primary = ScriptedChatModel.builder()
                .failure(new InternalServerException("down"))
                .reply(answer("first"))
                .build();
        ChatModel decorated = RuntimeChatModel.builder(primary, executor, executor)
                .retry(ModelRetry.builder("once", executor).attempts(1).build())
                .fallback("second", answering(answer("second")))
                .build();
        ChatModel cached = cache().build().chatModel("m", decorated);
        assertThat(as("acme", () -> cached.chat(ask("q")).aiMessage().text())).isEqualTo("second");
        assertThat(as("acme", () -> cached.chat(ask("q")).aiMessage().text())).isEqualTo("first");
        assertThat(as("acme", () -> ChatResponseCache.isCached(cached.chat(ask("q")))))
                .isTrue();
    }

    @Test
    void requestThatIsNotExact_isAskedEachTime() throws Exception {
        ScriptedChatModel model = answering(answer("one"), answer("two"));
        ChatResponseCache cache = cache().build();
        ChatModel cached = cache.chatModel("m", model);
        ChatRequest request = ChatRequest.builder()
                .messages(UserMessage.from(ImageContent.from("https://example.org/image.png")))
                .build();
        assertThat(as("acme", () -> cached.chat(request).aiMessage().text())).isEqualTo("one");
        assertThat(as("acme", () -> cached.chat(request).aiMessage().text())).isEqualTo("two");
        assertThat(cache.statistics())
                .extracting(Statistics::hits, Statistics::misses, Statistics::notCacheable)
                .containsExactly(0L, 0L, 2L);
    }

    @Test
    void modelsOfOtherNamesOrDefaults_shareNothing() throws Exception {
        ChatResponseCache cache = cache().build();
        ChatModel one = cache.chatModel("m", answering(answer("one")));
        ChatModel two = cache.chatModel("n", answering(answer("two")));
        ChatModel three = cache.chatModel("m", new OtherDefaults(answering(answer("three"))));
        assertThat(as("acme", () -> one.chat("q"))).isEqualTo("one");
        assertThat(as("acme", () -> two.chat("q"))).isEqualTo("two");
        assertThat(as("acme", () -> three.chat("q"))).isEqualTo("three");
    }

    @Test
    void bypass_goesPast_alsoOnOtherThreads_andEnds() throws Exception {
        ScriptedChatModel model = answering(answer("one"), answer("two"), answer("three"));
        ChatResponseCache cache = cache().build();
        ChatModel cached = cache.chatModel("m", model);
        as("acme", () -> {
            assertThat(cached.chat("q")).isEqualTo("one");
            try (ChatResponseCache.Scope off = ChatResponseCache.bypass()) {
                assertThat(cached.chat("q")).isEqualTo("two");
                assertThat(executor.submit(() -> cached.chat("q")).get(60, TimeUnit.SECONDS))
                        .isEqualTo("three");
            }
            assertThat(executor.submit(() -> cached.chat("q")).get(60, TimeUnit.SECONDS))
                    .isEqualTo("one");
            return cached.chat("q");
        });
        assertThat(cache.statistics())
                .extracting(Statistics::hits, Statistics::misses, Statistics::bypassed)
                .containsExactly(2L, 1L, 2L);
    }

    @Test
    void refresh_asksAnewAndKeepsThat() throws Exception {
        ScriptedChatModel model = answering(answer("old"), answer("new"));
        ChatModel cached = cache().build().chatModel("m", model);
        as("acme", () -> {
            assertThat(cached.chat("q")).isEqualTo("old");
            try (ChatResponseCache.Scope anew = ChatResponseCache.refresh()) {
                assertThat(cached.chat("q")).isEqualTo("new");
            }
            assertThat(cached.chat("q")).isEqualTo("new");
            return null;
        });
        assertThat(model.requests()).hasSize(2);
    }

    @Test
    void clear_forgetsThoseOfTheOrganisation() throws Exception {
        ScriptedChatModel model = answering(answer("a"), answer("g"), answer("a2"));
        ChatResponseCache cache = cache().build();
        ChatModel cached = cache.chatModel("m", model);
        as("acme", () -> cached.chat("q"));
        as("globex", () -> cached.chat("q"));
        as("acme", cache::clear).get(60, TimeUnit.SECONDS);
        assertThat(as("acme", () -> cached.chat("q"))).isEqualTo("a2");
        assertThat(as("globex", () -> cached.chat("q"))).isEqualTo("g");
        assertThatThrownBy(cache::clear).isInstanceOf(MissingContextException.class);
    }

    @Test
    void answer_isGoodForAnHour() throws Exception {
        ManualTicker ticker = new ManualTicker();
        ScriptedChatModel model = answering(answer("one"), answer("two"));
        ChatModel cached = cache().tiers(tiers -> tiers.clocks(ticker, ticker).jitter(0))
                .build()
                .chatModel("m", model);
        assertThat(as("acme", () -> cached.chat("q"))).isEqualTo("one");
        ticker.advance(Duration.ofHours(1).minusNanos(1));
        assertThat(as("acme", () -> cached.chat("q"))).isEqualTo("one");
        ticker.advance(Duration.ofNanos(1));
        assertThat(as("acme", () -> cached.chat("q"))).isEqualTo("two");
    }

    @Test
    void answerInALowerTier_isGoodForAsLong() throws Exception {
        ManualTicker ticker = new ManualTicker();
        CacheTier tier = CacheTier.on(BlobStore.inMemory(), "cache");
        WorkloadExecutor first = WorkloadExecutor.create(new Workload("first", 1, 100));
        ChatModel before = ChatResponseCache.builder(first)
                .timeToLive(Duration.ofMinutes(5))
                .tiers(tiers -> tiers.tier(tier).clocks(ticker, ticker))
                .build()
                .chatModel("m", answering(answer("one")));
        as("acme", () -> before.chat("q"));
        first.stop(Deadline.after(ModelHouse.LIMIT)); // what is written in the background is written then
        ticker.advance(Duration.ofMinutes(5).minusMillis(1));
        assertThat(as("acme", () -> restarted(tier, ticker).chat("q"))).isEqualTo("one");
        ticker.advance(Duration.ofMillis(1));
        assertThat(as("acme", () -> restarted(tier, ticker).chat("q"))).isEqualTo("two");
    }

    private ChatModel restarted(CacheTier tier, ManualTicker ticker) {
        return cache().tiers(tiers -> tiers.tier(tier).clocks(ticker, ticker))
                .build()
                .chatModel("m", answering(answer("two")));
    }

    @Test
    void staleOnError_givesTheLastAnswer_whenTheModelFails() throws Exception {
        ManualTicker ticker = new ManualTicker();
        ScriptedChatModel model = ScriptedChatModel.builder()
                .reply(answer("one"))
                .failure(new InternalServerException("down"))
                .reply(answer("two"))
                .build();
        ChatModel cached = cache().tiers(tiers ->
                        tiers.clocks(ticker, ticker).jitter(0).staleOnError(Duration.ofDays(1), Duration.ofMinutes(1)))
                .build()
                .chatModel("m", model);
        as("acme", () -> cached.chat("q"));
        ticker.advance(Duration.ofHours(1));
        ChatResponse stale = as("acme", () -> cached.chat(ask("q")));
        assertThat(stale.aiMessage().text()).isEqualTo("one");
        assertThat(ChatResponseCache.saved(stale)).contains(TokenCounts.of(12, 5));
        ticker.advance(Duration.ofMinutes(1));
        assertThat(as("acme", () -> cached.chat("q"))).isEqualTo("two");
    }

    @Test
    void lowerTier_bringsTheWholeAnswerBack_andIsToldNoQuestion() throws Exception {
        BlobStore blobs = BlobStore.inMemory();
        CacheTier tier = CacheTier.on(blobs, "cache");
        AiMessage message = AiMessage.builder()
                .text("the answer \u00e9 \uD83D\uDE00")
                .thinking("the thought")
                .attributes(Map.of("signature", "abc", "list", List.of("a", 1, true, 2.5)))
                .build();
        WorkloadExecutor first = WorkloadExecutor.create(new Workload("first", 1, 100));
        ChatModel before = ChatResponseCache.builder(first)
                .tiers(tiers -> tiers.tier(tier))
                .build()
                .chatModel("m", answering(answer(message, FinishReason.STOP)));
        as("acme", () -> before.chat(ask("the secret question")));
        first.stop(Deadline.after(ModelHouse.LIMIT)); // what is written in the background is written then
        ChatModel after = cache().tiers(tiers -> tiers.tier(tier)).build().chatModel("m", answering());
        ChatResponse hit = as("acme", () -> after.chat(ask("the secret question")));
        assertThat(hit.aiMessage()).isEqualTo(message);
        assertThat(hit.metadata().id()).isEqualTo("id-1");
        assertThat(hit.metadata().modelName()).isEqualTo("answering");
        assertThat(hit.metadata().finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(ChatResponseCache.saved(hit)).contains(TokenCounts.of(12, 5));
        List<String> names = tier.list("chat-responses");
        assertThat(names).hasSize(1);
        String entry = new String(tier.get(names.get(0)).orElseThrow(), StandardCharsets.UTF_8);
        assertThat(entry).contains("the answer").doesNotContain("secret");
        assertThat(names.get(0)).doesNotContain("secret");
    }

    @Test
    @Tag("flaw-23")
    void hundredAtOnce_makeOneCall_andWhoeverLeavesLeavesAlone() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        ChatModel slow = new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                calls.incrementAndGet();
                asked.countDown();
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    throw new AssertionError("the shared call was interrupted", e);
                }
                return answer("one");
            }
        };
        ChatResponseCache cache = cache().build();
        ChatModel cached = cache.chatModel("m", slow);
        CompletableFuture<Throwable> left = new CompletableFuture<>();
        Thread first = new Thread(() -> {
            try {
                as("acme", () -> cached.chat("q"));
                left.complete(null);
            } catch (Throwable e) {
                left.complete(Thread.currentThread().isInterrupted() ? e : null);
            }
        });
        first.start();
        assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
        List<CompletableFuture<ChatResponse>> others = new ArrayList<>();
        for (int i = 0; i < 99; i++) {
            CompletableFuture<ChatResponse> other = new CompletableFuture<>();
            others.add(other);
            Thread thread = new Thread(() -> {
                try {
                    other.complete(as("acme", () -> cached.chat(ask("q"))));
                } catch (Throwable e) {
                    other.completeExceptionally(e);
                }
            });
            thread.start();
        }
        first.interrupt(); // the one whose call it is
        assertThat(left.get(60, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        gate.countDown();
        for (CompletableFuture<ChatResponse> other : others) {
            assertThat(other.get(60, TimeUnit.SECONDS).aiMessage().text()).isEqualTo("one");
        }
        assertThat(calls).hasValue(1);
        assertThat(cache.statistics())
                .extracting(Statistics::hits, Statistics::misses)
                .containsExactly(99L, 1L);
    }

    @Test
    void cacheUnderARuntimeModel_isNotTakenForACall() throws Exception {
        ChatModel cached = cache().build().chatModel("m", answering(answer("one")));
        ChatModel around = RuntimeChatModel.builder(cached, executor, executor)
                .ledger(ledger)
                .build();
        as("acme", () -> around.chat("q"));
        as("acme", () -> around.chat("q"));
        UsageTally tally = new UsageTally();
        events.forEach(tally);
        assertThat(tally.calls()).isOne();
        assertThat(tally.tokens()).isEqualTo(TokenCounts.of(12, 5));
        assertThat(tally.cached()).isOne();
        assertThat(tally.saved()).isEqualTo(TokenCounts.of(12, 5));
    }

    /** The same model with other defaults. */
    private record OtherDefaults(ChatModel model) implements ChatModel {

        @Override
        public ChatResponse doChat(ChatRequest request) {
            return model.doChat(request);
        }

        @Override
        public ChatRequestParameters defaultRequestParameters() {
            return ChatRequestParameters.builder().temperature(0.1).build();
        }
    }
}
