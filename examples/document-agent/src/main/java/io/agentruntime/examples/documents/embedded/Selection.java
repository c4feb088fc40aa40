package io.agentruntime.examples.documents.embedded;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Chooses good sentences that differ from each other (maximal marginal relevance). */
final class Selection {
    private static final double WEIGHT_OF_SCORE = 0.7;
    private static final double SAME = 0.92;

    private Selection() {}

    /** Returns at most {@code count} of the candidates in the order of the document. */
    static List<Candidate> choose(List<Candidate> candidates, int count) {
        return choose(candidates, count, List.of());
    }

    /** Like {@link #choose(List, int)}, and the chosen ones differ from those given as well. */
    static List<Candidate> choose(List<Candidate> candidates, int count, List<Candidate> others) {
        List<Candidate> open = new ArrayList<>(candidates);
        List<Candidate> chosen = new ArrayList<>();
        List<Candidate> seen = new ArrayList<>(others);
        while (chosen.size() < count) {
            open.removeIf(candidate -> likeness(candidate, seen) > SAME);
            if (open.isEmpty()) {
                break;
            }
            Candidate best = open.stream()
                    .max(Comparator.comparingDouble(candidate -> value(candidate, seen)))
                    .orElseThrow();
            chosen.add(best);
            seen.add(best);
            open.remove(best);
        }
        return inOrder(chosen);
    }

    static List<Candidate> inOrder(List<Candidate> candidates) {
        return candidates.stream()
                .sorted(Comparator.comparingInt(
                        candidate -> candidate.sentence().position()))
                .toList();
    }

    private static double value(Candidate candidate, List<Candidate> seen) {
        return WEIGHT_OF_SCORE * candidate.score() - (1 - WEIGHT_OF_SCORE) * likeness(candidate, seen);
    }

    private static double likeness(Candidate candidate, List<Candidate> seen) {
        return seen.stream()
                .mapToDouble(other -> Vectors.cosine(candidate.vector(), other.vector()))
                .max()
                .orElse(0);
    }
}
