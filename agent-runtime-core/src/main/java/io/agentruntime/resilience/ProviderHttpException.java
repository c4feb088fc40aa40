package io.agentruntime.resilience;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.exception.HttpException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An error answer of a provider, with its headers. Thrown by the HTTP transport; LangChain4j keeps it as the innermost cause of what it
 * throws, where {@link #in} finds it. The message is the body of the answer, as it is for every {@link HttpException}: keep it out of
 * logs, for it may quote the request.
 *
 * <p>Immutable but for what every exception has; thread-safe.
 */
public final class ProviderHttpException extends HttpException {

    private static final long serialVersionUID = 1L;

    /** Header names in any case to values in the order they came. */
    private final TreeMap<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    /**
     * Makes an exception of an answer.
     *
     * @param statusCode the HTTP status
     * @param body the body of the answer, may be empty
     * @param headers the headers of the answer; names are case-insensitive, values of names that differ in case only are joined; copied
     */
    public ProviderHttpException(int statusCode, String body, Map<String, List<String>> headers) {
        super(statusCode, requireNonNull(body, "body"));
        headers.forEach((name, values) ->
                this.headers.computeIfAbsent(name, first -> new ArrayList<>()).addAll(values));
        this.headers.replaceAll((name, values) -> List.copyOf(values));
    }

    /**
     * Gets the headers of the answer.
     *
     * @return names, in any case, to values; immutable
     */
    public Map<String, List<String>> headers() {
        return Collections.unmodifiableMap(headers);
    }

    /**
     * Finds one header of the answer.
     *
     * @param name its name, in any case
     * @return its first value, or empty if there is none
     */
    public Optional<String> header(String name) {
        return headers.getOrDefault(requireNonNull(name, "name"), List.of()).stream()
                .findFirst();
    }

    /**
     * Finds the answer that a failure comes from.
     *
     * @param failure what was thrown
     * @return the outermost of the failure and its causes that is such an exception, or empty if none is
     */
    public static Optional<ProviderHttpException> in(Throwable failure) {
        return Causes.first(requireNonNull(failure, "failure"), ProviderHttpException.class);
    }
}
