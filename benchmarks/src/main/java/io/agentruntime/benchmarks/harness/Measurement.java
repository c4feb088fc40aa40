package io.agentruntime.benchmarks.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What came out for a goal: one value for each figure of its target. */
record Measurement(Target target, List<Double> values) {

    Measurement {
        values = List.copyOf(values);
        if (values.size() != target.figures().size()) {
            throw new IllegalArgumentException(
                    values.size() + " values for " + target.figures().size() + " figures: " + values);
        }
    }

    /** Measures as often as the effort says, and takes the median of each figure. */
    static Measurement of(Goal goal, Effort effort) throws Exception {
        List<List<Double>> rounds = new ArrayList<>();
        for (int i = 0; i < effort.rounds(); i++) {
            rounds.add(goal.round(effort));
        }
        return median(goal.target(), rounds);
    }

    static Measurement median(Target target, List<List<Double>> rounds) {
        List<Double> medians = IntStream.range(0, target.figures().size())
                .mapToObj(figure -> Percentiles.of(rounds.stream()
                                .mapToDouble(round -> round.get(figure))
                                .toArray())
                        .median())
                .toList();
        return new Measurement(target, medians);
    }

    /** Says whether every figure is as wanted. */
    boolean passed() {
        return IntStream.range(0, values.size())
                .allMatch(i -> target.figures().get(i).accepts(values.get(i)));
    }

    /** The values as the second column shows them. */
    String text() {
        return IntStream.range(0, values.size())
                .mapToObj(i -> target.figures().get(i).text(values.get(i)))
                .collect(Collectors.joining(", "));
    }
}
