package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many threads hand in short tasks as fast as they can, up to the capacity: none is lost, and none rejected while there is room. */
class BurstTest {

    private static final int THREADS = 4;
    private static final int SHORT = 1_000; // the ring has room for one of each thread
    private static final int LONG = 5_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final ExecutorService callers = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void stop() {
        callers.shutdownNow();
    }

    @Test
    void bursts_inTheRing_areTakenAndEnd() throws Exception {
        bursts(new Workload("burst", 2, THREADS * SHORT), 100);
    }

    @Test
    void bursts_beyondTheRing_areTakenAndEnd() throws Exception {
        bursts(new Workload("burst", 2, THREADS * LONG), 20);
    }

    @Test
    void bursts_fair_areTakenAndEnd() throws Exception {
        bursts(new Workload("burst", 2, THREADS * SHORT).fair(), 50);
    }

    /** Where tasks have been short, those that need each other must still all get there. */
    @Test
    void tasksThatWaitForEachOther_amongShortOnes_haveASeatEach() throws Exception {
        WorkloadExecutor executor = WorkloadExecutor.create(new Workload("meeting", THREADS, THREADS));
        for (int round = 0; round < 2_000; round++) {
            executor.pool().sampling.measured(1); // a short one
            CyclicBarrier all = new CyclicBarrier(THREADS);
            List<CompletableFuture<Integer>> met = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                met.add(executor.submit(() -> all.await()));
            }
            for (CompletableFuture<Integer> one : met) {
                assertThat(Watchdog.await(one, LIMIT, "round " + round)).isBetween(0, THREADS - 1);
            }
        }
        executor.stop(Deadline.after(LIMIT));
    }

    @Test
    @Tag("stress")
    void bursts_long_areTakenAndEnd() throws Exception {
        bursts(new Workload("burst", 2, THREADS * LONG), 2_000);
        bursts(new Workload("burst", 3, THREADS * LONG).virtual(), 2_000);
        bursts(new Workload("burst", 2, THREADS * SHORT).fair(), 2_000);
    }

    private void bursts(Workload workload, int rounds) throws Exception {
        WorkloadExecutor executor = WorkloadExecutor.create(workload);
        int burst = workload.queueCapacity() / THREADS;
        List<CompletableFuture<Integer>> sums = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            sums.add(CompletableFuture.supplyAsync(() -> burstAfterBurst(executor, burst, rounds), callers));
        }
        for (CompletableFuture<Integer> sum : sums) {
            assertThat(Watchdog.await(sum, LIMIT.multipliedBy(1 + rounds / 500), workload.name()))
                    .isEqualTo(rounds * burst);
        }
        executor.stop(Deadline.after(LIMIT));
        WorkloadStatistics figures = executor.statistics();
        assertThat(figures.completed()).as("%s", figures).isEqualTo((long) THREADS * rounds * burst);
        assertThat(figures.rejected()).as("%s", figures).isZero();
        assertThat(figures.submitted()).as("%s", figures).isEqualTo(figures.completed());
    }

    /** Returns how many tasks were run. */
    private static int burstAfterBurst(WorkloadExecutor executor, int burst, int rounds) {
        AtomicInteger run = new AtomicInteger();
        Callable<Integer> task = run::incrementAndGet;
        for (int round = 0; round < rounds; round++) {
            List<Future<Integer>> futures = new ArrayList<>(burst);
            for (int i = 0; i < burst; i++) {
                futures.add(executor.submit(task));
            }
            for (Future<Integer> future : futures) {
                await(future);
            }
        }
        return run.get();
    }

    private static void await(Future<Integer> future) {
        try {
            Integer unused = future.get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
