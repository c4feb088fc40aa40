package io.agentruntime.benchmarks.harness;

import java.util.Arrays;

/** Values in order of size. A percentile is the smallest value that so many percent of the values do not exceed. */
public final class Percentiles {

    private final double[] sorted;

    private Percentiles(double[] sorted) {
        this.sorted = sorted;
    }

    /** Sorts a copy of the values, of which there must be one or more. */
    public static Percentiles of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no values");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Percentiles(sorted);
    }

    /** The value in the middle; between two, the mean of both. */
    public double median() {
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** The value at a percentage above 0 and up to 100. */
    public double at(double percent) {
        int rank = (int) Math.ceil(sorted.length * percent / 100);
        return sorted[Math.max(0, rank - 1)];
    }
}
