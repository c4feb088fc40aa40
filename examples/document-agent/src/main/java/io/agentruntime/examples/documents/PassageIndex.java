package io.agentruntime.examples.documents;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Splits documents into passages and finds the passages that are closest to a question. */
final class PassageIndex {
    /** The number of passages that a question is answered from. */
    static final int TOP = 6;

    private final SentenceEncoder encoder;

    PassageIndex(SentenceEncoder encoder) {
        this.encoder = encoder;
    }

    /** Splits a document into passages with embeddings. */
    List<Passage> passages(String document, String text) {
        List<Passage> passages = new ArrayList<>();
        for (PassageSplitter.Piece piece : PassageSplitter.split(text)) {
            String vector = Vectors.encode(encoder.embed(piece.heading() + "\n" + piece.text()));
            passages.add(new Passage(document, piece.heading(), piece.text(), vector));
        }
        return passages;
    }

    /** Returns the {@link #TOP} passages that are closest to the question, the closest first. */
    List<Passage> rank(String question, Collection<Passage> passages) {
        float[] vector = encoder.embed(question);
        return passages.stream()
                .map(passage -> Map.entry(passage, Vectors.cosine(vector, Vectors.decode(passage.vector()))))
                .sorted(Comparator.comparing((Map.Entry<Passage, Double> entry) -> -entry.getValue()))
                .limit(TOP)
                .map(Map.Entry::getKey)
                .toList();
    }
}
