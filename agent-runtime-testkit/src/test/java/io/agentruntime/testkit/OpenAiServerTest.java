package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.http.client.jdk.JdkHttpClient;
import dev.langchain4j.http.client.jdk.JdkHttpClientBuilder;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import io.agentruntime.usage.TokenCounts;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against the client that applications use: LangChain4j's. */
class OpenAiServerTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String QUESTION = "{\"model\":\"m\",\"stream\":%s,\"messages\":[]}";

    private OpenAiServer server;

    @BeforeEach
    void start() throws IOException {
        server = OpenAiServer.start(
                request -> new OpenAiReply("You said: " + request.prompt() + " – twice?", 21, 8, 13));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void chat_withLangChain4j_getsTheReplyAndItsCost() {
        ChatResponse response = model().chat(SystemMessage.from("Be brief."), UserMessage.from("Grüße"));
        assertThat(response.aiMessage().text()).isEqualTo("You said: Grüße – twice?");
        assertThat(response.metadata().modelName()).isEqualTo("some-model");
        assertCost(response);
        assertThat(server.requests())
                .containsExactly(new OpenAiRequest(
                        "some-model",
                        false,
                        List.of(
                                new OpenAiRequest.Message("system", "Be brief."),
                                new OpenAiRequest.Message("user", "Grüße"))));
        assertThat(server.answered()).isOne();
        assertThat(server.reported()).isEqualTo(new TokenCounts(21, 8, 13, 29));
    }

    @Test
    void chat_withTheClientsOwnSettings_worksToo() {
        var model = OpenAiChatModel.builder()
                .baseUrl(server.url())
                .apiKey("any")
                .modelName("m")
                .build();
        assertThat(model.chat("a")).isEqualTo("You said: a – twice?");
        assertThat(model.chat("b")).isEqualTo("You said: b – twice?");
    }

    @Test
    void stream_withLangChain4j_getsThePiecesAndTheCost() throws Exception {
        List<String> pieces = new ArrayList<>();
        ChatResponse response = stream("Grüße", pieces).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        assertThat(pieces).containsExactly("You ", "said: ", "Grüße ", "– ", "twice?");
        assertThat(response.aiMessage().text()).isEqualTo("You said: Grüße – twice?");
        assertCost(response);
        assertThat(server.requests()).extracting(OpenAiRequest::streaming).containsExactly(true);
        assertThat(server.answered()).isOne();
        assertThat(server.reported()).isEqualTo(new TokenCounts(21, 8, 13, 29));
    }

    @Test
    void stream_withoutUsageWanted_reportsNone() throws Exception {
        HttpResponse<String> response = post(QUESTION.formatted(true));
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        assertThat(response.body()).endsWith("data: [DONE]\n\n").doesNotContain("usage");
    }

    @Test
    void failNext_failsThatManyRequests_inOrder() {
        server.failNext(429, Map.of("Retry-After", "7"), "slow down");
        server.failNext(503, Map.of(), "");
        server.failNext(401, Map.of(), "who are you?");
        OpenAiChatModel model = model();
        assertThatThrownBy(() -> model.chat("a"))
                .isInstanceOf(RateLimitException.class)
                .hasMessageContaining("slow down");
        assertThatThrownBy(() -> model.chat("b")).isInstanceOf(InternalServerException.class);
        assertThatThrownBy(() -> model.chat("c")).isInstanceOf(AuthenticationException.class);
        assertThat(model.chat("d")).isEqualTo("You said: d – twice?");
        assertThat(server.requests()).extracting(OpenAiRequest::prompt).containsExactly("a", "b", "c", "d");
        assertThat(server.answered()).isOne();
    }

    @Test
    void failNext_sendsStatusHeadersAndBody() throws Exception {
        server.failNext(429, Map.of("Retry-After", "7"), "slow down");
        HttpResponse<String> response = post(QUESTION.formatted(false));
        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.headers().firstValue("Retry-After")).hasValue("7");
        assertThat(response.body()).isEqualTo("slow down");
    }

    @Test
    void failNext_failsAStreamToo() {
        server.failNext(503, Map.of(), "overloaded");
        assertThat(stream("a", new ArrayList<>()))
                .failsWithin(TIMEOUT)
                .withThrowableThat()
                .withCauseInstanceOf(InternalServerException.class);
        assertThat(server.answered()).isZero();
    }

    @Test
    void pause_holdsTheRepliesUntilResume() throws Exception {
        server.pause();
        List<CompletableFuture<String>> answers = new ArrayList<>();
        OpenAiChatModel model = model();
        for (String question : List.of("a", "b", "c")) {
            answers.add(
                    CompletableFuture.supplyAsync(() -> model.chat(question), command -> new Thread(command).start()));
        }
        server.awaitRequests(3, TIMEOUT);
        assertThat(answers).noneMatch(CompletableFuture::isDone);
        assertThat(server.answered()).isZero();
        server.resume();
        assertThat(answers).allSatisfy(answer -> assertThat(answer).succeedsWithin(TIMEOUT));
        assertThat(server.answered()).isEqualTo(3);
    }

    @Test
    void awaitRequests_ofTooFew_saysHowManyCame() {
        model().chat("a");
        assertThatThrownBy(() -> server.awaitRequests(2, Duration.ofMillis(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessage("1 requests arrived within PT0.001S, expected 2");
    }

    @Test
    void answer_thatThrows_isStatus500() throws Exception {
        try (OpenAiServer broken = OpenAiServer.start(request -> {
            throw new IllegalStateException("no answer to " + request.model());
        })) {
            HttpResponse<String> response = post(broken.url() + "/chat/completions", QUESTION.formatted(false));
            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.body()).contains("no answer to m");
            assertThat(broken.answered()).isZero();
        }
    }

    @Test
    void request_thatIsNoChat_isRefused() throws Exception {
        assertThat(post("this is not JSON").statusCode()).isEqualTo(400);
        assertThat(post(server.url() + "/embeddings", "{}").statusCode()).isEqualTo(404);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void request_withPartsAsContent_givesTheirTexts() throws Exception {
        post("""
                {"model":"m","messages":[{"role":"user","content":[
                  {"type":"text","text":"one"},{"type":"image_url","image_url":{}},{"type":"text","text":"two"}]},
                  {"role":"assistant","content":null}]}""");
        assertThat(server.requests().get(0).messages())
                .containsExactly(
                        new OpenAiRequest.Message("user", "one\ntwo"), new OpenAiRequest.Message("assistant", ""));
    }

    @Test
    void answers_ofManyThreads_areCountedExactly() throws Exception {
        OpenAiChatModel model = model();
        Crowd.run(8, member -> {
            for (int i = 0; i < 50; i++) {
                assertThat(model.chat(member + "/" + i)).isEqualTo("You said: " + member + "/" + i + " – twice?");
            }
        });
        assertThat(server.answered()).isEqualTo(400);
        assertThat(server.reported()).isEqualTo(new TokenCounts(8_400, 3_200, 5_200, 11_600));
    }

    @Test
    void close_withRepliesHeldBack_breaksThemOffAndEndsItsThreads() throws Exception {
        server.pause();
        CompletableFuture<HttpResponse<String>> held = client().sendAsync(
                        request(server.url() + "/chat/completions", QUESTION.formatted(false)),
                        BodyHandlers.ofString());
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
        assertThatThrownBy(() -> post(QUESTION.formatted(false))).isInstanceOf(ConnectException.class);
    }

    private static List<Thread> serverThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("testkit-openai-")
                        || thread.getName().startsWith("HTTP-Dispatcher"))
                .toList();
    }

    private static void assertCost(ChatResponse response) {
        OpenAiTokenUsage usage = (OpenAiTokenUsage) response.metadata().tokenUsage();
        assertThat(usage.inputTokenCount()).isEqualTo(21);
        assertThat(usage.outputTokenCount()).isEqualTo(8);
        assertThat(usage.totalTokenCount()).isEqualTo(29);
        assertThat(usage.inputTokensDetails().cachedTokens()).isEqualTo(13);
    }

    private static JdkHttpClientBuilder http() {
        return JdkHttpClient.builder().httpClientBuilder(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1));
    }

    private OpenAiChatModel model() {
        return OpenAiChatModel.builder()
                .baseUrl(server.url())
                .apiKey("any")
                .modelName("some-model")
                .httpClientBuilder(http())
                .maxRetries(0)
                .build();
    }

    private CompletableFuture<ChatResponse> stream(String question, List<String> pieces) {
        var model = OpenAiStreamingChatModel.builder()
                .baseUrl(server.url())
                .apiKey("any")
                .modelName("some-model")
                .httpClientBuilder(http())
                .build();
        CompletableFuture<ChatResponse> end = new CompletableFuture<>();
        model.chat(question, new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String piece) {
                pieces.add(piece);
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                end.complete(response);
            }

            @Override
            public void onError(Throwable failure) {
                end.completeExceptionally(failure);
            }
        });
        return end;
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return post(server.url() + "/chat/completions", body);
    }

    private static HttpResponse<String> post(String url, String body) throws IOException, InterruptedException {
        return client().send(request(url, body), BodyHandlers.ofString());
    }

    private static HttpClient client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    private static HttpRequest request(String url, String body) {
        return HttpRequest.newBuilder(URI.create(url))
                .timeout(TIMEOUT)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }
}
