package io.agentruntime.benchmarks.harness;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.RunResult;

/** What JMH measured in one round, by the name of the benchmark method. */
public final class JmhResults {

    private final Map<String, RunResult> byMethod;

    JmhResults(Collection<RunResult> results) {
        byMethod = results.stream().collect(Collectors.toMap(JmhResults::method, Function.identity()));
    }

    private static String method(RunResult result) {
        String name = result.getParams().getBenchmark();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** The score in the unit that the method's annotations ask for. */
    public double score(String method) {
        return result(method).getPrimaryResult().getScore();
    }

    /** A percentile of the samples of a method in mode SampleTime. */
    public double percentile(String method, double percent) {
        return result(method).getPrimaryResult().getStatistics().getPercentile(percent);
    }

    /** The whole bytes that all threads together allocated for each operation; what the harness itself needs is a fraction. */
    public double bytes(String method) {
        var secondary = result(method).getSecondaryResults();
        for (String name : secondary.keySet()) {
            if (name.endsWith("gc.alloc.rate.norm")) {
                return Math.rint(requireNonNull(secondary.get(name), name).getScore());
            }
        }
        throw new IllegalStateException("JMH did not count the bytes of " + method);
    }

    private RunResult result(String method) {
        RunResult result = byMethod.get(method);
        if (result == null) {
            throw new IllegalArgumentException("no benchmark method " + method + " among " + byMethod.keySet());
        }
        return result;
    }
}
