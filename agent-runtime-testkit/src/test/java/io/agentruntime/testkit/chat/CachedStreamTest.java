package io.agentruntime.testkit.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.model.output.FinishReason;
import io.agentruntime.chat.ChatResponseCache;
import io.agentruntime.chat.ChatResponseCache.Statistics;
import io.agentruntime.context.MissingContextException;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.testkit.ScriptedChatModel;
import io.agentruntime.testkit.ScriptedStreamingChatModel;
import io.agentruntime.testkit.StreamScript;
import io.agentruntime.usage.CallOutcome;
import io.agentruntime.usage.UsageEvent;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Streams that hit, miss, are cancelled, and meet other calls for the same. */
class CachedStreamTest extends CachedFixture {

    /** Hears everything, and may cancel at its first piece or fail there. */
    private static final class Ear extends StreamRecord {

        private final List<String> heard = new CopyOnWriteArrayList<>();
        private final boolean cancelling;
        private final boolean failing;

        Ear(boolean cancelling, boolean failing) {
            this.cancelling = cancelling;
            this.failing = failing;
        }

        @Override
        public void onPartialThinking(PartialThinking part, PartialThinkingContext context) {
            heard.add("thinking " + part.text());
        }

        @Override
        public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
            heard.add("text " + part.text());
            if (cancelling) {
                context.streamingHandle().cancel();
            }
            super.onPartialResponse(part, context); // last: the test goes on then
            if (failing) {
                throw new IllegalStateException("the handler has failed");
            }
        }

        @Override
        public void onCompleteToolCall(CompleteToolCall whole) {
            heard.add("tool " + whole.toolExecutionRequest().name());
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            heard.add("complete " + response.aiMessage().text());
            super.onCompleteResponse(response);
        }

