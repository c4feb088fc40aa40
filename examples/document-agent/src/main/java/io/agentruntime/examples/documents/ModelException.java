package io.agentruntime.examples.documents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnresolvedModelServerException;
import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Says in one line why a model gave no answer. */
final class ModelException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 200;
    private static final ObjectMapper json = new ObjectMapper();

    private ModelException(String message, RuntimeException cause) {
        super(message, cause);
    }

    static ModelException of(String model, RuntimeException cause) {
        return new ModelException("the model " + model + " " + reason(cause), cause);
    }

    /** Whether the same would happen to every call: the key or the model's name is refused. */
    boolean lasting() {
        return has(this, AuthenticationException.class) || has(this, ModelNotFoundException.class);
    }

    /** Whether there was no connection at all. */
    boolean unreachable() {
        return isUnreachable(this);
    }

    private static boolean isUnreachable(Throwable failure) {
        return has(failure, ConnectException.class)
                || has(failure, UnresolvedAddressException.class)
                || has(failure, UnresolvedModelServerException.class);
    }

    private static String reason(RuntimeException failure) {
        Optional<HttpException> http = find(failure, HttpException.class);
        if (http.isPresent()) {
            return "answered with HTTP status " + http.get().statusCode() + ": " + shortened(http.get());
        }
        if (isUnreachable(failure)) {
            return "cannot be reached";
        }
        return has(failure, TimeoutException.class) ? "did not answer in time" : "failed: " + shortened(failure);
    }

    /** The server's own words, if they are where OpenAI's protocol has them; otherwise the beginning of the answer. */
    private static String shortened(Exception failure) {
        String text = String.valueOf(failure.getMessage());
        try {
            text = json.readTree(text).path("error").path("message").asText(text);
        } catch (JsonProcessingException notJson) {
            text = text.replaceAll("<[^>]*>", " ");
        }
        String line = text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> type) {
        return find(failure, type).isPresent();
    }

    private static <T extends Throwable> Optional<T> find(Throwable failure, Class<T> type) {
        List<Throwable> causes = Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(20)
                .toList();
        return causes.stream().filter(type::isInstance).map(type::cast).findFirst();
    }
}
