package io.agentruntime.benchmarks.executor;

import io.agentruntime.benchmarks.harness.Figure;
import io.agentruntime.benchmarks.harness.Goal;
import io.agentruntime.benchmarks.harness.JmhGoal;
import io.agentruntime.benchmarks.harness.JmhResults;
import io.agentruntime.benchmarks.harness.Target;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One thread hands in {@value #TASKS} tasks that do nothing and takes their results. Nothing but the pool is in the figure, so this is the
 * worst case: any real task brings the two sides closer together. Ours carries a context, counts and can be chained; the raw pool
 * does none of that.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class ExecutorSubmit {

    static final int TASKS = 500;
    private static final int THREADS = 2;
    private static final int QUEUE_CAPACITY = 1_000;
    private static final Callable<Integer> NOTHING = () -> 1;

    private final UsageContext owner = UsageContext.of("acme", "summaries");
    private final ExecutorService workload = WorkloadExecutor.create(new Workload("bench", THREADS, QUEUE_CAPACITY));
    private final ExecutorService raw =
            new ThreadPoolExecutor(THREADS, THREADS, 0, TimeUnit.NANOSECONDS, new ArrayBlockingQueue<>(QUEUE_CAPACITY));

    public static Goal goal() {
        return new JmhGoal(
                "executor-submit",
                "submit-to-result throughput of a workload, beside a raw ThreadPoolExecutor of the same bounds",
                Target.of(
                        Figure.atLeast(0.9, "x raw pool"),
                        Figure.shown("tasks/s"),
                        Figure.shown("B"),
                        Figure.shown("B raw pool")),
                ExecutorSubmit.class,
                ExecutorSubmit::figures);
    }

    private static List<Double> figures(JmhResults results) {
        return List.of(
                results.score("workload") / results.score("rawPool"),
                results.score("workload"),
                results.bytes("workload"),
                results.bytes("rawPool"));
    }

    @Benchmark
    @OperationsPerInvocation(TASKS)
    public int workload() throws ExecutionException, InterruptedException {
        try (ContextScope scope = owner.open()) {
            return submitAndJoin(workload);
        }
    }

    @Benchmark
    @OperationsPerInvocation(TASKS)
    public int rawPool() throws ExecutionException, InterruptedException {
        return submitAndJoin(raw);
    }

    private static int submitAndJoin(ExecutorService pool) throws ExecutionException, InterruptedException {
        List<Future<Integer>> futures = new ArrayList<>(TASKS);
        for (int i = 0; i < TASKS; i++) {
            futures.add(pool.submit(NOTHING));
        }
        int sum = 0;
        for (Future<Integer> future : futures) {
            sum += future.get();
        }
        return sum;
    }

    @TearDown
    public void close() {
        workload.shutdown();
        raw.shutdown();
    }
}
