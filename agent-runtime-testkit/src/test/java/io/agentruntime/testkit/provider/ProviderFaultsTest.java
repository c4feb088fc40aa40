package io.agentruntime.testkit.provider;

import static io.agentruntime.testkit.provider.Clients.TIMEOUT;
import static io.agentruntime.testkit.provider.ProviderOutcome.ANSWERED;
import static io.agentruntime.testkit.provider.ProviderOutcome.FAILED;
import static io.agentruntime.testkit.provider.ProviderOutcome.PARTIAL;
import static io.agentruntime.testkit.provider.ProviderProtocol.ANTHROPIC;
import static io.agentruntime.testkit.provider.ProviderProtocol.GEMINI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.chat.ChatModel;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes wrong on the wire, as LangChain4j's clients see it, and as the server remembers it. */
class ProviderFaultsTest {

    private static final ProviderReply ANSWER =
            ProviderReply.of("one ", "two ", "three").usage(9, 3);

    private final ProviderGate gate = new ProviderGate();
    private ProviderServer server;

    @BeforeEach
    void start() throws IOException {
        server = ProviderServer.start(request -> ANSWER);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Throwable wholeFails(ProviderProtocol protocol, ProviderReply reply) {
        server.enqueue(reply);
        ChatModel model = Clients.model(protocol, server);
        Throwable failure = catchThrowable(() -> model.chat("x"));
        assertThat(failure).isNotNull();
        return failure;
    }

    private StreamLog stream(ProviderProtocol protocol, ProviderReply reply) {
        server.enqueue(reply);
        StreamLog log = new StreamLog();
        Clients.streaming(protocol, server).chat("x", log);
        return log;
    }

    private ProviderCall onlyCall() throws InterruptedException {
        server.awaitRequests(1, TIMEOUT);
        server.awaitQuiet(TIMEOUT);
        assertThat(server.calls()).hasSize(1);
        return server.calls().get(0);
    }

    @ParameterizedTest
    @EnumSource
    void error_becomesTheExceptionOfItsStatus(ProviderProtocol protocol) {
        assertThat(wholeFails(protocol, ProviderReply.error(429, "slow down")))
                .isInstanceOf(RateLimitException.class)
                .hasMessageContaining("slow down");
        assertThat(wholeFails(protocol, ProviderReply.error(503, "down"))).isInstanceOf(InternalServerException.class);
        assertThat(wholeFails(protocol, ProviderReply.error(401, "who?"))).isInstanceOf(AuthenticationException.class);
        assertThat(wholeFails(protocol, ProviderReply.error(400, "no").code("too_long")))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("too_long");
        assertThat(stream(protocol, ProviderReply.error(529, "overloaded")).failure)
                .succeedsWithin(TIMEOUT)
                .isInstanceOf(InternalServerException.class);
        assertThat(server.calls()).extracting(ProviderCall::status).containsExactly(429, 503, 401, 400, 529);
        assertThat(server.calls()).allMatch(call -> call.outcome() == FAILED && call.usage() == null);
        assertThat(server.answered()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void reset_beforeAnyByte_isSeenByTheClient(ProviderProtocol protocol) throws Exception {
        assertThat(wholeFails(protocol, ProviderReply.reset())).hasRootCauseInstanceOf(SocketException.class);
        assertThat(onlyCall().outcome()).isEqualTo(FAILED);
        assertThat(onlyCall().status()).isZero();
        assertThat(onlyCall().clientGone()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void close_beforeAnyByte_isSeenByTheClient(ProviderProtocol protocol) throws Exception {
        assertThat(stream(protocol, ProviderReply.close()).failure)
                .succeedsWithin(TIMEOUT)
                .extracting(ProviderFaultsTest::root)
                .isInstanceOf(EOFException.class);
        assertThat(onlyCall().outcome()).isEqualTo(FAILED);
    }

    @ParameterizedTest
    @EnumSource
    void close_afterAnAnswerOnTheSameConnection_isSeenByTheClient(ProviderProtocol protocol) {
        ChatModel model = Clients.model(protocol, server);
        assertThat(model.chat("x")).isEqualTo("one two three");
        server.enqueue(ProviderReply.close());
        assertThatThrownBy(() -> model.chat("y")).hasRootCauseInstanceOf(EOFException.class);
        assertThat(model.chat("z")).isEqualTo("one two three");
        assertThat(server.requests()).extracting(ProviderRequest::prompt).containsExactly("x", "y", "z");
    }

    static Stream<Arguments> wholes() {
        return Stream.of(ProviderProtocol.values())
                .flatMap(protocol -> Stream.of(
                        Arguments.of(protocol, ANSWER.resetAfter(0), FAILED, SocketException.class),
                        Arguments.of(protocol, ANSWER.closeAfter(0), FAILED, EOFException.class),
                        Arguments.of(protocol, ANSWER.resetAfter(1), PARTIAL, SocketException.class),
                        Arguments.of(protocol, ANSWER.closeAfter(3), PARTIAL, EOFException.class),
                        Arguments.of(protocol, ANSWER.cutAfter(0), FAILED, IOException.class), // no JSON
                        Arguments.of(protocol, ANSWER.cutAfter(1), PARTIAL, IOException.class),
                        Arguments.of(protocol, ANSWER.garbageAfter(1, "<html>"), PARTIAL, IOException.class),
                        Arguments.of(protocol, ProviderReply.raw(200, "<html>"), FAILED, IOException.class)));
    }

    @ParameterizedTest
    @MethodSource("wholes")
    void whole_thatBreaks_fails(
            ProviderProtocol protocol, ProviderReply reply, ProviderOutcome outcome, Class<? extends Throwable> root)
            throws Exception {
        assertThat(wholeFails(protocol, reply)).hasRootCauseInstanceOf(root);
        ProviderCall call = onlyCall();
        assertThat(call.outcome()).isEqualTo(outcome);
        assertThat(call.status()).isEqualTo(200);
        assertThat(call.usage()).isNull();
        assertThat(call.clientGone()).isFalse();
    }

    static Stream<Arguments> breaks() {
        return Stream.of(ProviderProtocol.values())
                .flatMap(protocol -> Stream.of(
                        Arguments.of(protocol, ANSWER.closeAfter(1), EOFException.class),
                        Arguments.of(protocol, ANSWER.resetAfter(1), SocketException.class)));
    }

    /** The JDK's client forgets what it has received and not read when the connection breaks: hence the gate. */
    @ParameterizedTest
    @MethodSource("breaks")
    void stream_thatBreaks_endsWithAnError(
            ProviderProtocol protocol, ProviderReply reply, Class<? extends Throwable> root) throws Exception {
        StreamLog log = stream(protocol, reply.stallAfter(1, gate));
        assertThat(log.firstPiece.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        gate.open();
        assertThat(log.failure)
                .succeedsWithin(TIMEOUT)
                .extracting(ProviderFaultsTest::root)
                .isInstanceOf(root);
        assertThat(log.lines.get(0)).isEqualTo("text one ");
        ProviderCall call = onlyCall();
        assertThat(call.outcome()).isEqualTo(PARTIAL);
        assertThat(call.pieces()).isOne();
        assertThat(call.clientGone()).isFalse();
        // Anthropic reports the input at the start of a stream, and that the output has begun
        assertThat(call.usage()).isEqualTo(protocol == ANTHROPIC ? ProviderUsage.of(9, 1) : null);
        if (protocol != ANTHROPIC) { // its client alone leaves it at that
            assertThat(log.response).succeedsWithin(TIMEOUT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void stream_thatIsCut_hasNoEnd(ProviderProtocol protocol) throws Exception {
        StreamLog log = stream(protocol, ANSWER.cutAfter(3));
        ProviderCall call = onlyCall();
        assertThat(call.outcome()).isEqualTo(PARTIAL);
        assertThat(call.pieces()).isEqualTo(3);
        if (protocol == ANTHROPIC) { // its client never calls back again
            assertThat(log.firstPiece.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(log.end).isNotDone();
        } else { // the others take it for a success
            assertThat(log.response).succeedsWithin(TIMEOUT);
            assertThat(log.response.join().metadata().tokenUsage()).isNull();
            assertThat(log.response.join().metadata().finishReason()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void stream_withAnErrorInside_tellsIt(ProviderProtocol protocol) throws Exception {
        StreamLog log = stream(protocol, ANSWER.errorAfter(2, "Overloaded"));
        if (protocol == GEMINI) { // its client does not notice
            assertThat(log.response).succeedsWithin(TIMEOUT);
        } else {
            assertThat(log.failure).succeedsWithin(TIMEOUT);
            assertThat(log.failure.join()).hasMessageContaining("Overloaded");
        }
        assertThat(onlyCall().outcome()).isEqualTo(PARTIAL);
        assertThat(onlyCall().pieces()).isEqualTo(2);
    }

    static Stream<Arguments> holds() {
        return Stream.of(ProviderProtocol.values())
                .flatMap(protocol -> Stream.of(false, true)
                        .flatMap(streaming -> Stream.of("delay", "stallInHeaders", "stallAfter 0", "stallAfter 2")
                                .map(where -> Arguments.of(protocol, streaming, where))));
    }

    @ParameterizedTest
    @MethodSource("holds")
    void reply_thatIsHeld_goesOnWhenTheGateOpens(ProviderProtocol protocol, boolean streaming, String where)
            throws Exception {
        server.enqueue(
                switch (where) {
                    case "delay" -> ANSWER.delay(gate);
                    case "stallInHeaders" -> ANSWER.stallInHeaders(gate);
                    case "stallAfter 0" -> ANSWER.stallAfter(0, gate);
                    default -> ANSWER.stallAfter(2, gate);
                });
        CompletableFuture<String> text = ask(protocol, streaming);
        gate.awaitHeld(1, TIMEOUT);
        assertThat(text).isNotDone();
        ProviderCall held = server.calls().get(0);
        assertThat(held.outcome()).isEqualTo(ProviderOutcome.PENDING);
        assertThat(held.status()).isEqualTo(where.equals("delay") ? 0 : 200);
        assertThat(held.pieces()).isEqualTo(streaming && where.endsWith("2") ? 2 : 0);
        gate.open();
        assertThat(text).succeedsWithin(TIMEOUT).isEqualTo("one two three");
        assertThat(onlyCall().outcome()).isEqualTo(ANSWERED);
    }

    private CompletableFuture<String> ask(ProviderProtocol protocol, boolean streaming) {
        if (streaming) {
            StreamLog log = new StreamLog();
            Clients.streaming(protocol, server).chat("x", log);
            return log.response.thenApply(response -> response.aiMessage().text());
        }
        ChatModel model = Clients.model(protocol, server);
        return CompletableFuture.supplyAsync(() -> model.chat("x"), task -> new Thread(task).start());
    }

    @ParameterizedTest
    @EnumSource
    void client_thatCancels_isSeenByTheServer(ProviderProtocol protocol) throws Exception {
        StreamLog log = stream(protocol, ANSWER.stallAfter(1, gate));
        log.handle.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS).cancel();
        server.awaitClientsGone(1, TIMEOUT);
        ProviderCall call = onlyCall();
        assertThat(call.clientGone()).isTrue();
        assertThat(call.outcome()).isEqualTo(PARTIAL);
        assertThat(call.pieces()).isOne();
        assertThat(log.lines.get(0)).isEqualTo("text one "); // an error may follow, as the client's read is broken off
    }

    @ParameterizedTest
    @EnumSource
    void client_thatGivesUpBeforeTheFirstByte_isSeenByTheServer(ProviderProtocol protocol) throws Exception {
        server.enqueue(ANSWER.delay(gate));
        ChatModel model = Clients.model(protocol, server);
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread caller = new Thread(() -> failure.complete(catchThrowable(() -> model.chat("x"))));
        caller.start();
        gate.awaitHeld(1, TIMEOUT);
        caller.interrupt();
        assertThat(failure).succeedsWithin(TIMEOUT);
        server.awaitClientsGone(1, TIMEOUT);
        assertThat(onlyCall().outcome()).isEqualTo(FAILED);
        assertThat(onlyCall().status()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void usage_thatIsMissing_isMissing(ProviderProtocol protocol) throws Exception {
        StreamLog log = stream(protocol, ProviderReply.of("one"));
        assertThat(log.response).succeedsWithin(TIMEOUT);
        assertThat(onlyCall().outcome()).isEqualTo(ANSWERED);
        assertThat(onlyCall().usage()).isNull();
        assertThat(onlyCall().wireUsage()).isEmpty();
        if (protocol == ANTHROPIC) { // its client makes zeros of it
            assertThat(log.response.join().metadata().tokenUsage().totalTokenCount())
                    .isZero();
        } else {
            assertThat(log.response.join().metadata().tokenUsage()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void usageJson_isSentAsItIs(ProviderProtocol protocol) throws Exception {
        String json = "{\"prompt_tokens\":7,\"input_tokens\":7,\"promptTokenCount\":7,\"later\":{\"deep\":[1]}}";
        StreamLog log = stream(protocol, ProviderReply.of("one").usageJson(json));
        assertThat(log.response).succeedsWithin(TIMEOUT);
        assertThat(log.response.join().metadata().tokenUsage().inputTokenCount())
                .isEqualTo(7);
        assertThat(onlyCall().usage()).isEqualTo(ProviderUsage.of(7, 0));
        assertThat(onlyCall().wireUsage()).containsOnlyKeys("prompt_tokens", "input_tokens", "promptTokenCount");
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
