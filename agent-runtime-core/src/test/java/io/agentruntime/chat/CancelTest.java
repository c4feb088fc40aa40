package io.agentruntime.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Cancelling, by the handle of the stream and by the {@link WireCall} of the decorator. */
class CancelTest {

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch gone = new CountDownLatch(1);
    private final List<WireAnswer> answers = new ArrayList<>();
    private final WireCall wire = new WireCall(answers::add);

    private void begin(Rig rig, Recorder recorder) {
        try (WireCall.Binding bound = wire.bind()) {
            rig.streamingModel().chat("hello", recorder);
        }
    }

    private void awaitGone(Rig rig) throws InterruptedException {
        assertThat(gone.await(20, TimeUnit.SECONDS)).isTrue();
        while (rig.transport.openExchanges() > 0 || rig.io.statistics().active() > 0) {
            Thread.onSpinWait();
        }
        assertThat(rig.timer.pending()).isZero();
    }

    private void stall(WirePeer peer) {
        asked.countDown();
        peer.awaitGone();
        gone.countDown();
    }

    @Test
    void cancel_beforeHeaders_closesTheConnectionAndIsHeardByNobody() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            stall(peer);
        })) {
            Recorder recorder = new Recorder();
            begin(rig, recorder);
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            wire.cancel();
            awaitGone(rig);
            assertThat(recorder.notes).isEmpty();
            assertThat(wire.exchanges()).isEqualTo(1);
            assertThat(wire.eventArrived()).isFalse();
        }
    }

    @Test
    void cancel_beforeTheFirstToken_closesTheConnectionAndIsHeardByNobody() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.chunkedHead("x-ratelimit-remaining-requests: 9");
            stall(peer);
        })) {
            Recorder recorder = new Recorder();
            CompletableFuture<WireAnswer> answered = new CompletableFuture<>();
            WireCall call = new WireCall(answered::complete);
            try (WireCall.Binding bound = call.bind()) {
                rig.streamingModel().chat("hello", recorder);
            }
            WireAnswer answer = answered.get(20, TimeUnit.SECONDS);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers().get("x-ratelimit-remaining-requests")).containsExactly("9");
            call.cancel();
            awaitGone(rig);
            assertThat(recorder.notes).isEmpty();
        }
    }

    @Test
    void cancel_inMidStreamFromAnotherThread_isTheLastThatIsHeard() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.chunkedHead();
            peer.chunk(WirePeer.token("a"));
            stall(peer);
        })) {
            Recorder recorder = new Recorder();
            begin(rig, recorder);
            recorder.first.get(20, TimeUnit.SECONDS).cancel();
            awaitGone(rig);
            assertThat(recorder.heard()).containsExactly("a");
            assertThat(recorder.first.join().isCancelled()).isTrue();
            assertThat(wire.eventArrived()).isTrue();
            wire.cancel();
            recorder.first.join().cancel();
        }
    }

    @Test
    void cancel_byTheCallback_skipsWhatHasArrivedAlready() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.chunkedHead();
            peer.chunk(WirePeer.token("a") + WirePeer.token("b") + WirePeer.done());
            stall(peer);
        })) {
            Recorder recorder = new Recorder(text -> wire.cancel());
            begin(rig, recorder);
            recorder.first.get(20, TimeUnit.SECONDS);
            awaitGone(rig);
            assertThat(recorder.heard()).containsExactly("a");
        }
    }

    @Test
    void cancel_aBlockingCall_throwsAtOnceAndClosesTheConnection() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            stall(peer);
        })) {
            CompletableFuture<String> answer = new CompletableFuture<>();
            Thread caller = new Thread(caller(rig, answer));
            caller.start();
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            wire.cancel();
            assertThatThrownBy(() -> answer.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(CancellationException.class)
                    .hasStackTraceContaining("the call of " + rig.server.host() + " was cancelled");
            awaitGone(rig);
            caller.join(20_000);
        }
    }

    private Runnable caller(Rig rig, CompletableFuture<String> answer) {
        return () -> {
            try (WireCall.Binding bound = wire.bind()) {
                answer.complete(rig.model().chat("hello"));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        };
    }

    @Test
    void interrupt_ofABlockingCall_throwsAtOnceWithTheFlagSet() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            stall(peer);
        })) {
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                try {
                    String unused = rig.model().chat("hello");
                } catch (RuntimeException e) {
                    thrown.complete(e);
                }
                flag.complete(Thread.currentThread().isInterrupted());
            });
            caller.start();
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            caller.interrupt();
            assertThat(flag.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(thrown.join()).hasRootCauseInstanceOf(InterruptedException.class);
            awaitGone(rig);
        }
    }

    @Test
    void cancelledCall_letsNothingElseBegin() throws Exception {
        try (Rig rig = Rig.of(WirePeer::awaitGone)) {
            wire.cancel();
            Recorder recorder = new Recorder();
            begin(rig, recorder);
            CompletableFuture<String> answer = new CompletableFuture<>();
            caller(rig, answer).run();
            assertThatThrownBy(answer::join).isInstanceOf(CancellationException.class);
            assertThat(rig.transport.openExchanges()).isZero();
            assertThat(rig.server.connections()).isZero();
            assertThat(recorder.notes).isEmpty();
        }
    }

    @Test
    void outerCall_cancelsWhatIsBoundInsideIt_andCountsItsOwnOnly() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            stall(peer);
        })) {
            Recorder recorder = new Recorder();
            WireCall outer = new WireCall(answers::add);
            try (WireCall.Binding bound = outer.bind()) {
                begin(rig, recorder);
                assertThat(WireCall.current()).isSameAs(outer);
            }
            assertThat(WireCall.current()).isNotSameAs(outer);
            assertThat(outer.exchanges()).isZero();
            assertThat(wire.exchanges()).isEqualTo(1);
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            outer.cancel();
            awaitGone(rig);
            assertThat(wire.cancelled()).isTrue();
        }
    }

    @Test
    void modelThatRetriesByItself_isSeenInTheCount() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.answer(503, "busy");
        })) {
            var retrying = dev.langchain4j.model.openai.OpenAiChatModel.builder()
                    .httpClientBuilder(rig.transport.clientBuilder())
                    .baseUrl(rig.server.url())
                    .apiKey("key")
                    .modelName("m")
                    .maxRetries(1)
                    .build();
            try (WireCall.Binding bound = wire.bind()) {
                assertThatThrownBy(() -> retrying.chat("hello"))
                        .isInstanceOf(dev.langchain4j.exception.InternalServerException.class);
            }
            assertThat(wire.exchanges()).isEqualTo(2);
            assertThat(answers).extracting(WireAnswer::status).containsExactly(503, 503);
        }
    }

    @Test
    void callback_ofAStream_seesNoBinding() throws Exception {
        try (Rig rig = Rig.of(CancelTest::shortAnswer)) {
            CompletableFuture<WireCall> seen = new CompletableFuture<>();
            Recorder recorder = new Recorder(text -> seen.complete(WireCall.current()));
            begin(rig, recorder);
            assertThat(recorder.awaitEnd()).isNull();
            assertThat(seen.join()).isNotSameAs(wire);
        }
    }

    static void shortAnswer(WirePeer peer) throws IOException {
        peer.request();
        peer.chunkedHead();
        peer.chunk(WirePeer.token("a"));
        peer.chunk(WirePeer.done());
        peer.endChunks();
    }
}
