package io.agentruntime.testkit.provider;

import static io.agentruntime.testkit.provider.Clients.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import io.agentruntime.testkit.provider.ProviderRateLimits.Limit;
import io.agentruntime.testkit.provider.ProviderRequest.Message;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The server itself: HTTP, order, counting, many clients, and its end. */
class ProviderTrafficTest {

    private static final String WHOLE = "{\"model\":\"m\",\"stream\":false,\"messages\":[]}";
    private static final String STREAM = "{\"model\":\"m\",\"stream\":true,\"messages\":[]}";

    private ProviderServer server;

    @BeforeEach
    void start() throws IOException {
        server = ProviderServer.start(
                request -> ProviderReply.of("You said: ", request.prompt()).usage(21, 8));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static HttpClient client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    private static HttpRequest request(String url, BodyPublisher body) {
        return HttpRequest.newBuilder(URI.create(url))
                .timeout(TIMEOUT)
                .POST(body)
                .build();
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return client().send(request(path(), BodyPublishers.ofString(body)), BodyHandlers.ofString());
    }

    private String path() {
        return server.openAiUrl() + "/chat/completions";
    }

    @Test
    void enqueue_repliesInOrder_thenTheFunctionAgain() {
        server.enqueue(
                ProviderReply.error(429, "slow down").header("Retry-After", "7"), ProviderReply.of("from the store"));
        ChatModel model = Clients.model(ProviderProtocol.OPENAI, server);
        assertThatThrownBy(() -> model.chat("a")).hasMessageContaining("slow down");
        assertThat(model.chat("b")).isEqualTo("from the store");
        assertThat(model.chat("c")).isEqualTo("You said: c");
        assertThat(server.requests()).extracting(ProviderRequest::prompt).containsExactly("a", "b", "c");
        assertThat(server.requests()).extracting(ProviderRequest::number).containsExactly(1L, 2L, 3L);
        assertThat(server.answered()).isEqualTo(2);
        assertThat(server.reported()).isEqualTo(ProviderUsage.of(21, 8));
    }

    @Test
    void error_sendsStatusHeadersAndBody() throws Exception {
        server.enqueue(
                ProviderReply.raw(429, "slow down").header("retry-after", "6").header("Retry-After", "7"),
                ProviderReply.raw(503, ""));
        HttpResponse<String> response = post(STREAM);
        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.headers().allValues("Retry-After")).containsExactly("7");
        assertThat(response.headers().firstValue("x-request-id")).hasValue("req_1");
        assertThat(response.body()).isEqualTo("slow down");
        assertThat(post(WHOLE).body()).isEmpty();
        assertThat(server.calls()).extracting(ProviderCall::status).containsExactly(429, 503);
        assertThat(server.calls()).allMatch(call -> call.outcome() == ProviderOutcome.FAILED);
    }

    @Test
    void rateLimits_areToldInTheWordsOfTheProtocol() throws Exception {
        ProviderRateLimits limits = new ProviderRateLimits(
                new Limit(60, 59, Duration.ofMillis(1_500)),
                new Limit(10_000, 7, Duration.ofMinutes(6)),
                Instant.parse("2026-01-01T00:00:00Z"));
        server.enqueue(
                ProviderReply.of("a").rateLimits(limits), ProviderReply.of("a").rateLimits(limits));
        HttpResponse<String> openAi = post(WHOLE);
        assertThat(openAi.headers().firstValue("x-ratelimit-limit-requests")).hasValue("60");
        assertThat(openAi.headers().firstValue("x-ratelimit-remaining-requests"))
                .hasValue("59");
        assertThat(openAi.headers().firstValue("x-ratelimit-reset-requests")).hasValue("1.5s");
        assertThat(openAi.headers().firstValue("x-ratelimit-remaining-tokens")).hasValue("7");
        assertThat(openAi.headers().firstValue("x-ratelimit-reset-tokens")).hasValue("6m0s");
        HttpResponse<String> anthropic = client().send(
                        request(server.anthropicUrl() + "/messages", BodyPublishers.ofString(WHOLE)),
                        BodyHandlers.ofString());
        assertThat(anthropic.headers().firstValue("request-id")).hasValue("req_2");
        assertThat(anthropic.headers().firstValue("anthropic-ratelimit-requests-remaining"))
                .hasValue("59");
        assertThat(anthropic.headers().firstValue("anthropic-ratelimit-tokens-reset"))
                .hasValue("2026-01-01T00:06:00Z");
    }

