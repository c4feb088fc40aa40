package io.agentruntime.examples.documents;

import java.util.List;

/**
 * Says in a few sentences what a document is about.
 *
 * @param text the summary
 * @param keyPoints the main statements, one sentence each
 */
record Summary(String text, List<String> keyPoints) {
    Summary {
        keyPoints = List.copyOf(keyPoints);
    }
}
