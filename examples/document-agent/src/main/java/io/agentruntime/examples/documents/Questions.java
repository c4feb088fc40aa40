package io.agentruntime.examples.documents;

import java.util.List;

/**
 * What a reader of a document could ask next.
 *
 * @param questions the questions, the most important first
 */
record Questions(List<String> questions) {
    Questions {
        questions = List.copyOf(questions);
    }
}
