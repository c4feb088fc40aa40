package io.agentruntime.examples.documents.embedded;

import java.util.List;

/**
 * Something that a document says something about.
 *
 * @param question the question that leads to it
 * @param sentences the sentences in which the answer is
 * @param strength how much it is what the document is about
 */
record Topic(String question, List<Candidate> sentences, double strength) {
    Topic {
        sentences = List.copyOf(sentences);
    }

    /** Where in the document it begins. */
    int position() {
        return sentences.get(0).sentence().position();
    }
}
