package io.agentruntime.examples.documents.embedded;

import io.agentruntime.examples.documents.outline.Outline;
import io.agentruntime.examples.documents.outline.Sentence;
import io.agentruntime.examples.documents.prompts.Answer;
import io.agentruntime.examples.documents.prompts.PromptText;
import io.agentruntime.examples.documents.prompts.Prompts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Answers a question with the sentences of the passages that are closest to it. */
final class AnswerWriter {
    /** Below this similarity no sentence counts as an answer. */
    static final double THRESHOLD = 0.42;

    private static final double WEIGHT_OF_WORDS = 0.2;
    private static final double WINDOW = 0.15;
    private static final double ALONE = 0.5;
    private static final double ALONE_GERMAN = 0.8;
    private static final int STEM = 6;
    private static final int FIRST = 100;
    private static final int MAX_SENTENCES = 3;

    private final SentenceEncoder encoder;
    private final String question;
    private final Set<String> wanted;
    private final float[] vector;
    private final Map<Candidate, String> sources = new HashMap<>();

    private AnswerWriter(SentenceEncoder encoder, String question) {
        this.encoder = encoder;
        this.question = question;
        this.wanted = contentWords(question);
        this.vector = encoder.embed(question);
    }

    static Answer write(SentenceEncoder encoder, String question, List<PromptText.Part> passages) {
        if (question.codePoints().noneMatch(Character::isLetterOrDigit)) {
            return new Answer(Prompts.NO_ANSWER, List.of());
        }
        return new AnswerWriter(encoder, question).answer(passages);
    }

    private Answer answer(List<PromptText.Part> passages) {
        List<Candidate> candidates = new ArrayList<>();
        passages.forEach(passage -> addSentences(candidates, passage));
        double best = candidates.stream().mapToDouble(Candidate::score).max().orElse(0);
        if (best < THRESHOLD) {
            return new Answer(Prompts.NO_ANSWER, List.of());
        }
        List<Candidate> close = candidates.stream()
                .filter(candidate -> candidate.score() >= Math.max(THRESHOLD, best - WINDOW))
                .sorted(Comparator.comparingDouble(Candidate::score).reversed())
                .toList();
        List<Candidate> chosen = Selection.choose(close, MAX_SENTENCES);
        List<String> texts = chosen.stream().map(Candidate::text).toList();
        return new Answer(SummaryWriter.join(texts), sources(chosen));
    }

    private void addSentences(List<Candidate> candidates, PromptText.Part passage) {
        for (Sentence sentence : Outline.withRows(passage.text()).sentences()) {
            if (candidates.size() < Analysis.MAX_SENTENCES) {
                Sentence placed = new Sentence(sentence.text(), candidates.size() + FIRST, 0, false, sentence.item());
                float[] embedding = encoder.embed(sentence.text());
                Candidate candidate = new Candidate(placed, embedding, score(placed, embedding, passage.heading()));
                candidates.add(candidate);
                sources.put(candidate, passage.document());
            }
        }
    }

    private double score(Sentence sentence, float[] embedding, String heading) {
        double words = share(wanted, heading + " " + sentence.text());
        double similarity = Vectors.cosine(embedding, vector);
        if (words == 0 && similarity < (Language.of(question) == Language.GERMAN ? ALONE_GERMAN : ALONE)) {
            return 0;
        }
        return similarity + WEIGHT_OF_WORDS * words + SentenceQuality.of(sentence) / 2;
    }

    private List<String> sources(List<Candidate> chosen) {
        return chosen.stream()
                .map(candidate -> sources.getOrDefault(candidate, ""))
                .distinct()
                .toList();
    }

    /** The share of the wanted words that a text holds; long ones may be part of longer words. */
    private static double share(Set<String> wanted, String text) {
        String words = " " + String.join(" ", Language.words(text));
        long found = wanted.stream()
                .filter(word -> words.contains(word.length() < STEM - 1 ? " " + word : word))
                .count();
        return wanted.isEmpty() ? 0 : (double) found / wanted.size();
    }

    /** The words that carry meaning, cut to their first letters so that their endings do not count. */
    private static Set<String> contentWords(String text) {
        return Language.words(text).stream()
                .filter(word ->
                        word.length() > 2 && !Language.ENGLISH.isStopWord(word) && !Language.GERMAN.isStopWord(word))
                .map(word -> word.substring(0, Math.min(word.length(), STEM)))
                .collect(Collectors.toSet());
    }
}
