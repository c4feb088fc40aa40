package io.agentruntime.examples.documents;

import java.util.List;

/**
 * A part of a document under one heading.
 *
 * @param heading the heading without its number, or an empty string
 * @param level the level of the heading, from 1; 0 without a heading
 * @param sentences the sentences up to the next heading
 */
record Section(String heading, int level, List<Sentence> sentences) {
    Section {
        sentences = List.copyOf(sentences);
    }
}
