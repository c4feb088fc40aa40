package io.agentruntime.benchmarks.harness;

import java.util.List;

/** A program that measures itself from start to end. A child JVM makes it with its constructor without parameters. */
@FunctionalInterface
public interface WholeRun {

    /** Does the work: one value for each figure of the goal's target. */
    List<Double> run(Effort effort) throws Exception;
}
