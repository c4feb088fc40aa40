package io.agentruntime.testkit.provider;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A chat request as it arrived at a {@link ProviderServer}. Immutable and thread-safe.
 *
 * @param protocol what it was written in
 * @param number 1 for the first that arrived at the server, of whatever protocol, and so on
 * @param model the name of the model that was asked for
 * @param streaming whether the answer was asked for in pieces
 * @param messages the conversation, the oldest message first; what the protocol keeps apart as instructions of the system is the first
 * @param headers the HTTP headers, their names in lower case; values of the same name joined by a comma
 * @param body the JSON that was sent
 */
public record ProviderRequest(
        ProviderProtocol protocol,
        long number,
        String model,
        boolean streaming,
        List<Message> messages,
        Map<String, String> headers,
        String body) {

    /**
     * One message of the conversation.
     *
     * @param role who speaks, in the words of the protocol, such as {@code system}, {@code user} or {@code model}
     * @param content its text; the texts of its parts, one per line, if it has several; empty if it has none
     */
    public record Message(String role, String content) {}

    /** Copies the collections. */
    public ProviderRequest {
        messages = List.copyOf(messages);
        headers = Map.copyOf(headers);
    }

    /**
     * Gives what was asked last.
     *
     * @return the content of the last message, or an empty text if there is no message
     */
    public String prompt() {
        return messages.isEmpty() ? "" : messages.get(messages.size() - 1).content();
    }

    /**
     * Looks up a header.
     *
     * @param name its name, in any case
     * @return its value, if it was sent
     */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }
}