        @Override
        public void onError(Throwable failure) {
            heard.add("failure");
            super.onError(failure);
        }
    }

    private static final class Flag implements StreamingHandle {

        private volatile boolean cancelled;

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }
    }

    private ScriptedStreamingChatModel streaming(StreamScript... scripts) {
        ScriptedStreamingChatModel.Builder model = ScriptedStreamingChatModel.builder(executor);
        for (StreamScript script : scripts) {
            model.script(script);
        }
        return model.build();
    }

    private static Ear listen(StreamingChatModel model, ChatRequest request) throws Exception {
        Ear ear = begin(model, request);
        Object unused = ear.awaitEnd();
        return ear;
    }

    private static Ear begin(StreamingChatModel model, ChatRequest request) throws Exception {
        return begin(model, request, new Ear(false, false));
    }

    private static Ear begin(StreamingChatModel model, ChatRequest request, Ear ear) throws Exception {
        as("acme", () -> {
            model.chat(request, ear);
            return null;
        });
        return ear;
    }

    @Test
    void hit_isToldInOrder_onTheExecutor_inTheContextOfTheCaller() throws Exception {
        ScriptedStreamingChatModel model = streaming(
                StreamScript.of().thinking("h", "m").text("one ", "two").usage(USAGE));
        ChatResponseCache cache = cache().build();
        StreamingChatModel cached = cache.streamingChatModel("m", model);
        Ear first = listen(cached, ask("q"));
        Ear second = listen(cached, ask("q"));
        assertThat(first.heard)
                .containsExactly("thinking h", "thinking m", "text one ", "text two", "complete one two");
        Ear third =
                listen(cached, ask("q")); // from memory for certain: the second may have met the keeping of the first
        assertThat(second.heard).containsExactly("thinking hm", "text one two", "complete one two");
        assertThat(third.heard).isEqualTo(second.heard);
        assertThat(third.threads).allMatch(name -> name.startsWith("agentruntime-models-"));
        assertThat(third.organisations).containsOnly(Optional.of("acme"));
        assertThat(second.threads).allMatch(name -> name.startsWith("agentruntime-models-"));
        assertThat(second.organisations).containsOnly(Optional.of("acme"));
        ChatResponse hit = (ChatResponse) second.awaitEnd();
        assertThat(ChatResponseCache.isCached(hit)).isTrue();
        assertThat(ChatResponseCache.saved(hit))
                .hasValueSatisfying(saved -> assertThat(saved.total()).isEqualTo(17));
        assertThat(events).extracting(UsageEvent::outcome).containsExactly(CallOutcome.CACHED, CallOutcome.CACHED);
        assertThat(cache.statistics())
                .extracting(Statistics::hits, Statistics::misses)
                .containsExactly(2L, 1L);
    }

    @Test
    void bothKindsOfModels_ofOneName_shareTheirAnswers() throws Exception {
        ChatResponseCache cache = cache().build();
        StreamingChatModel streamed = cache.streamingChatModel("m", streaming(StreamScript.of("of the stream")));
        ChatModel whole = cache.chatModel(
                "m", ScriptedChatModel.builder().reply("of the call").build());
        assertThat(listen(streamed, ask("a")).heard).containsExactly("text of the stream", "complete of the stream");
        assertThat(as("acme", () -> whole.chat("a"))).isEqualTo("of the stream");
        assertThat(as("acme", () -> whole.chat("b"))).isEqualTo("of the call");
        assertThat(listen(streamed, ask("b")).heard).containsExactly("text of the call", "complete of the call");
    }

    @Test
    void withoutContext_throws() {
        StreamingChatModel cached = cache().build().streamingChatModel("m", streaming());
        assertThatThrownBy(() -> cached.chat("q", new StreamRecord())).isInstanceOf(MissingContextException.class);
    }

    @Test
    void streamsThatDoNotEndWhole_areNotKept() throws Exception {
        List<StreamScript> scripts = List.of(
                StreamScript.of("half").finish(FinishReason.LENGTH),
                StreamScript.of("half").finish(FinishReason.CONTENT_FILTER),
                StreamScript.of().toolCall("call-1", "lookup", "{}"),
                StreamScript.of("half").failure(new IllegalStateException("reset")),
                StreamScript.throwing(new IllegalArgumentException("refused")));
        for (StreamScript script : scripts) {
            ScriptedStreamingChatModel model = streaming(script, StreamScript.of("whole"));
            StreamingChatModel cached = cache().build().streamingChatModel("m", model);
            Ear half = listen(cached, ask("q"));
            assertThat(half.ends).hasSize(1);
            assertThat(listen(cached, ask("q")).heard).containsExactly("text whole", "complete whole");
            assertThat(listen(cached, ask("q")).heard).containsExactly("text whole", "complete whole");
            assertThat(model.requests()).hasSize(2);
        }
    }

    @Test
    void cancelledStream_keepsNothing_andEndsNoOther() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        ScriptedStreamingChatModel model = streaming(
                StreamScript.of("one ").stall(gate).text("two"),
                StreamScript.of("one ").stall(gate).text("two"));
        ChatResponseCache cache = cache().build();
        StreamingChatModel cached = cache.streamingChatModel("m", model);
        Ear other = begin(cached, ask("q"));
        other.firstText.get(60, TimeUnit.SECONDS);
        Ear cancelling = begin(cached, ask("q"), new Ear(true, false));
        cancelling.firstText.get(60, TimeUnit.SECONDS);
        assertThat(model.requests()).as("a stream does not wait for another").hasSize(2);
        assertThat(cache.statistics().tiers().size()).isZero();
        gate.complete(null);
        assertThat(other.awaitEnd()).isInstanceOf(ChatResponse.class);
        assertThat(other.heard).containsExactly("text one ", "text two", "complete one two");
        assertThat(cancelling.heard).containsExactly("text one ");
        assertThat(listen(cached, ask("q")).heard).containsExactly("text one two", "complete one two");
        assertThat(model.requests()).hasSize(2);
    }

    /** Some models tell of an end after they were cancelled. */
    @Test
    void cancelledStream_whoseModelCompletesAllTheSame_keepsNothing() throws Exception {
        StreamingChatModel careless = new StreamingChatModel() {
            @Override
            public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
                handler.onPartialResponse(new PartialResponse("half"), new PartialResponseContext(new Flag()));
                handler.onCompleteResponse(answer("half"));
            }
        };
        ChatResponseCache cache = cache().build();
        Ear ear = begin(cache.streamingChatModel("m", careless), ask("q"), new Ear(true, false));
        assertThat(ear.awaitEnd()).isInstanceOf(ChatResponse.class);
        ChatModel whole =
                cache.chatModel("m", ScriptedChatModel.builder().reply("whole").build());
        assertThat(as("acme", () -> whole.chat("q"))).isEqualTo("whole");
    }

    @Test
    void cancelledReplay_saysNoMore() throws Exception {
        StreamingChatModel cached = cache().build().streamingChatModel("m", streaming(StreamScript.of("one")));
        Object unused = listen(cached, ask("q")).awaitEnd();
        Ear cancelling = begin(cached, ask("q"), new Ear(true, false));
        cancelling.firstText.get(60, TimeUnit.SECONDS);
        executor.stop(Deadline.after(ModelHouse.LIMIT)); // nothing is still to come then
        assertThat(cancelling.heard).containsExactly("text one");
    }

    @Test
    void handlerThatFails_endsItsReplayOnce() throws Exception {
        StreamingChatModel cached = cache().build().streamingChatModel("m", streaming(StreamScript.of("one")));
        Object unused = listen(cached, ask("q")).awaitEnd();
        Ear failing = begin(cached, ask("q"), new Ear(false, true));
        assertThat(failing.awaitEnd()).isInstanceOf(IllegalStateException.class);
        assertThat(failing.heard).containsExactly("text one", "failure");
    }

    @Test
    void stream_whileACallForTheSameIsUnderWay_waitsForIt() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        ChatResponseCache cache = cache().build();
        ChatModel whole = cache.chatModel("m", new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                asked.countDown();
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                return answer(AiMessage.from("text", toolCall().toolExecutionRequests()), FinishReason.STOP);
            }
        });
        StreamingChatModel streamed = cache.streamingChatModel("m", streaming());
        CompletableFuture<?> call = as("acme", () -> executor.submit(() -> whole.chat(ask("q"))));
        assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
        Ear ear = begin(streamed, ask("q"));
        gate.countDown();
        assertThat(ear.awaitEnd()).isInstanceOf(ChatResponse.class);
        assertThat(ear.heard).containsExactly("text text", "tool lookup", "complete text");
        assertThat(call.get(60, TimeUnit.SECONDS)).isNotNull();
        assertThat(cache.statistics())
                .extracting(Statistics::hits, Statistics::misses)
                .containsExactly(1L, 1L);
    }

    @Test
    void stream_thatBeganBeforeAClear_isNotKept() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        ScriptedStreamingChatModel model = streaming(StreamScript.of("old").stall(gate), StreamScript.of("new"));
        ChatResponseCache cache = cache().build();
        StreamingChatModel cached = cache.streamingChatModel("m", model);
        Ear old = begin(cached, ask("q"));
        old.firstText.get(60, TimeUnit.SECONDS);
        CompletableFuture<Void> unused = as("acme", cache::clear);
        gate.complete(null);
        assertThat(old.awaitEnd()).isInstanceOf(ChatResponse.class);
        assertThat(listen(cached, ask("q")).texts).containsExactly("new");
        assertThat(listen(cached, ask("q")).texts).containsExactly("new");
        assertThat(model.requests()).hasSize(2);
    }

    @Test
    void stream_thatBeganBeforeARefresh_isNotKept() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        ScriptedStreamingChatModel model = streaming(
                StreamScript.of("old").stall(gate),
                StreamScript.of("half").finish(FinishReason.LENGTH),
                StreamScript.of("new"));
        StreamingChatModel cached = cache().build().streamingChatModel("m", model);
        Ear old = begin(cached, ask("q"));
        old.firstText.get(60, TimeUnit.SECONDS);
        try (ChatResponseCache.Scope anew = ChatResponseCache.refresh()) {
            assertThat(listen(cached, ask("q")).texts).containsExactly("half");
        }
        gate.complete(null);
        assertThat(old.awaitEnd()).isInstanceOf(ChatResponse.class);
        assertThat(listen(cached, ask("q")).texts).containsExactly("new");
    }

    @Test
    void stoppedExecutor_isToldToTheHandler() throws Exception {
        StreamingChatModel cached = cache().build().streamingChatModel("m", streaming(StreamScript.of("one")));
        executor.stop(Deadline.after(ModelHouse.LIMIT));
        assertThat(listen(cached, ask("q")).awaitEnd()).isInstanceOf(RejectedExecutionException.class);
    }
}