    @Test
    void stream_withoutUsageWanted_reportsNone() throws Exception {
        HttpResponse<String> response = post(STREAM);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        assertThat(response.body()).endsWith("data: [DONE]\n\n").doesNotContain("usage");
        assertThat(server.answered()).isOne();
        assertThat(server.reported()).isEqualTo(ProviderUsage.ZERO);
    }

    @Test
    void usage_thatCannotBe_isKeptInTheWordsOfTheProtocolOnly() throws Exception {
        server.enqueue(ProviderReply.of("a").usageJson("{\"prompt_tokens\":-7,\"completion_tokens\":3}"));
        post(WHOLE);
        assertThat(server.calls().get(0).usage()).isNull();
        assertThat(server.calls().get(0).wireUsage()).containsEntry("prompt_tokens", -7L);
        assertThat(server.reported()).isEqualTo(ProviderUsage.ZERO);
    }

    @Test
    void request_thatIsNoChat_isRefused() throws Exception {
        assertThat(post("this is not JSON").statusCode()).isEqualTo(400);
        HttpRequest embeddings = request(server.openAiUrl() + "/embeddings", BodyPublishers.ofString("{}"));
        assertThat(client().send(embeddings, BodyHandlers.ofString()).statusCode())
                .isEqualTo(404);
        HttpRequest get = HttpRequest.newBuilder(URI.create(path())).build();
        assertThat(client().send(get, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void request_thatIsNotHttp_endsItsConnectionOnly() throws Exception {
        try (Socket socket =
                new Socket(URI.create(path()).getHost(), URI.create(path()).getPort())) {
            socket.getOutputStream().write("what?\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        }
        assertThat(post(WHOLE).statusCode()).isEqualTo(200);
    }

    @Test
    void request_inChunks_isRead() throws Exception {
        BodyPublisher chunked = BodyPublishers.fromPublisher(BodyPublishers.ofString(WHOLE));
        assertThat(client().send(request(path(), chunked), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        assertThat(server.requests().get(0).body()).isEqualTo(WHOLE);
        assertThat(server.requests().get(0).header("Transfer-Encoding")).hasValue("chunked");
    }

    @Test
    void request_withPartsAsContent_givesTheirTexts() throws Exception {
        post("""
                {"model":"m","messages":[{"role":"user","content":[
                  {"type":"text","text":"one"},{"type":"image_url","image_url":{}},{"type":"text","text":"two"}]},
                  {"role":"assistant","content":null}]}""");
        assertThat(server.requests().get(0).messages())
                .containsExactly(new Message("user", "one\ntwo"), new Message("assistant", ""));
    }

    @Test
    void chat_withTheClientsOwnSettings_worksToo() { // offers HTTP/2
        var model = OpenAiChatModel.builder()
                .baseUrl(server.openAiUrl())
                .apiKey("any")
                .modelName("m")
                .build();
        assertThat(model.chat("a")).isEqualTo("You said: a");
        assertThat(model.chat("b")).isEqualTo("You said: b");
    }

    @Test
    void answer_thatThrows_isStatus500() throws Exception {
        try (ProviderServer broken = ProviderServer.start(request -> {
            throw new IllegalStateException("no answer to " + request.model());
        })) {
            HttpResponse<String> response = client().send(
                            request(broken.openAiUrl() + "/chat/completions", BodyPublishers.ofString(WHOLE)),
                            BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.body()).contains("no answer to m");
            assertThat(broken.answered()).isZero();
        }
    }

    @Test
    void pause_holdsTheRepliesUntilResume() throws Exception {
        server.pause();
        server.pause();
        HttpClient client = client();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            answers.add(client.sendAsync(request(path(), BodyPublishers.ofString(WHOLE)), BodyHandlers.ofString()));
        }
        server.awaitRequests(3, TIMEOUT);
        assertThat(answers).noneMatch(CompletableFuture::isDone);
        assertThatThrownBy(() -> server.awaitQuiet(Duration.ofMillis(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessage("3 calls have not ended within PT0.001S");
        server.resume();
        assertThat(answers).allSatisfy(answer -> assertThat(answer).succeedsWithin(TIMEOUT));
        assertThat(server.answered()).isEqualTo(3);
        server.awaitQuiet(TIMEOUT);
    }

    @Test
    void await_ofTooFew_saysHowManyThereWere() throws Exception {
        post(WHOLE);
        assertThatThrownBy(() -> server.awaitRequests(2, Duration.ofMillis(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessage("1 requests arrived within PT0.001S, expected 2");
        assertThatThrownBy(() -> server.awaitClientsGone(1, Duration.ofMillis(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessage("0 clients went away within PT0.001S, expected 1");
        assertThatThrownBy(() -> new ProviderGate().awaitHeld(1, Duration.ofMillis(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessage("0 replies were held within PT0.001S, expected 1");
    }

    @ParameterizedTest
    @EnumSource
    void answers_ofManyThreads_areCountedExactly(ProviderProtocol protocol) throws Exception {
        ChatModel model = Clients.model(protocol, server);
        onThreads(8, member -> {
            for (int i = 0; i < 250; i++) {
                assertThat(model.chat(member + "/" + i)).isEqualTo("You said: " + member + "/" + i);
            }
        });
        assertThat(server.answered()).isEqualTo(2_000);
        assertThat(server.reported()).isEqualTo(ProviderUsage.of(42_000, 16_000));
        assertThat(server.requests()).extracting(ProviderRequest::prompt).doesNotHaveDuplicates();
    }

    @Test
    void streams_atTheSameTime_mayBeMany() throws Exception {
        ProviderGate gate = new ProviderGate();
        try (ProviderServer many = ProviderServer.start(
                request -> ProviderReply.of("one ", "two").usage(2, 1).stallAfter(1, gate))) {
            HttpClient client = client();
            HttpRequest request = request(many.openAiUrl() + "/chat/completions", BodyPublishers.ofString(STREAM));
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 128; i++) {
                answers.add(client.sendAsync(request, BodyHandlers.ofString()));
            }
            gate.awaitHeld(128, TIMEOUT);
            assertThat(many.calls()).allMatch(call -> call.pieces() == 1);
            gate.open();
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer)
                            .succeedsWithin(TIMEOUT)
                            .extracting(HttpResponse::body)
                            .asString()
                            .contains("one ", "two", "[DONE]"));
            assertThat(many.answered()).isEqualTo(128);
        }
    }

    @Test
    void close_withRepliesHeldBack_breaksThemOffAndEndsItsThreads() throws Exception {
        server.pause();
        CompletableFuture<HttpResponse<String>> held =
                client().sendAsync(request(path(), BodyPublishers.ofString(WHOLE)), BodyHandlers.ofString());
        server.awaitRequests(1, TIMEOUT);
        List<Thread> threads = serverThreads();
        assertThat(threads).isNotEmpty().allMatch(Thread::isDaemon);
        server.close();
        for (Thread thread : threads) {
            thread.join(TIMEOUT.toMillis());
        }
        assertThat(threads).noneMatch(Thread::isAlive);
        assertThat(held).failsWithin(TIMEOUT).withThrowableThat().withCauseInstanceOf(IOException.class);
        assertThat(server.answered()).isZero();
        assertThat(server.calls().get(0).outcome()).isEqualTo(ProviderOutcome.FAILED);
        assertThat(server.calls().get(0).clientGone()).isFalse();
        assertThatThrownBy(() -> post(WHOLE)).isInstanceOf(ConnectException.class);
    }

    private static List<Thread> serverThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("testkit-provider-"))
                .toList();
    }

    private interface Member {
        void run(int number);
    }

    private static void onThreads(int size, Member member) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(size);
        try {
            List<Future<?>> members = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                int number = i;
                members.add(threads.submit(() -> member.run(number)));
            }
            for (Future<?> each : members) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
