package io.agentruntime.benchmarks.harness;

import java.util.List;

/** One thing that the library promises to be fast at: what is measured, what is wanted, and how to measure it. */
public interface Goal {

    /** Names the goal on the command line: lower-case words with hyphens. */
    String id();

    /** Says in one line what is measured, and beside what. */
    String description();

    /** Says which figures there are, in order, and what is wanted of them. */
    Target target();

    /** Measures once, in one or more fresh JVMs: one value for each figure of the target. */
    List<Double> round(Effort effort) throws Exception;
}
