package io.agentruntime.examples.documents.embedded;

import io.agentruntime.examples.documents.outline.Outline;
import io.agentruntime.examples.documents.outline.Sentence;
import java.util.ArrayList;
import java.util.List;

/**
 * A document with the embeddings of its sentences, of which at most {@link #MAX_SENTENCES} are looked at.
 *
 * @param outline the sections of the document
 * @param candidates the sentences in their order, scored by how close they are to the document as a whole and how well
 *     they stand alone
 * @param language the language of the document
 */
record Analysis(Outline outline, List<Candidate> candidates, Language language) {
    static final int MAX_SENTENCES = 300;

    private static final int MAX_CHARACTERS = 300;

    Analysis {
        candidates = List.copyOf(candidates);
    }

    static Analysis of(SentenceEncoder encoder, String text) {
        Outline outline = Outline.of(text);
        List<Sentence> sentences = outline.sample(MAX_SENTENCES);
        List<float[]> vectors =
                encoder.embed(sentences.stream().map(Analysis::beginning).toList());
        List<Candidate> candidates = new ArrayList<>();
        float[] centroid = vectors.isEmpty() ? new float[0] : Vectors.mean(vectors);
        for (int i = 0; i < vectors.size(); i++) {
            Sentence sentence = sentences.get(i);
            double score = Vectors.cosine(vectors.get(i), centroid) + SentenceQuality.of(sentence);
            candidates.add(new Candidate(sentence, vectors.get(i), score));
        }
        return new Analysis(outline, candidates, Language.of(text));
    }

    /** The part of a sentence that is embedded; longer sentences cost time and gain nothing. */
    private static String beginning(Sentence sentence) {
        String text = sentence.text();
        String beginning = text.length() > MAX_CHARACTERS ? text.substring(0, MAX_CHARACTERS) : text;
        return beginning.codePoints().anyMatch(Character::isLetterOrDigit) ? beginning : text;
    }
}
