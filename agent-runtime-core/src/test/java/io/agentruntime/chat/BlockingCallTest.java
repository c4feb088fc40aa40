package io.agentruntime.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.UnresolvedModelServerException;
import dev.langchain4j.http.client.HttpMethod;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import io.agentruntime.resilience.ProviderHttpException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class BlockingCallTest {

    @Test
    void call_ofAModel_isAnsweredAndItsHeadersAreSeen() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            String request = peer.request();
            boolean plain = request.startsWith("POST /v1/chat/completions HTTP/1.1") && !request.contains("Upgrade:");
            peer.answer(plain ? 200 : 400, WirePeer.completion("hi"), "x-ratelimit-remaining-tokens: 149984");
        })) {
            List<WireAnswer> answers = new ArrayList<>();
            WireCall wire = new WireCall(answers::add);
            try (WireCall.Binding bound = wire.bind()) {
                assertThat(rig.model().chat("hello")).isEqualTo("hi");
            }
            assertThat(answers).singleElement().satisfies(answer -> {
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.headers().get("x-ratelimit-remaining-tokens")).containsExactly("149984");
            });
            assertThat(rig.transport.openExchanges()).isZero();
            assertThat(rig.timer.pending()).isZero();
        }
    }

    @Test
    void observerThatThrows_harmsNothing() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.answer(200, WirePeer.completion("hi"));
        })) {
            WireCall wire = new WireCall(answer -> {
                throw new IllegalStateException("observer");
            });
            try (WireCall.Binding bound = wire.bind()) {
                assertThat(rig.model().chat("hello")).isEqualTo("hi");
            }
        }
    }

    @Test
    void errorStatus_isThrownWithHeadersAndBody() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.answer(401, "no", "X-Request-Id: r");
        })) {
            assertThatThrownBy(() -> rig.model().chat("hello"))
                    .isInstanceOf(AuthenticationException.class)
                    .satisfies(e -> assertThat(
                                    ProviderHttpException.in(e).orElseThrow().header("x-request-id"))
                            .contains("r"));
        }
    }

    @Test
    void brokenConnections_areIoFailures() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.reset();
        })) {
            assertThatThrownBy(() -> client(rig).execute(rig.request()))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageStartingWith("the exchange with " + rig.server.host() + " failed: ")
                    .hasCauseInstanceOf(IOException.class);
        }
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
        })) {
            assertThatThrownBy(() -> client(rig).execute(rig.request())).isInstanceOf(UncheckedIOException.class);
        }
    }

    private static dev.langchain4j.http.client.HttpClient client(Rig rig) {
        return rig.transport.clientBuilder().build();
    }

    @Test
    void errorStatus_whoseBodyBreaksOff_keepsItsStatus() throws Exception {
        try (Rig rig = Rig.of(peer -> {
            peer.request();
            peer.send("HTTP/1.1 503 X\r\nContent-Length: 100\r\n\r\nbusy");
        })) {
            assertThatThrownBy(() -> client(rig).execute(rig.request()))
                    .isInstanceOfSatisfying(
                            ProviderHttpException.class,
                            e -> assertThat(e.statusCode()).isEqualTo(503));
        }
    }

    @Test
    void unknownHost_isMappedAsLangChain4jMapsIt() throws Exception {
        try (Rig rig = Rig.of(WirePeer::awaitGone)) {
            OpenAiChatModel model = OpenAiChatModel.builder()
                    .httpClientBuilder(rig.transport.clientBuilder())
                    .baseUrl("http://nowhere.invalid/v1")
                    .apiKey("key")
                    .modelName("m")
                    .maxRetries(0)
                    .build();
            assertThatThrownBy(() -> model.chat("hello")).isInstanceOf(UnresolvedModelServerException.class);
        }
    }

    @Test
    void formData_isSentAsMultipart() throws Exception {
        CompletableFuture<String> received = new CompletableFuture<>();
        try (Rig rig = Rig.of(peer -> {
            received.complete(peer.request());
            peer.answer(200, "ok");
        })) {
            SuccessfulHttpResponse response = client(rig)
                    .execute(HttpRequest.builder()
                            .method(HttpMethod.POST)
                            .url(rig.server.url() + "/audio")
                            .addHeader("Content-Type", "application/json")
                            .addFormDataField("model", "whisper")
                            .addFormDataFile(
                                    "file", "a\"\r\nb.txt", "text/plain", "héllo".getBytes(StandardCharsets.UTF_8))
                            .build());
            assertThat(response.body()).isEqualTo("ok");
            Matcher boundary = Pattern.compile("(?i)content-type: multipart/form-data; boundary=(\\S+)")
                    .matcher(received.join());
            assertThat(boundary.find()).isTrue();
            String line = "--" + boundary.group(1);
            assertThat(received.join())
                    .endsWith(line + "\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper\r\n" + line
                            + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22%0D%0Ab.txt\"\r\n"
                            + "Content-Type: text/plain\r\n\r\nhéllo\r\n" + line + "--\r\n");
        }
    }
}
