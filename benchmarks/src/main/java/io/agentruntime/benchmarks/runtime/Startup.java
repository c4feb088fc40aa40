package io.agentruntime.benchmarks.runtime;

import io.agentruntime.AgentRuntime;
import io.agentruntime.AgentRuntimeConfig;
import io.agentruntime.benchmarks.harness.Effort;
import io.agentruntime.benchmarks.harness.Figure;
import io.agentruntime.benchmarks.harness.Goal;
import io.agentruntime.benchmarks.harness.Percentiles;
import io.agentruntime.benchmarks.harness.Target;
import io.agentruntime.benchmarks.harness.WholeRun;
import io.agentruntime.benchmarks.harness.WholeRunGoal;
import java.time.Duration;
import java.util.List;

/**
 * Build, start and close of a runtime with the stores in memory. Between start and close, outside the measured time, every pool runs
 * a task, so that close has threads to end.
 */
public final class Startup implements WholeRun {

    private static final String THREAD_PREFIX = "agentruntime-";
    private static final long THREAD_END_MILLIS = 100;
    private static final double NANOS_PER_MILLI = 1e6;

    Startup() {}

    public static Goal goal() {
        return new WholeRunGoal(
                "startup",
                "build, start and close of a runtime in memory: warm median, first time, threads that outlive it by 100 ms",
                Target.of(Figure.atMost(50, "ms p50"), Figure.atMost(0, "threads left"), Figure.shown("ms first")),
                Startup.class);
    }

    @Override
    public List<Double> run(Effort effort) throws InterruptedException {
        double first = cycle();
        int cycles = effort.amount(200, 20);
        double[] millis = new double[cycles];
        for (int i = -cycles; i < cycles; i++) { // the first half warms up
            millis[Math.max(0, i)] = cycle();
        }
        return List.of(Percentiles.of(millis).median(), (double) threadsLeft(), first);
    }

    /** The milliseconds of one cycle, without the work between start and close. */
    private static double cycle() {
        long began = System.nanoTime();
        AgentRuntime runtime = AgentRuntime.builder()
                .config(AgentRuntimeConfig.create())
                .build()
                .start();
        long started = System.nanoTime();
        useEveryPool(runtime);
        long closing = System.nanoTime();
        boolean clean = runtime.close(Duration.ofSeconds(10)).clean();
        long closed = System.nanoTime();
        if (!clean) {
            throw new IllegalStateException("a runtime did not close cleanly");
        }
        return (started - began + closed - closing) / NANOS_PER_MILLI;
    }

    private static void useEveryPool(AgentRuntime runtime) {
        var executors = runtime.executors();
        for (var pool : List.of(executors.agent(), executors.io(), executors.query())) {
            pool.submit(() -> 1).join();
        }
    }

    private static int threadsLeft() throws InterruptedException {
        int left = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith(THREAD_PREFIX)) {
                thread.join(THREAD_END_MILLIS);
                left += thread.isAlive() ? 1 : 0;
            }
        }
        return left;
    }
}
