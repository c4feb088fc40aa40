package io.agentruntime.benchmarks.harness;

import java.util.List;
import java.util.function.Function;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * A goal that JMH measures. A round forks one JVM for each benchmark method of the class, one directly after the other, so that a
 * ratio compares two neighbours in time on a machine whose load may drift.
 */
public record JmhGoal(
        String id, String description, Target target, Class<?> benchmarks, Function<JmhResults, List<Double>> figures)
        implements Goal {

    @Override
    public List<Double> round(Effort effort) throws RunnerException {
        return figures.apply(new JmhResults(new Runner(options(effort)).run()));
    }

    private Options options(Effort effort) {
        TimeValue time = TimeValue.milliseconds(effort.iterationMillis());
        return new OptionsBuilder()
                .include("^" + benchmarks.getName().replace(".", "\\.") + "\\.")
                .forks(1)
                .warmupIterations(effort.iterations())
                .warmupTime(time)
                .measurementIterations(effort.iterations())
                .measurementTime(time)
                .jvmArgs("-Xms1g", "-Xmx1g")
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
    }
}
