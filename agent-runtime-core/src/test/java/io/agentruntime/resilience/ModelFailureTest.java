package io.agentruntime.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.core.JsonParseException;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.RetriableException;
import dev.langchain4j.exception.UnresolvedModelServerException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.internal.ExceptionMapper;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("flaw-55")
class ModelFailureTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));

    private static FailureKind kind(Throwable failure) {
        return ModelFailure.of(failure, CLOCK).kind();
    }

    @ParameterizedTest
    @CsvSource({
        "400, INVALID_REQUEST",
        "401, AUTHENTICATION",
        "402, AUTHENTICATION",
        "403, AUTHENTICATION",
        "404, INVALID_REQUEST",
        "408, TRANSIENT",
        "409, INVALID_REQUEST",
        "413, INVALID_REQUEST",
        "422, INVALID_REQUEST",
        "425, TRANSIENT",
        "429, RATE_LIMITED",
        "500, TRANSIENT",
        "502, TRANSIENT",
        "503, TRANSIENT",
        "504, TRANSIENT",
        "529, TRANSIENT",
        "301, INVALID_REQUEST"
    })
    void of_status_isByTheTable(int status, FailureKind expected) {
        HttpException answer = new HttpException(status, "no details");
        ModelFailure direct = ModelFailure.of(answer, CLOCK);
        assertThat(direct).isEqualTo(new ModelFailure(expected, null, status));
        assertThat(direct.retryable())
                .isEqualTo(expected == FailureKind.TRANSIENT || expected == FailureKind.RATE_LIMITED);
        assertThat(ModelFailure.of(ExceptionMapper.DEFAULT.mapException(answer), CLOCK))
                .isEqualTo(direct);
        assertThat(ModelFailure.of(new CompletionException(new ExecutionException(answer)), CLOCK))
                .isEqualTo(direct);
    }

    static Stream<Arguments> types() {
        return Stream.of(
                arguments(new RateLimitException("m"), FailureKind.RATE_LIMITED),
                arguments(new InternalServerException("m"), FailureKind.TRANSIENT),
                arguments(new dev.langchain4j.exception.TimeoutException("m"), FailureKind.TRANSIENT),
                arguments(new RetriableException("m"), FailureKind.TRANSIENT),
                arguments(new AuthenticationException("m"), FailureKind.AUTHENTICATION),
                arguments(new ModelNotFoundException("m"), FailureKind.INVALID_REQUEST),
                arguments(new InvalidRequestException("m"), FailureKind.INVALID_REQUEST),
                arguments(new ContentFilteredException("m"), FailureKind.CONTENT_FILTERED),
                arguments(new UnresolvedModelServerException("m"), FailureKind.TRANSIENT),
                arguments(new UnsupportedFeatureException("m"), FailureKind.BUG),
                arguments(new LangChain4jException("m"), FailureKind.BUG),
                // the way to the provider
                arguments(new ConnectException("Connection refused"), FailureKind.TRANSIENT),
                arguments(new SocketException("Connection reset"), FailureKind.TRANSIENT),
                arguments(new HttpTimeoutException("m"), FailureKind.TRANSIENT),
                arguments(new HttpConnectTimeoutException("m"), FailureKind.TRANSIENT),
                arguments(new SocketTimeoutException("m"), FailureKind.TRANSIENT),
                arguments(new TimeoutException("m"), FailureKind.TRANSIENT),
                arguments(new EOFException("m"), FailureKind.TRANSIENT),
                arguments(new ClosedChannelException(), FailureKind.TRANSIENT),
                arguments(new IOException("HTTP/1.1 header parser received no bytes"), FailureKind.TRANSIENT),
                arguments(new UnknownHostException("m"), FailureKind.TRANSIENT),
                arguments(new UnresolvedAddressException(), FailureKind.TRANSIENT),
                arguments(new SSLException("closed by peer"), FailureKind.TRANSIENT),
                arguments(new SSLHandshakeException("m").initCause(new EOFException()), FailureKind.TRANSIENT),
                arguments(
                        new SSLHandshakeException("m").initCause(new CertificateException("m")),
                        FailureKind.AUTHENTICATION),
                // IOExceptions that do not come from there
                arguments(new FileNotFoundException("m"), FailureKind.BUG),
                arguments(new NoSuchFileException("m"), FailureKind.BUG),
                arguments(new AccessDeniedException("m"), FailureKind.BUG),
                arguments(new JsonParseException(null, "m"), FailureKind.BUG),
                // the caller
                arguments(new InterruptedException("m"), FailureKind.CANCELLED),
                arguments(new InterruptedIOException("m"), FailureKind.CANCELLED),
                arguments(new CancellationException("m"), FailureKind.CANCELLED),
                arguments(new RejectedExecutionException("m"), FailureKind.CANCELLED),
                // programs
                arguments(new NullPointerException("m"), FailureKind.BUG),
                arguments(new IllegalArgumentException("m"), FailureKind.BUG),
                arguments(new IllegalStateException("m"), FailureKind.BUG),
                arguments(new NumberFormatException("m"), FailureKind.BUG),
                arguments(new ClassCastException("m"), FailureKind.BUG),
                arguments(new OutOfMemoryError("m"), FailureKind.BUG),
                arguments(new AssertionError("m"), FailureKind.BUG),
                arguments(new RuntimeException("of a kind that nobody knows"), FailureKind.BUG));
    }

    @ParameterizedTest
    @MethodSource("types")
    void of_type_isByTheTableHoweverWrapped(Throwable failure, FailureKind expected) {
        assertThat(kind(failure)).isEqualTo(expected);
        assertThat(kind(new CompletionException(new RuntimeException(failure)))).isEqualTo(expected);
        assertThat(kind(new LangChain4jException(failure))).isEqualTo(expected);
        assertThat(ModelFailure.of(failure, CLOCK).status()).isNull();
    }

    @Test
    void of_severalThatTell_goesByTheOutermost() {
        assertThat(kind(new IllegalStateException(new ConnectException()))).isEqualTo(FailureKind.BUG);
        assertThat(kind(new IOException("m", new InterruptedException()))).isEqualTo(FailureKind.CANCELLED);
        assertThat(kind(new TimeoutException().initCause(new InterruptedException())))
                .isEqualTo(FailureKind.TRANSIENT);
        assertThat(kind(new ConnectException().initCause(new UnresolvedAddressException())))
                .isEqualTo(FailureKind.TRANSIENT);
        assertThat(kind(new UncheckedIOException(new IOException("m", new NullPointerException()))))
                .isEqualTo(FailureKind.BUG);
        assertThat(kind(new IllegalStateException(new HttpException(503, "m"))))
                .as("the provider's own word counts first")
                .isEqualTo(FailureKind.TRANSIENT);
    }

    static Stream<Arguments> bodies() {
        return Stream.of(
                arguments(
                        400,
                        "{\"error\":{\"message\":\"This model's maximum context length is 128000 tokens.\","
                                + "\"type\":\"invalid_request_error\",\"code\":\"context_length_exceeded\"}}",
                        FailureKind.CONTEXT_WINDOW),
                arguments(
                        400,
                        "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
                                + "\"message\":\"prompt is too long: 210000 tokens > 200000 maximum\"}}",
                        FailureKind.CONTEXT_WINDOW),
                arguments(
                        400,
                        "{\"error\":{\"code\":400,\"message\":\"The input token count (2000000) exceeds the maximum number"
                                + " of tokens allowed (1048576).\",\"status\":\"INVALID_ARGUMENT\"}}",
                        FailureKind.CONTEXT_WINDOW),
                arguments(
                        429,
                        "{\"error\":{\"message\":\"Request too large for gpt-4o in organization org-x on tokens per min"
                                + " (TPM): Limit 10000, Requested 20000.\",\"code\":\"rate_limit_exceeded\"}}",
                        FailureKind.CONTEXT_WINDOW),
                arguments(
                        400,
                        "{\"error\":{\"code\":\"content_filter\",\"innererror\":{\"code\":\"ResponsibleAIPolicyViolation\"}}}",
                        FailureKind.CONTENT_FILTERED),
                arguments(
                        400,
                        "{\"type\":\"error\",\"error\":{\"message\":\"Output blocked by content filtering policy\"}}",
                        FailureKind.CONTENT_FILTERED),
                arguments(429, "{\"error\":{\"code\":\"insufficient_quota\"}}", FailureKind.AUTHENTICATION),
                arguments(
                        400,
                        "{\"type\":\"error\",\"error\":{\"message\":\"Your credit balance is too low\"}}",
                        FailureKind.AUTHENTICATION),
                arguments(
                        400,
                        "{\"error\":{\"code\":400,\"message\":\"API key not valid.\",\"details\":[{\"reason\":\"API_KEY_INVALID\"}]}}",
                        FailureKind.AUTHENTICATION),
                arguments(429, "{\"error\":{\"code\":\"rate_limit_exceeded\"}}", FailureKind.RATE_LIMITED),
                arguments(503, "{\"error\":\"prompt is too long\"}", FailureKind.TRANSIENT),
                arguments(400, "", FailureKind.INVALID_REQUEST));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void of_body_refinesWhatTheStatusSays(int status, String body, FailureKind expected) {
        HttpException answer = new ProviderHttpException(status, body, Map.of());
        assertThat(kind(answer)).isEqualTo(expected);
        assertThat(kind(ExceptionMapper.DEFAULT.mapException(answer))).isEqualTo(expected);
    }

    @Test
    void of_refusalWithoutAnswer_isByItsMessage() {
        assertThat(kind(new InvalidRequestException("Input is too long for requested model.")))
                .isEqualTo(FailureKind.CONTEXT_WINDOW);
        assertThat(kind(new ContentFilteredException(new HttpException(400, "no code"))))
                .isEqualTo(FailureKind.CONTENT_FILTERED);
        assertThat(kind(new HttpException(400, null))).isEqualTo(FailureKind.INVALID_REQUEST);
    }

    @Test
    void of_errorInsideAStream_isByItsCode() {
        assertThat(kind(new RuntimeException("{\"error\":{\"type\":\"server_error\",\"code\":\"server_error\"}}")))
                .isEqualTo(FailureKind.TRANSIENT);
        assertThat(kind(new RuntimeException("{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}")))
                .isEqualTo(FailureKind.TRANSIENT);
        assertThat(kind(new RuntimeException("{\"error\":{\"code\":\"rate_limit_exceeded\"}}")))
                .isEqualTo(FailureKind.RATE_LIMITED);
        assertThat(kind(new RuntimeException("{\"error\":{\"code\":\"context_length_exceeded\"}}")))
                .isEqualTo(FailureKind.CONTEXT_WINDOW);
        assertThat(kind(new RuntimeException("my server_error"))).isEqualTo(FailureKind.BUG);
    }

    @Test
    void of_throttle_isARateLimitThatSaysWhen() {
        ThrottledException throttled =
                new ThrottledException("gpt", "10 requests", Duration.ZERO, Duration.ofSeconds(7));
        assertThat(ModelFailure.of(new RuntimeException(throttled), CLOCK))
                .isEqualTo(new ModelFailure(FailureKind.RATE_LIMITED, Duration.ofSeconds(7), null));
        assertThat(throttled.retryable()).isTrue();
        assertThat(throttled).hasMessageContainingAll("gpt", "10 requests", "PT7S");
    }

    @Test
    void constructor_negativeWait_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ModelFailure(FailureKind.RATE_LIMITED, Duration.ofSeconds(-1), 429))
                .withMessageContaining("PT-1S");
    }
}
