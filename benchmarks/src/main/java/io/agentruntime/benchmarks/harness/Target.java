package io.agentruntime.benchmarks.harness;

import java.util.List;
import java.util.stream.Collectors;

/** The figures of a goal in order, with what is wanted of each. */
public record Target(List<Figure> figures) {

    /** Checks that there is something to reach. */
    public Target {
        figures = List.copyOf(figures);
        if (figures.stream().allMatch(figure -> figure.wanted() == Figure.Wanted.ANYTHING)) {
            throw new IllegalArgumentException("a goal without a limit: " + figures);
        }
    }

    /** Makes a target of one or more figures. */
    public static Target of(Figure... figures) {
        return new Target(List.of(figures));
    }

    /** The target as the third column shows it: one item for each figure, a hyphen where nothing is wanted. */
    String text() {
        return figures.stream().map(Figure::wantedText).collect(Collectors.joining(", "));
    }
}
