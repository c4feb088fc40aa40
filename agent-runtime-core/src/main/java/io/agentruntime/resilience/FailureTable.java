package io.agentruntime.resilience;

import static io.agentruntime.resilience.FailureKind.AUTHENTICATION;
import static io.agentruntime.resilience.FailureKind.BUG;
import static io.agentruntime.resilience.FailureKind.CANCELLED;
import static io.agentruntime.resilience.FailureKind.CONTENT_FILTERED;
import static io.agentruntime.resilience.FailureKind.CONTEXT_WINDOW;
import static io.agentruntime.resilience.FailureKind.INVALID_REQUEST;
import static io.agentruntime.resilience.FailureKind.RATE_LIMITED;
import static io.agentruntime.resilience.FailureKind.TRANSIENT;
import static java.util.Map.entry;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.RetriableException;
import dev.langchain4j.exception.UnresolvedModelServerException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.ModelDisabledException;
import io.agentruntime.base.AgentRuntimeException;
import java.io.CharConversionException;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.MalformedURLException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.UnknownServiceException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** What is known about failures, as tables. */
final class FailureTable {

    /** By type or supertype, the most specific first; the outermost cause that is in here decides. */
    private static final Map<String, FailureKind> TYPES = Map.ofEntries(
            row(RateLimitException.class, RATE_LIMITED),
            row(ThrottledException.class, RATE_LIMITED),
            row(InternalServerException.class, TRANSIENT),
            row(dev.langchain4j.exception.TimeoutException.class, TRANSIENT),
            row(UnresolvedModelServerException.class, TRANSIENT),
            row(AuthenticationException.class, AUTHENTICATION),
            row(ContentFilteredException.class, CONTENT_FILTERED),
            row(InvalidRequestException.class, INVALID_REQUEST),
            row(ModelNotFoundException.class, INVALID_REQUEST),
            row(ModelDisabledException.class, INVALID_REQUEST),
            row(UnsupportedFeatureException.class, BUG),
            // a stream that reports an error after it began well: the provider's overload or breakdown
            entry("dev.langchain4j.model.anthropic.internal.api.AnthropicStreamingException", TRANSIENT),
            // databases, for tools
            entry("java.sql.SQLTransientException", TRANSIENT),
            entry("java.sql.SQLRecoverableException", TRANSIENT),
            // the way to the provider
            row(SocketException.class, TRANSIENT), // refused, reset, unreachable
            row(HttpTimeoutException.class, TRANSIENT),
            row(SocketTimeoutException.class, TRANSIENT),
            row(TimeoutException.class, TRANSIENT),
            row(EOFException.class, TRANSIENT),
            row(ClosedChannelException.class, TRANSIENT),
            row(UnknownHostException.class, TRANSIENT),
            row(UnresolvedAddressException.class, TRANSIENT),
            row(SSLPeerUnverifiedException.class, AUTHENTICATION),
            row(GeneralSecurityException.class, AUTHENTICATION), // a certificate that cannot be trusted
            // the caller
            row(InterruptedException.class, CANCELLED),
            row(InterruptedIOException.class, CANCELLED),
            row(ClosedByInterruptException.class, CANCELLED),
            row(CancellationException.class, CANCELLED),
            row(RejectedExecutionException.class, CANCELLED), // by an executor on this side
            // files and formats: IOExceptions that no second attempt mends
            row(FileNotFoundException.class, BUG),
            row(FileSystemException.class, BUG),
            row(MalformedURLException.class, BUG),
            row(UnknownServiceException.class, BUG),
            row(CharacterCodingException.class, BUG),
            row(CharConversionException.class, BUG),
            row(JsonProcessingException.class, BUG),
            // programs
            row(NullPointerException.class, BUG),
            row(IllegalArgumentException.class, BUG),
            row(IllegalStateException.class, BUG),
            row(ClassCastException.class, BUG),
            row(UnsupportedOperationException.class, BUG),
            row(IndexOutOfBoundsException.class, BUG),
            row(ArithmeticException.class, BUG),
            row(SecurityException.class, BUG),
            row(Error.class, BUG));

    /** By type, for want of anything better in the whole chain. */
    private static final Map<String, FailureKind> GENERAL_TYPES = Map.ofEntries(
            row(RetriableException.class, TRANSIENT),
            row(NonRetriableException.class, INVALID_REQUEST),
            row(IOException.class, TRANSIENT));

    /** By status; what is in no row is by its hundred. */
    private static final Map<Integer, FailureKind> STATUSES = Map.ofEntries(
            entry(408, TRANSIENT),
            entry(425, TRANSIENT),
            entry(429, RATE_LIMITED),
            entry(401, AUTHENTICATION),
            entry(402, AUTHENTICATION),
            entry(403, AUTHENTICATION),
            entry(407, AUTHENTICATION));

