package io.agentruntime.benchmarks.executor;

import io.agentruntime.benchmarks.harness.Effort;
import io.agentruntime.benchmarks.harness.Figure;
import io.agentruntime.benchmarks.harness.Goal;
import io.agentruntime.benchmarks.harness.Pause;
import io.agentruntime.benchmarks.harness.Percentiles;
import io.agentruntime.benchmarks.harness.Target;
import io.agentruntime.benchmarks.harness.WholeRun;
import io.agentruntime.benchmarks.harness.WholeRunGoal;
import io.agentruntime.executor.ExecutorRegistry;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * The time from submit to start on the io pool, with the agent pool idle and full of blocked tasks in turns; and the same with one
 * pool for all, of as many threads as the three together, whose tasks block for {@value #BLOCK_MILLIS} ms.
 */
public final class ExecutorIsolation implements WholeRun {

    private static final int AGENT_THREADS = 10;
    private static final int BLOCKED_TASKS = 64;
    private static final int TURNS = 60;
    private static final int BLOCK_MILLIS = 500;
    private static final int QUEUE_CAPACITY = 1_000;
    private static final double NANOS_PER_MILLI = 1e6;

    /** Between two probes: long enough for the thread that ran the first to fall asleep. */
    private static final long PAUSE_MICROS = 500;

    ExecutorIsolation() {}

    public static Goal goal() {
        return new WholeRunGoal(
                "executor-isolation",
                "submit-to-start on the io pool with 64 blocked tasks on the agent pool, beside idle and one shared pool",
                Target.of(
                        Figure.atMost(1, "ms p99"),
                        Figure.shown("ms p99 idle"),
                        Figure.atMost(1.1, "x idle"),
                        Figure.shown("ms shared pool")),
                ExecutorIsolation.class);
    }

    @Override
    public List<Double> run(Effort effort) throws InterruptedException {
        int probes = effort.amount(12_000, 400);
        ExecutorRegistry registry = ExecutorRegistry.create(
                new Workload("agent", AGENT_THREADS, QUEUE_CAPACITY),
                new Workload("io", 20, QUEUE_CAPACITY),
                new Workload("query", 10, QUEUE_CAPACITY));
        probe(registry.io(), probes); // warm
        List<Double> idle = new ArrayList<>();
        List<Double> full = new ArrayList<>();
        for (int turn = 0; turn < TURNS; turn++) { // the machine may have other load, and that may drift
            idle.addAll(probe(registry.io(), probes / TURNS));
            full.addAll(probeWhileFull(registry, probes / TURNS));
        }
        registry.stop(Deadline.after(Duration.ofSeconds(10)));
        return List.of(p99(full), p99(idle), p99(full) / p99(idle), sharedPool());
    }

    private static double p99(List<Double> waits) {
        return Percentiles.of(waits.stream().mapToDouble(wait -> wait).toArray())
                .at(99);
    }

    private static List<Double> probeWhileFull(ExecutorRegistry registry, int probes) {
        CountDownLatch full = new CountDownLatch(AGENT_THREADS);
        CountDownLatch release = new CountDownLatch(1);
        List<CompletableFuture<?>> blocked = new ArrayList<>();
        for (int i = 0; i < BLOCKED_TASKS; i++) {
            blocked.add(registry.agent().submit(() -> {
                full.countDown();
                awaitUninterrupted(release);
            }));
        }
        awaitUninterrupted(full); // full is what is measured, not filling up
        List<Double> waits = probe(registry.io(), probes);
        release.countDown();
        blocked.forEach(CompletableFuture::join);
        return waits;
    }

    /** The waits in milliseconds. */
    private static List<Double> probe(WorkloadExecutor pool, int probes) {
        List<Double> waits = new ArrayList<>();
        for (int i = 0; i < probes; i++) {
            waits.add(waitForStart(pool));
            Pause.micros(PAUSE_MICROS);
        }
        return waits;
    }

    private static double waitForStart(WorkloadExecutor pool) {
        long submitted = System.nanoTime();
        return pool.submit(() -> (System.nanoTime() - submitted) / NANOS_PER_MILLI)
                .join();
    }

    /** One probe is enough: it waits as long as the tasks before it block. */
    private static double sharedPool() throws InterruptedException {
        WorkloadExecutor shared = WorkloadExecutor.create(new Workload("shared", 40, QUEUE_CAPACITY));
        for (int i = 0; i < BLOCKED_TASKS; i++) {
            shared.execute(() -> Pause.micros(BLOCK_MILLIS * 1_000L));
        }
        double wait = waitForStart(shared);
        shared.stop(Deadline.after(Duration.ofSeconds(10)));
        return wait;
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
