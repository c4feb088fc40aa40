package io.agentruntime.usage;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The listener on LangChain4j's own client for OpenAI, whose streams end in many ways. */
class StreamTrackingTest {

    private static final UsageContext ACME = UsageContext.of("acme", "streams");
    private static final String TEXT = chunk("{\"delta\":{\"content\":\"hello\"}}", "null");
    private static final String STOP = chunk("{\"delta\":{},\"finish_reason\":\"stop\"}", "null");
    private static final String USAGE = """
            data: {"id":"1","model":"m-2026","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":9,\
            "total_tokens":29,"prompt_tokens_details":{"cached_tokens":16},\
            "completion_tokens_details":{"reasoning_tokens":7}}}

            """;
    private static final String NULL_DETAILS = """
            data: {"id":"1","model":"m-2026","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":9,\
            "total_tokens":29,"prompt_tokens_details":null,"completion_tokens_details":null}}

            """;
    private static final String DONE = "data: [DONE]\n\n";

    private static String chunk(String choice, String usage) {
        return "data: {\"id\":\"1\",\"model\":\"m-2026\",\"choices\":[" + choice + "],\"usage\":" + usage + "}\n\n";
    }

    private final BlockingQueue<UsageEvent> events = new LinkedBlockingQueue<>();
    private final AtomicLong nanos = new AtomicLong();
    private final UsageLedger ledger =
            UsageLedger.builder(events::add).ticker(nanos::get).build();
    private final CountDownLatch clientIsGone = new CountDownLatch(1);
    private HttpServer server;
    private volatile List<String> script = List.of();

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stopServer() {
        clientIsGone.countDown();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            for (String part : script) {
                if (part.isEmpty()) {
                    clientIsGone.await(60, TimeUnit.SECONDS);
                } else {
                    exchange.getResponseBody().write(part.getBytes(StandardCharsets.UTF_8));
                    exchange.getResponseBody().flush();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static class Handler implements StreamingChatResponseHandler {
        private final CountDownLatch ended = new CountDownLatch(1);

        @Override
        public void onCompleteResponse(ChatResponse response) {
            ended.countDown();
        }

        @Override
        public void onError(Throwable error) {
            ended.countDown();
        }
    }

    private void ask(StreamingChatResponseHandler handler) {
        OpenAiStreamingChatModel model = OpenAiStreamingChatModel.builder()
                .baseUrl("http://localhost:" + server.getAddress().getPort())
                .apiKey("none")
                .modelName("m")
                .listeners(List.of(TokenTrackingListener.create(ledger)))
                .build();
        try (ContextScope scope = ACME.open()) {
            model.chat(
                    ChatRequest.builder().messages(UserMessage.from("12345678")).build(), handler);
        }
    }

    private UsageEvent next() throws InterruptedException {
        UsageEvent event = events.poll(60, TimeUnit.SECONDS);
        assertThat(event).isNotNull();
        assertThat(event.organisation()).isEqualTo("acme");
        assertThat(event.provider()).isEqualTo("open_ai");
        assertThat(event.requestedModel()).isEqualTo("m");
        return event;
    }

    @Test
    @Tag("flaw-65")
    void stream_thatEnds_hasTheUsageOfItsLastChunk() throws Exception {
        script = List.of(TEXT, STOP, USAGE, DONE);
        ask(new Handler());
        UsageEvent event = next();
        assertThat(event.outcome()).isEqualTo(CallOutcome.COMPLETED);
        assertThat(event.quality()).isEqualTo(UsageQuality.REPORTED);
        assertThat(event.tokens()).isEqualTo(new TokenCounts(20, 9, 16, 0, 7, 29));
        assertThat(event.model()).isEqualTo("m-2026");
    }

    @Test
    @Tag("flaw-66")
    void stream_whoseDetailsAreNull_isCounted() throws Exception {
        script = List.of(TEXT, STOP, NULL_DETAILS, DONE);
        ask(new Handler());
        assertThat(next().tokens()).isEqualTo(TokenCounts.of(20, 9));
    }

    @Test
    @Tag("flaw-67")
    void stream_thatIsCut_isTruncatedAndEstimated() throws Exception {
        script = List.of(TEXT, TEXT);
        ask(new Handler());
        UsageEvent event = next();
        assertThat(event.outcome()).isEqualTo(CallOutcome.TRUNCATED);
        assertThat(event.quality()).isEqualTo(UsageQuality.ESTIMATED);
        assertThat(event.tokens()).isEqualTo(TokenCounts.of(2, 3));
    }

    @Test
    @Tag("flaw-67")
    void stream_thatIsCancelled_isReaped() throws Exception {
        script = List.of(TEXT, "", TEXT);
        CountDownLatch cancelled = new CountDownLatch(1);
        ask(new Handler() {
            @Override
            public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
                context.streamingHandle().cancel();
                cancelled.countDown();
            }
        });
        assertThat(cancelled.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(ledger.statistics().open()).isEqualTo(1);
        nanos.addAndGet(Duration.ofMinutes(30).toNanos());
        assertThat(ledger.reap(Duration.ofMinutes(30))).isEqualTo(1);
        UsageEvent event = next();
        assertThat(event.outcome()).isEqualTo(CallOutcome.TIMED_OUT);
        assertThat(event.tokens()).isEqualTo(TokenCounts.of(2, 0)); // the listener does not see the text
    }

    @Test
    @Tag("flaw-67")
    void stream_whoseHandlerThrows_isOneFailedCall() throws Exception {
        script = List.of(TEXT, TEXT, STOP, USAGE, DONE);
        CountDownLatch complete = new CountDownLatch(1);
        ask(new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String text) {
                throw new IllegalStateException("in the handler");
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                complete.countDown();
            }

            @Override
            public void onError(Throwable error) {}
        });
        assertThat(complete.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(next().outcome()).isEqualTo(CallOutcome.FAILED);
        assertThat(events).isEmpty();
        assertThat(ledger.statistics().recorded()).isEqualTo(1);
    }
}