    /** By what providers write into the body of a refusal; the first that is found decides. */
    private static final List<Text> REFUSALS = List.of(
            // OpenAI and all that speak its protocol; Anthropic; Gemini; Bedrock; Groq; llama.cpp
            text(CONTEXT_WINDOW, "context_length_exceeded|maximum context length is"),
            text(CONTEXT_WINDOW, "prompt is too long|exceed context limit"),
            text(CONTEXT_WINDOW, "exceeds the maximum number of tokens"),
            text(CONTEXT_WINDOW, "input is too long for requested model"),
            text(CONTEXT_WINDOW, "request too large for (?:model|gpt|o\\d)|exceeds the available context size"),
            // OpenAI, Azure; Anthropic; Gemini
            text(CONTENT_FILTERED, "content_filter|content_policy_violation|responsibleaipolicyviolation"),
            text(CONTENT_FILTERED, "content management policy|content filtering policy|prohibited_content"),
            // accounts without credit, which a provider may call a rate limit or a bad request; a bad key at Gemini
            text(AUTHENTICATION, "insufficient_quota|billing_hard_limit_reached|credit balance is too low"),
            text(AUTHENTICATION, "api_key_invalid|api key not valid"));

    /** By the error events of a stream that had begun well, which come without a status. */
    private static final List<Text> STREAM_ERRORS = List.of(
            text(RATE_LIMITED, "\"(?:rate_limit_exceeded|rate_limit_error)\""),
            text(TRANSIENT, "\"(?:overloaded_error|api_error|server_error|service_unavailable|timeout_error)\""));

    private static final int SEARCHED = 16 * 1024;

    private FailureTable() {}

    private record Text(FailureKind kind, Pattern pattern) {}

    private static Map.Entry<String, FailureKind> row(Class<?> type, FailureKind kind) {
        return entry(type.getName(), kind);
    }

    private static Text text(FailureKind kind, String pattern) {
        return new Text(kind, Pattern.compile(pattern, Pattern.CASE_INSENSITIVE));
    }

    /** Classifies an answer of a provider, and what LangChain4j made of it. */
    static FailureKind ofAnswer(HttpException answer, List<Throwable> chain) {
        FailureKind byStatus = ofStatus(answer.statusCode());
        if (byStatus == TRANSIENT) {
            return TRANSIENT;
        }
        FailureKind byText = find(REFUSALS, answer.getMessage());
        if (byText != null) {
            return byText;
        }
        return chain.stream().anyMatch(ContentFilteredException.class::isInstance) ? CONTENT_FILTERED : byStatus;
    }

    private static FailureKind ofStatus(int status) {
        FailureKind kind = STATUSES.get(status);
        return kind != null ? kind : status / 100 == 5 ? TRANSIENT : INVALID_REQUEST;
    }

    /** Classifies a failure without an answer. */
    static FailureKind ofCauses(List<Throwable> chain) {
        for (Throwable cause : chain) {
            FailureKind kind = ofOwn(cause);
            kind = kind == null ? find(TYPES, cause) : kind;
            kind = kind == null || kind == INVALID_REQUEST ? orByText(kind, cause) : kind;
            if (kind != null) {
                return kind;
            }
        }
        for (Throwable cause : chain) {
            FailureKind kind = find(GENERAL_TYPES, cause);
            if (kind != null) {
                return kind;
            }
        }
        return BUG;
    }

    /** Exceptions of this library say themselves whether it helps to try again. */
    private static @Nullable FailureKind ofOwn(Throwable cause) {
        if (!(cause instanceof AgentRuntimeException own) || cause instanceof ThrottledException) {
            return null;
        }
        return own.retryable() ? TRANSIENT : own.getCause() instanceof CancellationException ? CANCELLED : BUG;
    }

    private static @Nullable FailureKind orByText(@Nullable FailureKind kind, Throwable cause) {
        String message = cause.getMessage();
        FailureKind byText = null;
        if (kind == INVALID_REQUEST) {
            byText = find(REFUSALS, message);
        } else if (message != null && message.stripLeading().startsWith("{")) {
            byText = find(STREAM_ERRORS, message);
            byText = byText != null ? byText : find(REFUSALS, message);
        }
        return byText != null ? byText : kind;
    }

    private static @Nullable FailureKind find(Map<String, FailureKind> table, Throwable cause) {
        for (Class<?> type = cause.getClass(); type != null; type = type.getSuperclass()) {
            FailureKind kind = table.get(type.getName());
            if (kind != null) {
                return kind;
            }
        }
        return null;
    }

    private static @Nullable FailureKind find(List<Text> table, @Nullable String message) {
        if (message != null) {
            String text = message.length() > SEARCHED ? message.substring(0, SEARCHED) : message;
            for (Text row : table) {
                if (row.pattern.matcher(text).find()) {
                    return row.kind;
                }
            }
        }
        return null;
    }
}
