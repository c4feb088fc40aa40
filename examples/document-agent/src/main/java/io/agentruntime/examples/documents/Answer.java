package io.agentruntime.examples.documents;

import java.util.List;

/**
 * The answer to a question over several documents.
 *
 * @param text the answer
 * @param sources the names of the documents that the answer was taken from; empty if none says anything
 */
record Answer(String text, List<String> sources) {
    Answer {
        sources = List.copyOf(sources);
    }
}
