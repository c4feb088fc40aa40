package io.agentruntime.examples.documents.embedded;

import io.agentruntime.examples.documents.outline.Sentence;

/** A sentence that may be chosen, with its embedding and how good it is for the purpose, usually from 0 to 1. */
final class Candidate {
    private final Sentence sentence;
    private final float[] vector;
    private final double score;

    Candidate(Sentence sentence, float[] vector, double score) {
        this.sentence = sentence;
        this.vector = vector;
        this.score = score;
    }

    Sentence sentence() {
        return sentence;
    }

    String text() {
        return sentence.text();
    }

    /** The embedding itself, not a copy. */
    float[] vector() {
        return vector;
    }

    double score() {
        return score;
    }

    Candidate withScore(double other) {
        return new Candidate(sentence, vector, other);
    }
}
