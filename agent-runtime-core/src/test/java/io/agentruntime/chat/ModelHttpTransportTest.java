package io.agentruntime.chat;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.http.client.HttpClientBuilderLoader;
import dev.langchain4j.http.client.jdk.JdkHttpClientBuilder;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.FailureKind;
import io.agentruntime.resilience.ModelFailure;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ModelHttpTransportTest {

    private static void stall(WirePeer peer, CountDownLatch asked) throws Exception {
        peer.request();
        asked.countDown();
        peer.awaitGone();
    }

    @Test
    void transport_isNotFoundByLangChain4jItself() {
        assertThat(HttpClientBuilderLoader.loadHttpClientBuilder()).isInstanceOf(JdkHttpClientBuilder.class);
    }

    @Test
    void closeIntake_refusesNewExchangesAndLetsOthersGoOn() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            asked.countDown();
            go.await();
            peer.chunkedHead();
            peer.chunk("data: 1\n\n");
            peer.endChunks();
        })) {
            Heard heard = new Heard();
            rig.stream(heard);
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            rig.transport.closeIntake();
            assertThatThrownBy(() -> rig.stream(new Heard()))
                    .isInstanceOf(ModelTransportException.class)
                    .hasMessage("the model transport is closed");
            assertThatThrownBy(() -> rig.model().chat("hello")).isInstanceOf(ModelTransportException.class);
            go.countDown();
            assertThat(heard.awaitEnd()).isNull();
            assertThat(rig.transport.stop(Deadline.after(Duration.ofSeconds(20))))
                    .isZero();
        }
    }

    @Test
    void stop_endsWhatIsLeftWithinTheDeadline_andSaysHowMuch() throws Exception {
        CountDownLatch asked = new CountDownLatch(2);
        try (Rig rig = Rig.of(peer -> stall(peer, asked))) {
            Heard heard = new Heard();
            rig.stream(heard);
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                try {
                    String unused = rig.model().chat("hello");
                } catch (RuntimeException e) {
                    thrown.complete(e);
                }
            });
            caller.start();
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(rig.transport.stop(Deadline.after(Duration.ofMillis(200))))
                    .isEqualTo(2);
            assertThat(heard.awaitEnd()).isInstanceOf(ModelTransportException.class);
            assertThat(heard.heard()).containsExactly("error");
            assertThat(ModelFailure.of(requireNonNull(heard.awaitEnd()), InstantSource.system())
                            .kind())
                    .as("whoever closes the transport cancels its calls")
                    .isEqualTo(FailureKind.CANCELLED);
            assertThat(thrown.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ModelTransportException.class)
                    .hasMessage("the model transport was closed during an exchange with " + rig.server.host());
            assertThat(rig.transport.stop(Deadline.after(Duration.ofSeconds(1))))
                    .isZero();
            caller.join(20_000);
        }
    }

    @Test
    void stop_withACallbackThatHangs_returnsAtTheDeadline() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.chunkedHead();
            peer.chunk("data: 1\n\n");
            peer.awaitGone();
        })) {
            Heard heard = new Heard(event -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            rig.stream(heard);
            heard.first.get(20, TimeUnit.SECONDS);
            assertThat(rig.transport.stop(Deadline.after(Duration.ofMillis(200))))
                    .isEqualTo(1);
            go.countDown();
            assertThat(heard.awaitEnd()).isInstanceOf(ModelTransportException.class);
        }
    }

    @Test
    void openAndClose_manyTimes_leavesNoThread() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            String request = peer.request();
            peer.chunkedHead();
            peer.chunk("data: 1\n\n");
            if (request.contains("stall")) {
                peer.awaitGone();
            }
            peer.endChunks();
        })) {
            for (int i = 0; i < 200; i++) {
                ModelHttpTransport transport =
                        ModelHttpTransport.builder(rig.io, rig.timer).build();
                Heard heard = new Heard();
                transport.clientBuilder().build().execute(rig.request(i % 2 == 0 ? "{}" : "stall"), heard);
                if (i % 4 == 0) {
                    assertThat(heard.awaitEnd()).isNull();
                } else if (i % 4 == 1) {
                    heard.first.get(20, TimeUnit.SECONDS); // and closed in mid-stream
                }
                transport.close();
            }
            Deadline patience = Deadline.after(Duration.ofSeconds(60));
            while (threads() > 0 && !patience.expired()) { // a pool is gone a moment before its last thread
                System.gc(); // before JDK 21 a client's own thread ends with it
                new CompletableFuture<>()
                        .completeOnTimeout(null, 20, TimeUnit.MILLISECONDS)
                        .join();
            }
            assertThat(threads()).isZero();
        }
    }

    private static long threads() {
        return threads("agentruntime-http") + threads("HttpClient-");
    }

    private static long threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .count();
    }

    @Test
    void clientBuilder_startsWithTheTimeoutsOfTheTransport() throws Exception {
        ModelHttpTimeouts timeouts = ModelHttpTimeouts.DEFAULT.withConnect(Duration.ofSeconds(3));
        try (Rig rig = Rig.with(builder -> builder.timeouts(timeouts), WirePeer::awaitGone)) {
            assertThat(rig.transport.clientBuilder().connectTimeout()).isEqualTo(Duration.ofSeconds(3));
            assertThat(rig.transport.clientBuilder().readTimeout()).isEqualTo(Duration.ofSeconds(60));
            assertThat(rig.transport
                            .clientBuilder()
                            .readTimeout(Duration.ofSeconds(7))
                            .readTimeout())
                    .isEqualTo(Duration.ofSeconds(7));
            assertThat(rig.transport
                            .clientBuilder(timeouts)
                            .readTimeout(Duration.ofSeconds(7))
                            .connectTimeout(Duration.ofSeconds(7))
                            .readTimeout())
                    .isEqualTo(Duration.ofSeconds(60));
        }
    }

    @Test
    void builder_checksItsNumbers() throws Exception {
        try (Rig rig = Rig.of(WirePeer::awaitGone)) {
            assertThatThrownBy(
                            () -> ModelHttpTransport.builder(rig.io, rig.timer).maxEventBytes(0))
                    .hasMessage("maxEventBytes is 0, allowed: at least 1");
        }
    }
}
