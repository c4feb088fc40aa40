package io.agentruntime.benchmarks.context;

import io.agentruntime.benchmarks.harness.Figure;
import io.agentruntime.benchmarks.harness.Goal;
import io.agentruntime.benchmarks.harness.JmhGoal;
import io.agentruntime.benchmarks.harness.JmhResults;
import io.agentruntime.benchmarks.harness.Target;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.ContextSnapshot;
import io.agentruntime.context.UsageContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.State;

/**
 * Capture, run and restore as they happen between two threads: tasks are wrapped while a context is current, wait in a queue, and
 * run where none is. Both sides take turns on one thread, {@value #TASKS} tasks at a time, so that no hand-over between threads is in the
 * figure.
 */
@State(org.openjdk.jmh.annotations.Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ContextCarry {

    static final int TASKS = 100;

    private final UsageContext owner = UsageContext.of("acme", "summaries");
    private final Context telemetry = Context.root().with(ContextKey.named("owner"), owner);
    private final Runnable[] queue = new Runnable[TASKS];
    private final Runnable task = this::count;
    private long ran;

    public static Goal goal() {
        return new JmhGoal(
                "context-carry",
                "wrap a Runnable in its context, run it, restore; beside OpenTelemetry's Context.wrap",
                Target.of(
                        Figure.atMost(25, "ns"),
                        Figure.atMost(48, "B"),
                        Figure.atMost(1, "x otel"),
                        Figure.shown("B otel")),
                ContextCarry.class,
                ContextCarry::figures);
    }

    private static List<Double> figures(JmhResults results) {
        return List.of(
                results.score("agentRuntime"),
                results.bytes("agentRuntime"),
                results.score("agentRuntime") / results.score("openTelemetry"),
                results.bytes("openTelemetry"));
    }

    @Benchmark
    @OperationsPerInvocation(TASKS)
    public long agentRuntime() {
        try (ContextScope scope = owner.open()) {
            for (int i = 0; i < TASKS; i++) {
                queue[i] = ContextSnapshot.capture().wrap(task);
            }
        }
        return runQueue();
    }

    @Benchmark
    @OperationsPerInvocation(TASKS)
    public long openTelemetry() {
        try (Scope scope = telemetry.makeCurrent()) {
            for (int i = 0; i < TASKS; i++) {
                queue[i] = Context.current().wrap(task);
            }
        }
        return runQueue();
    }

    private void count() {
        ran++;
    }

    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    private long runQueue() {
        for (Runnable wrapped : queue) {
            wrapped.run();
        }
        return ran;
    }
}
