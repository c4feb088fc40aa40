package io.agentruntime.examples.documents.outline;

import java.util.List;

/**
 * A part of a document under one heading. Immutable.
 *
 * @param heading the heading without its number, or an empty string
 * @param level the level of the heading, from 1; 0 without a heading
 * @param sentences the sentences up to the next heading
 */
public record Section(String heading, int level, List<Sentence> sentences) {
    /** Keeps a copy of the list. */
    public Section {
        sentences = List.copyOf(sentences);
    }
}
