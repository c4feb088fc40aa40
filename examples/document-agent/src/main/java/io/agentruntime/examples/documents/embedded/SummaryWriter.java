package io.agentruntime.examples.documents.embedded;

import io.agentruntime.examples.documents.prompts.Summary;
import java.util.List;
import java.util.stream.Collectors;

/** Writes a summary from the most central sentences of a document. */
final class SummaryWriter {
    /** What is said about a document without a single sentence. */
    static final String NOTHING = "The document holds no running text.";

    private static final int MIN_SENTENCES = 2;
    private static final int MAX_SENTENCES = 5;
    private static final int MAX_POINTS = 6;
    private static final double LEAST_POINT = 0.15;

    private SummaryWriter() {}

    static Summary write(Analysis analysis) {
        List<Candidate> candidates = analysis.candidates();
        int wanted = Math.max(MIN_SENTENCES, Math.min(MAX_SENTENCES, (int)
                Math.round(Math.sqrt(candidates.size()) / 2 + 1)));
        List<Candidate> summary = Selection.choose(candidates, wanted);
        List<Candidate> rest = candidates.stream()
                .filter(candidate -> !summary.contains(candidate) && candidate.score() > LEAST_POINT)
                .toList();
        int points = Math.min(MAX_POINTS, (candidates.size() - summary.size()) / 2 + 1);
        return new Summary(text(analysis, summary), texts(Selection.choose(rest, points, summary)));
    }

    private static String text(Analysis analysis, List<Candidate> chosen) {
        if (chosen.isEmpty()) {
            return NOTHING;
        }
        if (analysis.outline().prose()) {
            return join(texts(chosen));
        }
        return "The document holds no running text, only code or tables. It mentions: " + join(texts(chosen));
    }

    /** Joins sentences and closes those that have no full stop. */
    static String join(List<String> sentences) {
        return sentences.stream()
                .map(sentence -> sentence.matches("(?s).*[.!?…:;][\"'”’»)]*") ? sentence : sentence + ".")
                .collect(Collectors.joining(" "));
    }

    private static List<String> texts(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::text).toList();
    }
}
