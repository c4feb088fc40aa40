package io.agentruntime.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.http.client.sse.DefaultServerSentEventParser;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadRejectedException;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ProviderHttpException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EventStreamTest {

    @Test
    void callbacks_ofAStream_runInOrderOnTheIoWorkloadInTheContextOfTheCaller() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.chunkedHead("X-Id: 7");
            for (byte piece : "data: é1\n\ndata: 2\n\nevent: e\ndata: 3".getBytes(UTF_8)) {
                peer.send("1\r\n");
                peer.send(new byte[] {piece, '\r', '\n'});
            }
            peer.endChunks();
        })) {
            Heard heard = new Heard();
            try (var scope = UsageContext.of("acme", "chat").open()) {
                rig.stream(heard);
            }
            assertThat(heard.awaitEnd()).isNull();
            assertThat(heard.heard()).containsExactly("open", "é1", "2", "3", "close");
            assertThat(heard.notes).allSatisfy(note -> {
                assertThat(note.thread()).startsWith("agentruntime-io-");
                assertThat(note.organisation()).isEqualTo("acme");
            });
            assertThat(heard.opened.join().headers().get("x-id")).containsExactly("7");
            awaitNoneOpen(rig);
            assertThat(rig.timer.pending()).isZero();
        }
    }

    private static void awaitNoneOpen(Rig rig) {
        while (rig.transport.openExchanges() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void execute_serverThatNeverAnswers_returnsAtOnceAndHoldsNoThread() throws Exception {
        try (Rig rig = Rig.of(WirePeer::awaitGone)) {
            Heard heard = new Heard();
            for (int i = 0; i < 50; i++) {
                rig.stream(heard);
            }
            assertThat(rig.transport.openExchanges()).isEqualTo(50);
            assertThat(rig.io.statistics().active()).isZero();
            assertThat(heard.notes).isEmpty();
        }
    }

    @Test
    void streams_thatWaitForTheirNextEvent_holdNoThread() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.chunkedHead();
            peer.chunk("data: 1\n\n");
            peer.awaitGone();
        })) {
            List<Heard> all = Stream.generate(Heard::new).limit(60).toList();
            all.forEach(rig::stream);
            for (Heard heard : all) {
                heard.first.get(20, TimeUnit.SECONDS);
            }
            while (rig.io.statistics().active() > 0) {
                Thread.onSpinWait();
            }
            Set<String> waiting = Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .filter(name -> name.matches("agentruntime-(io|http|timer).*"))
                    .collect(Collectors.toSet());
            assertThat(waiting)
                    .hasSizeLessThanOrEqualTo(4
                            + 1
                            + Math.max(
                                    4,
                                    Runtime.getRuntime()
                                            .availableProcessors())); // the workload, its timer, the client;
        }
    }

    @Test
    void slowListener_holdsTheServerBack() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Integer> sentBeforeStuck = new CompletableFuture<>();
        String event = "data: " + "x".repeat(64 * 1024) + "\n\n";
        int events = 2_000; // 128 MB, far more than the sockets take
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.chunkedHead();
            for (int i = 0; i < events; i++) {
                peer.chunk(event);
                sentBeforeStuck.obtrudeValue(i);
            }
            peer.endChunks();
        })) {
            Heard heard = new Heard(e -> await(go));
            rig.stream(heard);
            heard.first.get(20, TimeUnit.SECONDS);
            int before = -1;
            while (before != sentBeforeStuck.join()) { // until the server sends no more
                before = sentBeforeStuck.join();
                new CompletableFuture<>()
                        .completeOnTimeout(null, 100, TimeUnit.MILLISECONDS)
                        .join();
            }
            assertThat(before).isLessThan(events / 2);
            go.countDown();
            assertThat(heard.awaitEnd()).isNull();
            assertThat(heard.events).hasSize(events);
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
    void errorStatus_isToldWithHeadersAndBody() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.answer(429, "{\"error\":\"slow down\"}", "Retry-After: 2", "X-Request-Id: r");
        })) {
            Heard heard = new Heard();
            rig.stream(heard);
            assertThat(heard.awaitEnd()).isInstanceOfSatisfying(ProviderHttpException.class, e -> {
                assertThat(e.statusCode()).isEqualTo(429);
                assertThat(e.getMessage()).isEqualTo("{\"error\":\"slow down\"}");
                assertThat(e.header("retry-after")).contains("2");
                assertThat(e.header("X-REQUEST-ID")).contains("r");
            });
            assertThat(heard.heard()).containsExactly("error");
        }
    }

    @Test
    void errorStatus_withEndlessBody_isCutAtOneMebibyte() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.send("HTTP/1.1 500 X\r\nConnection: close\r\n\r\n");
            try {
                while (true) {
                    peer.send("x".repeat(10_000));
                }
            } catch (IOException closed) {
                gone.countDown();
            }
        })) {
            Heard heard = new Heard();
            rig.stream(heard);
            assertThat(heard.awaitEnd())
                    .isInstanceOf(ProviderHttpException.class)
                    .message()
                    .hasSize(1 << 20);
            assertThat(gone.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void errorStatus_whoseBodyStalls_isToldWhenTheReadTimeoutPasses() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.send("HTTP/1.1 503 X\r\nContent-Length: 100\r\n\r\nbusy");
            begun.countDown();
            peer.awaitGone();
        })) {
            Heard heard = new Heard();
            rig.stream(heard);
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            rig.timer.advance(Duration.ofSeconds(60));
            assertThat(heard.awaitEnd())
                    .satisfiesAnyOf(
                            e -> assertThat(e).isInstanceOf(ProviderHttpException.class),
                            e -> assertThat(e)
                                    .hasMessageStartingWith("read timeout")); // if the headers were still on their way
        }
    }

    @Test
    void eventLargerThanAllowed_endsTheStreamAndItsConnection() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        try (Rig rig = Rig.with(builder -> builder.maxEventBytes(1000), peer -> {
            peer.request();
            peer.chunkedHead();
            peer.chunk("data: ok\n\n");
            peer.chunk("data: " + "x".repeat(1000));
            peer.awaitGone();
            gone.countDown();
        })) {
            Heard heard = new Heard();
            rig.stream(heard);
            assertThat(heard.awaitEnd())
                    .isInstanceOf(ModelTransportException.class)
                    .hasMessageContaining("1000 bytes");
            assertThat(heard.heard()).containsExactly("open", "ok", "error");
            assertThat(gone.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void listenerThatThrows_hearsTheRestAllTheSame() throws Exception {
        try (Rig rig = Rig.of(EventStreamTest::threeEvents)) {
            Heard heard = new Heard(event -> {
                throw new IllegalStateException(event.data());
            });
            rig.stream(heard);
            assertThat(heard.awaitEnd()).isNull();
            assertThat(heard.heard()).containsExactly("open", "1", "2", "3", "close");
        }
    }

    @Test
    void listenerThatThrowsAnError_isToldItAndNothingElse() throws Exception {
        try (Rig rig = Rig.of(EventStreamTest::threeEvents)) {
            AssertionError error = new AssertionError("2");
            Heard heard = new Heard(event -> {
                if (event.data().equals("2")) {
                    throw error;
                }
            });
            rig.stream(heard);
            assertThat(heard.awaitEnd()).isSameAs(error);
            awaitNoneOpen(rig);
            assertThat(heard.heard()).containsExactly("open", "1", "2", "error");
        }
    }

    @Test
    void listenerThatLeavesAScopeOpen_doesNotSpoilTheNextCallback() throws Exception {
        try (Rig rig = Rig.of(EventStreamTest::threeEvents)) {
            Heard heard = new Heard(event -> {
                var unused = UsageContext.of("other", "leak").openReplacing();
            });
            rig.stream(heard);
            assertThat(heard.awaitEnd()).isNull();
            assertThat(heard.notes).extracting(Heard.Note::organisation).containsOnly("none");
        }
    }

    static void threeEvents(WirePeer peer) throws IOException {
        peer.request();
        peer.chunkedHead();
        peer.chunk("data: 1\n\ndata: 2\n\n");
        peer.chunk("data: 3\n\n");
        peer.endChunks();
    }

    @Test
    void connectionCutOrReset_isOneError() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.chunkedHead();
            peer.chunk("data: 1\n\n");
        })) {
            Heard heard = new Heard();
            rig.stream(heard);
            assertThat(heard.awaitEnd()).isInstanceOf(IOException.class);
            awaitNoneOpen(rig);
            assertThat(heard.heard()).containsExactly("open", "1", "error");
        }
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.reset();
        })) {
            Heard heard = new Heard();
            rig.stream(heard);
            assertThat(heard.awaitEnd()).isInstanceOf(IOException.class);
            assertThat(heard.heard()).containsExactly("error");
        }
    }

    @Test
    void fullWorkload_endsTheStreamWithOneErrorAndClosesItsConnection() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        try (Rig rig = Rig.of(new Workload("io", 1, 0), peer -> {
            peer.request();
            peer.chunkedHead();
            peer.chunk("data: 1\n\n");
            peer.awaitGone();
            gone.countDown();
        })) {
            rig.io.execute(() -> await(busy));
            Heard heard = new Heard();
            try (var scope = UsageContext.of("acme", "chat").open()) {
                rig.stream(heard);
            }
            assertThat(heard.awaitEnd()).isInstanceOf(WorkloadRejectedException.class);
            assertThat(gone.await(20, TimeUnit.SECONDS)).isTrue();
            awaitNoneOpen(rig);
            assertThat(heard.notes).containsExactly(new Heard.Note("error", "agentruntime-http-spare-1", "acme"));
            busy.countDown();
        }
    }

    @Test
    void workloadThatStopsWithTheCallbackInItsQueue_endsTheStreamWithOneError() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        try (Rig rig = Rig.of(new Workload("io", 1, 10), peer -> {
            peer.request();
            peer.chunkedHead();
            peer.awaitGone();
        })) {
            rig.io.execute(() -> await(busy));
            Heard heard = new Heard();
            rig.stream(heard);
            while (rig.io.statistics().queued() == 0) {
                Thread.onSpinWait();
            }
            rig.io.stop(Deadline.after(Duration.ZERO));
            assertThat(heard.awaitEnd()).isInstanceOf(java.util.concurrent.RejectedExecutionException.class);
            assertThat(heard.heard()).containsExactly("error");
            busy.countDown();
        }
    }

    @Test
    void foreignParser_readsABlockingStreamOnTheWorkload() throws Exception {
        ServerSentEventParser lines = new Lines();
        CountDownLatch more = new CountDownLatch(1);
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.chunkedHead();
            peer.chunk("one\n");
            more.await();
            peer.chunk("two\n");
            peer.endChunks();
        })) {
            Heard heard = new Heard();
            try (var scope = UsageContext.of("acme", "chat").open()) {
                rig.transport.clientBuilder().build().execute(rig.request(), lines, heard);
            }
            heard.first.get(20, TimeUnit.SECONDS);
            assertThat(rig.io.statistics().active()).isEqualTo(1);
            more.countDown();
            assertThat(heard.awaitEnd()).isNull();
            assertThat(heard.heard()).containsExactly("open", "one", "two", "close");
            assertThat(heard.notes).allSatisfy(note -> {
                assertThat(note.thread()).startsWith("agentruntime-io-");
                assertThat(note.organisation()).isEqualTo("acme");
            });
        }
    }

    @Test
    void foreignParser_thatStalls_isEndedByTheIdleTimeoutAndByCancel() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.chunkedHead();
            peer.chunk("data: one\n\n");
            peer.awaitGone();
        })) {
            ServerSentEventParser parser = new DefaultServerSentEventParser() {};
            Heard late = new Heard();
            rig.transport.clientBuilder().build().execute(rig.request(), parser, late);
            late.first.get(20, TimeUnit.SECONDS);
            rig.timer.advanceUntil(late.end);
            assertThat(late.awaitEnd()).hasMessageStartingWith("idle timeout");
            assertThat(late.heard()).containsExactly("open", "one", "error");

            Heard cancelled = new Heard();
            rig.transport.clientBuilder().build().execute(rig.request(), parser, cancelled);
            cancelled.first.get(20, TimeUnit.SECONDS).parsingHandle().cancel();
            awaitNoneOpen(rig);
            while (rig.io.statistics().active() > 0) {
                Thread.onSpinWait();
            }
            assertThat(cancelled.heard()).containsExactly("open", "one");
        }
    }

    /** Each line is an event. */
    private static final class Lines implements ServerSentEventParser {
        @Override
        public void parse(InputStream body, ServerSentEventListener listener) {
            var handle = new dev.langchain4j.http.client.sse.DefaultServerSentEventParsingHandle(body);
            var context = new dev.langchain4j.http.client.sse.ServerSentEventContext(handle);
            new java.io.BufferedReader(new java.io.InputStreamReader(body, UTF_8))
                    .lines()
                    .forEach(line -> listener.onEvent(new ServerSentEvent(null, line), context));
        }
    }

    @Test
    void badUrl_isThrownToTheCaller() throws Exception {
        try (Rig rig = Rig.of(WirePeer::awaitGone)) {
            var request = dev.langchain4j.http.client.HttpRequest.builder()
                    .method(dev.langchain4j.http.client.HttpMethod.GET)
                    .url("nowhere")
                    .build();
            Heard heard = new Heard();
            assertThatThrownBy(() -> rig.transport.clientBuilder().build().execute(request, heard))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(rig.transport.openExchanges()).isZero();
            assertThat(heard.notes).isEmpty();
        }
    }
}
