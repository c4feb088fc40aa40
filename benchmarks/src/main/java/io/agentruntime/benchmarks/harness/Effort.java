package io.agentruntime.benchmarks.harness;

/** How much time a run takes for its figures. */
public enum Effort {
    /** For figures that may be compared. */
    FULL(5, 3, 1_000),
    /** To see that the harness works. */
    QUICK(1, 1, 200);

    private final int rounds;
    private final int iterations;
    private final int iterationMillis;

    Effort(int rounds, int iterations, int iterationMillis) {
        this.rounds = rounds;
        this.iterations = iterations;
        this.iterationMillis = iterationMillis;
    }

    /** How often everything is measured anew, each time in fresh JVMs. */
    public int rounds() {
        return rounds;
    }

    /** Chooses an amount of work for a whole-run goal. */
    public int amount(int full, int quick) {
        return this == FULL ? full : quick;
    }

    int iterations() {
        return iterations;
    }

    int iterationMillis() {
        return iterationMillis;
    }
}
