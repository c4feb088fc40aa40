package io.agentruntime.examples.documents.prompts;

import java.util.List;

/**
 * Says in a few sentences what a document is about. Immutable.
 *
 * @param text the summary
 * @param keyPoints the main statements, one sentence each
 */
public record Summary(String text, List<String> keyPoints) {
    /** Keeps a copy of the list. */
    public Summary {
        keyPoints = List.copyOf(keyPoints);
    }
}
