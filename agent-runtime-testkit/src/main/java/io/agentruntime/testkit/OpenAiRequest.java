package io.agentruntime.testkit;

import java.util.List;

/**
 * A chat request as it arrived at an {@link OpenAiServer}. Immutable and thread-safe.
 *
 * @param model the name of the model that was asked for
 * @param streaming whether the answer was asked for in pieces
 * @param messages the conversation, the oldest message first
 */
public record OpenAiRequest(String model, boolean streaming, List<Message> messages) {

    /**
     * One message of the conversation.
     *
     * @param role who speaks, such as {@code system} or {@code user}
     * @param content its text; the texts of its parts, one per line, if it has several; empty if it has none
     */
    public record Message(String role, String content) {}

    /** Copies the messages. */
    public OpenAiRequest {
        messages = List.copyOf(messages);
    }

    /**
     * Gives what was asked last.
     *
     * @return the content of the last message, or an empty text if there is no message
     */
    public String prompt() {
        return messages.isEmpty() ? "" : messages.get(messages.size() - 1).content();
    }
}
