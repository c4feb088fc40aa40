package io.agentruntime.testkit.provider;

import java.util.List;

/** A part of an answer, as small as it is streamed. */
sealed interface Piece {

    /** Some text. */
    record Text(String text) implements Piece {}

    /** Some thinking. */
    record Thinking(String text) implements Piece {}

    /** A whole tool call, whose arguments may come in several pieces. */
    record Tool(String id, String name, List<String> arguments) implements Piece {
        String json() {
            return String.join("", arguments);
        }
    }

    /** How many pieces it counts as. */
    default int count() {
        return this instanceof Tool tool ? tool.arguments().size() : 1;
    }
}
