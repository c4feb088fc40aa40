package io.agentruntime.examples.documents.prompts;

import java.util.List;

/**
 * What a reader of a document could ask next. Immutable.
 *
 * @param questions the questions, the most important first
 */
public record Questions(List<String> questions) {
    /** Keeps a copy of the list. */
    public Questions {
        questions = List.copyOf(questions);
    }
}
