package io.agentruntime.examples.documents.prompts;

import java.util.List;

/**
 * The answer to a question over several documents. Immutable.
 *
 * @param text the answer
 * @param sources the names of the documents that the answer was taken from; empty if none says anything
 */
public record Answer(String text, List<String> sources) {
    /** Keeps a copy of the list. */
    public Answer {
        sources = List.copyOf(sources);
    }
}
