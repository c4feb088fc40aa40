package io.agentruntime.examples.documents.embedded;

import io.agentruntime.examples.documents.outline.PassageSplitter;
import io.agentruntime.examples.documents.prompts.Passage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Splits documents into passages and finds the passages that are closest to a question. Thread-safe. */
public final class PassageIndex {
    /** The number of passages that a question is answered from. */
    static final int TOP = 6;

    private final SentenceEncoder encoder;

    /**
     * Makes an index, which keeps nothing.
     *
     * @param encoder embeds passages and questions
     */
    public PassageIndex(SentenceEncoder encoder) {
        this.encoder = encoder;
    }

    /**
     * Splits a document into passages with embeddings.
     *
     * @param document the name of the document
     * @param text its text
     * @return the passages, in their order
     */
    public List<Passage> passages(String document, String text) {
        List<Passage> passages = new ArrayList<>();
        for (PassageSplitter.Piece piece : PassageSplitter.split(text)) {
            String vector = Vectors.encode(encoder.embed(piece.heading() + "\n" + piece.text()));
            passages.add(new Passage(document, piece.heading(), piece.text(), vector));
        }
        return passages;
    }

    /**
     * Finds the few passages that are closest to a question.
     *
     * @param question the question
     * @param passages the passages to choose from
     * @return the closest first
     */
    public List<Passage> rank(String question, Collection<Passage> passages) {
        float[] vector = encoder.embed(question);
        return passages.stream()
                .map(passage -> Map.entry(passage, Vectors.cosine(vector, Vectors.decode(passage.vector()))))
                .sorted(Comparator.comparing((Map.Entry<Passage, Double> entry) -> -entry.getValue()))
                .limit(TOP)
                .map(Map.Entry::getKey)
                .toList();
    }
}
