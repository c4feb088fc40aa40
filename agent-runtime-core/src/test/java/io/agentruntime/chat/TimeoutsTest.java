package io.agentruntime.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class TimeoutsTest {

    private static final ModelHttpTimeouts TIMES = ModelHttpTimeouts.DEFAULT
            .withRead(Duration.ofSeconds(10))
            .withFirstToken(Duration.ofSeconds(20))
            .withIdle(Duration.ofSeconds(5));

    private final CountDownLatch gone = new CountDownLatch(1);
    private final CountDownLatch asked = new CountDownLatch(1);

    @Test
    void stream_withoutHeaders_endsWithTheReadTimeout() throws Exception {
        try (Rig rig = Rig.with(builder -> builder.timeouts(TIMES), this::stallBeforeHeaders)) {
            Heard heard = new Heard();
            rig.stream(heard);
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            rig.timer.advance(Duration.ofMillis(9_999));
            assertThat(rig.transport.openExchanges()).isEqualTo(1);
            rig.timer.advance(Duration.ofMillis(1));
            check(rig, heard, "read timeout: " + rig.server.host() + " gave no answer within 10000 ms");
            assertThat(heard.heard()).containsExactly("error");
        }
    }

    private void stallBeforeHeaders(WirePeer peer) throws IOException {
        peer.request();
        asked.countDown();
        peer.awaitGone();
        gone.countDown();
    }

    private void check(Rig rig, Heard heard, String message) throws Exception {
        assertThat(heard.awaitEnd())
                .isInstanceOf(TimeoutException.class)
                .hasMessage(message)
                .hasCauseInstanceOf(HttpTimeoutException.class);
        assertThat(gone.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(rig.timer.pending()).isZero();
    }

    @Test
    void stream_withoutEvents_endsWithTheFirstTokenTimeoutWhateverComments() throws Exception {
        try (Rig rig = Rig.with(builder -> builder.timeouts(TIMES), peer -> {
            peer.request();
            peer.chunkedHead();
            peer.chunk(": still here\n\n");
            peer.awaitGone();
            gone.countDown();
        })) {
            Heard heard = new Heard();
            rig.stream(heard);
            heard.opened.get(20, TimeUnit.SECONDS);
            rig.timer.advance(Duration.ofMillis(19_999));
            assertThat(rig.transport.openExchanges()).isEqualTo(1);
            rig.timer.advance(Duration.ofMillis(1));
            check(rig, heard, "first-token timeout: " + rig.server.host() + " sent no event within 20000 ms");
            assertThat(heard.heard()).containsExactly("open", "error");
        }
    }

    @Test
    void stream_thatStalls_endsWithTheIdleTimeoutCountedFromTheLastEvent() throws Exception {
        CompletableFuture<Void> next = new CompletableFuture<>();
        try (Rig rig = Rig.with(builder -> builder.timeouts(TIMES), peer -> {
            peer.request();
            peer.chunkedHead();
            peer.chunk("data: 1\n\n");
            next.join();
            peer.chunk("data: 2\n\n");
            peer.awaitGone();
            gone.countDown();
        })) {
            CompletableFuture<Void> second = new CompletableFuture<>();
            Heard heard = new Heard(event -> {
                if (event.data().equals("2")) {
                    second.complete(null);
                }
            });
            rig.stream(heard);
            heard.first.get(20, TimeUnit.SECONDS);
            awaitIdle(rig);
            rig.timer.advance(Duration.ofSeconds(4));
            next.complete(null);
            second.get(20, TimeUnit.SECONDS);
            awaitIdle(rig);
            rig.timer.advance(Duration.ofMillis(4_999));
            assertThat(rig.transport.openExchanges()).isEqualTo(1);
            rig.timer.advance(Duration.ofMillis(1));
            check(rig, heard, "idle timeout: " + rig.server.host() + " sent no further event within 5000 ms");
            assertThat(heard.heard()).containsExactly("open", "1", "2", "error");
        }
    }

    private static void awaitIdle(Rig rig) {
        while (rig.io.statistics().active() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void callbackThatTakesLong_isNotTheStreamsIdleTime() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (Rig rig = Rig.with(builder -> builder.timeouts(TIMES), EventStreamTest::threeEvents)) {
            Heard heard = new Heard(event -> await(go));
            rig.stream(heard);
            heard.first.get(20, TimeUnit.SECONDS);
            rig.timer.advance(Duration.ofMinutes(5));
            go.countDown();
            assertThat(heard.awaitEnd()).isNull();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void blockingCall_thatStalls_throwsTheReadTimeoutAndClosesTheConnection() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
            asked.countDown();
            peer.awaitGone();
            gone.countDown();
        })) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread caller = new Thread(() -> {
                try {
                    rig.model().chat("hello");
                } catch (RuntimeException e) {
                    thrown.set(e);
                }
            });
            caller.start();
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            rig.timer.advance(Duration.ofSeconds(60));
            caller.join(20_000);
            assertThat(thrown.get())
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage("read timeout: " + rig.server.host() + " gave no answer within 60000 ms");
            assertThat(gone.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void connect_toWhereNobodyAnswers_isATimeoutThatSaysSo() throws Exception {
        try (Rig rig = Rig.of(WirePeer::awaitGone);
                var silent = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress());
                Backlog full = Backlog.of(silent)) {
            var request = dev.langchain4j.http.client.HttpRequest.builder()
                    .method(dev.langchain4j.http.client.HttpMethod.POST)
                    .url("http://localhost:" + silent.getLocalPort() + "/v1?key=secret")
                    .body("{}")
                    .build();
            var client = rig.transport
                    .clientBuilder(ModelHttpTimeouts.DEFAULT.withConnect(Duration.ofMillis(100)))
                    .connectTimeout(Duration.ofMinutes(1)) // as a model would; the fixed one holds
                    .build();
            assertThatThrownBy(() -> client.execute(request))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage("connect timeout: localhost:" + silent.getLocalPort()
                            + " took no connection within 100 ms");
            Heard heard = new Heard();
            client.execute(request, heard);
            assertThat(heard.awaitEnd()).isInstanceOf(TimeoutException.class).hasMessageStartingWith("connect timeout");
        }
    }

    @Test
    void timeout_ofAModel_isItsReadTimeout() throws Exception {
        try (Rig rig = Rig.of(this::stallBeforeHeaders)) {
            Recorder recorder = new Recorder();
            OpenAiStreamingChatModel.builder()
                    .httpClientBuilder(rig.transport.clientBuilder())
                    .baseUrl(rig.server.url())
                    .apiKey("key")
                    .modelName("m")
                    .timeout(Duration.ofSeconds(30))
                    .build()
                    .chat("hello", recorder);
            rig.timer.advance(Duration.ofSeconds(30));
            assertThat(recorder.awaitEnd()).isInstanceOf(TimeoutException.class).hasMessageContaining("30000 ms");
            assertThat(recorder.heard()).containsExactly("error");
        }
    }

    @Test
    void closedTimer_letsNoExchangeBeginUnwatched() throws Exception {
        try (Rig rig = Rig.of(WirePeer::awaitGone)) {
            rig.timer.shutdownNow();
            Heard heard = new Heard();
            rig.stream(heard);
            assertThat(heard.awaitEnd()).isInstanceOf(java.util.concurrent.RejectedExecutionException.class);
        }
    }

    @Test
    void timeouts_thatAreNotPositive_areRefusedByName() {
        assertThatThrownBy(() -> ModelHttpTimeouts.DEFAULT.withIdle(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("idle is PT0S, allowed: more than 0");
        assertThatThrownBy(() -> ModelHttpTimeouts.DEFAULT.withFirstToken(Duration.ofSeconds(-1)))
                .hasMessage("firstToken is PT-1S, allowed: more than 0");
    }
}
