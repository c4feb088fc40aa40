package io.agentruntime.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadRejectedException;
import io.agentruntime.resilience.ProviderHttpException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** LangChain4j's own streaming clients on the transport. */
class OpenAiStreamTest {

    private static void await(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @Tag("flaw-65")
    void stream_ofAModel_givesTokensAndUsageInTheContextOfItsCaller() throws Exception {
        try (Rig rig = Rig.of(CancelTest::shortAnswer)) {
            Recorder recorder = new Recorder();
            try (var scope = UsageContext.of("acme", "chat").open()) {
                rig.streamingModel().chat("hello", recorder);
            }
            assertThat(recorder.awaitEnd()).isNull();
            assertThat(recorder.heard()).containsExactly("a", "complete");
            assertThat(recorder.response.join().tokenUsage().totalTokenCount()).isEqualTo(5);
            assertThat(recorder.notes).allSatisfy(note -> {
                assertThat(note.thread()).startsWith("agentruntime-io-");
                assertThat(note.organisation()).isEqualTo("acme");
            });
        }
    }

    @Test
    void streams_whoseCallbacksBlock_leaveTheCommonPoolAndTheClientFree() throws Exception {
        CountDownLatch blocked = new CountDownLatch(24);
        CountDownLatch go = new CountDownLatch(1);
        try (Rig rig = Rig.of(new Workload("io", 24, 100), CancelTest::shortAnswer)) {
            StreamingChatModel model = rig.streamingModel();
            List<Recorder> all = Stream.generate(() -> new Recorder(text -> {
                        blocked.countDown();
                        await(go);
                    }))
                    .limit(24)
                    .toList();
            all.forEach(recorder -> model.chat("hello", recorder));
            assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue(); // all at once
            assertThat(CompletableFuture.supplyAsync(() -> "free").get(20, TimeUnit.SECONDS))
                    .isEqualTo("free");
            assertThat(rig.io.statistics().active()).isEqualTo(24);
            go.countDown();
            for (Recorder recorder : all) {
                assertThat(recorder.awaitEnd()).isNull();
                assertThat(recorder.heard()).containsExactly("a", "complete");
            }
        }
    }

    @Test
    void streams_moreThanTheWorkloadHasRoomFor_endOnceEach() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (Rig rig = Rig.of(new Workload("io", 2, 2), CancelTest::shortAnswer)) {
            StreamingChatModel model = rig.streamingModel();
            List<Recorder> all = Stream.generate(() -> new Recorder(text -> await(go)))
                    .limit(12)
                    .toList();
            all.forEach(recorder -> model.chat("hello", recorder));
            CompletableFuture<?> anyRefused = CompletableFuture.anyOf(
                    all.stream().map(recorder -> recorder.end).toArray(CompletableFuture[]::new));
            assertThat(anyRefused.get(20, TimeUnit.SECONDS)).isInstanceOf(WorkloadRejectedException.class);
            go.countDown();
            for (Recorder recorder : all) {
                Throwable failure = recorder.awaitEnd();
                assertThat(failure == null || failure instanceof WorkloadRejectedException)
                        .isTrue();
            }
            while (rig.transport.openExchanges() > 0) {
                Thread.onSpinWait();
            }
            assertThat(all)
                    .allSatisfy(recorder -> assertThat(recorder.heard())
                            .filteredOn(what -> !what.equals("a"))
                            .hasSize(1));
        }
    }

    @Test
    void streamCutWithoutItsEnd_isToldAsTheClientsTellIt() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.chunkedHead();
            peer.chunk(WirePeer.token("a"));
        })) {
            Recorder cut = new Recorder();
            rig.streamingModel().chat("hello", cut);
            assertThat(cut.awaitEnd()).hasRootCauseInstanceOf(java.io.IOException.class);
            assertThat(cut.heard()).containsExactly("a", "error"); // LangChain4j's own client completes after it
        }
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.closingHead();
            peer.send(WirePeer.token("a"));
        })) {
            Recorder closed = new Recorder();
            rig.streamingModel().chat("hello", closed);
            assertThat(closed.awaitEnd()).isNull(); // HTTP cannot tell
            assertThat(closed.response.join().finishReason()).isNull();
            assertThat(closed.heard()).containsExactly("a", "complete");
        }
    }

    @Test
    void handlerThatThrows_isToldSoAndHearsTheRest() throws Exception {
        try (Rig rig = Rig.of(CancelTest::shortAnswer)) {
            Recorder recorder = new Recorder(text -> {
                throw new IllegalStateException(text);
            });
            rig.streamingModel().chat("hello", recorder);
            recorder.response.get(20, TimeUnit.SECONDS);
            assertThat(recorder.heard()).containsExactly("a", "error", "complete"); // as with LangChain4j's own client
        }
    }

    @Test
    void errorStatus_keepsItsHeadersInTheChainOfCauses() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.answer(429, "{}", "retry-after: 2");
        })) {
            Recorder recorder = new Recorder();
            rig.streamingModel().chat("hello", recorder);
            Throwable failure = recorder.awaitEnd();
            assertThat(failure).isInstanceOf(RateLimitException.class);
            assertThat(ProviderHttpException.in(failure).orElseThrow().header("Retry-After"))
                    .contains("2");
        }
    }

    @Test
    void closedTransport_endsTheStreamOnce() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.chunkedHead();
            peer.chunk(WirePeer.token("a"));
            peer.awaitGone();
            gone.countDown();
        })) {
            Recorder recorder = new Recorder();
            rig.streamingModel().chat("hello", recorder);
            recorder.first.get(20, TimeUnit.SECONDS);
            rig.transport.close();
            assertThat(recorder.awaitEnd()).isInstanceOf(ModelTransportException.class);
            assertThat(recorder.heard()).containsExactly("a", "error");
            assertThat(gone.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void anthropic_streamsToo() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.chunkedHead();
            peer.chunk("""
                    event: message_start
                    data: {"type":"message_start","message":{"id":"1","model":"m","usage":{"input_tokens":3}}}

                    event: content_block_start
                    data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

                    event: content_block_delta
                    data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}

                    event: content_block_stop
                    data: {"type":"content_block_stop","index":0}

                    event: message_delta
                    data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}

                    event: message_stop
                    data: {"type":"message_stop"}

                    """);
            peer.endChunks();
        })) {
            Recorder recorder = new Recorder();
            AnthropicStreamingChatModel.builder()
                    .httpClientBuilder(rig.transport.clientBuilder())
                    .baseUrl(rig.server.url())
                    .apiKey("key")
                    .modelName("m")
                    .build()
                    .chat("hello", recorder);
            assertThat(recorder.awaitEnd()).isNull();
            assertThat(recorder.heard()).containsExactly("a", "complete");
            assertThat(recorder.response.join().tokenUsage().inputTokenCount()).isEqualTo(3);
        }
    }
}
