package io.agentruntime.examples.documents;

import io.agentruntime.examples.documents.prompts.Passage;
import java.util.List;

/**
 * The passages of one document, in the form that the content cache keeps.
 *
 * @param passages the passages in their order
 */
record PassageList(List<Passage> passages) {
    PassageList {
        passages = List.copyOf(passages);
    }
}
