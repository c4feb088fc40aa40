package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Short tasks from several threads in the very moment in which their workload is stopped: each is run, cancelled or refused. */
class StopRaceTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int CALLERS = 3;

    private final long seed = Long.getLong("agentruntime.seed", 20_261_126L);
    private final Random random = new Random(seed);
    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);

    @AfterEach
    void close() {
        callers.shutdownNow();
    }

    @Test
    void stop_whileTasksComeIn_leavesNoneBehind() throws Exception {
        race(500);
    }

    @Test
    @Tag("stress")
    void stop_whileTasksComeIn_long_leavesNoneBehind() throws Exception {
        race(10_000);
    }

    @Test
    void submit_byOneWhoHasSeenTheShutdown_isRefused() throws Exception {
        for (int round = 0; round < 300; round++) {
            CountDownLatch gate = new CountDownLatch(1);
            WorkloadExecutor executor = WorkloadExecutor.create(new Workload("full", 1, 10));
            Future<Boolean> running = executor.submit(() -> gate.await(1, TimeUnit.HOURS)); // the next ones are queued
            List<Thread> waiting = new ArrayList<>(); // a shutdown that has to wake many takes longer
            for (int i = 0; i < 20; i++) {
                waiting.add(new Thread(() -> awaitEnd(executor)));
            }
            waiting.forEach(Thread::start);
            for (Thread thread : waiting) {
                while (thread.getState() != Thread.State.TIMED_WAITING) {
                    Thread.onSpinWait();
                }
            }
            CompletableFuture<Boolean> refused =
                    CompletableFuture.supplyAsync(() -> isRefusedOnceShutDown(executor), callers);
            executor.shutdown();

            assertThat(Watchdog.await(refused, LIMIT, "round " + round))
                    .as("round %s", round)
                    .isTrue();
            gate.countDown();
            assertThat(running.get()).isTrue();
            for (Thread thread : waiting) {
                thread.join();
            }
        }
    }

    private static void awaitEnd(WorkloadExecutor executor) {
        try {
            boolean unusedEnd = executor.awaitTermination(1, TimeUnit.HOURS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isRefusedOnceShutDown(WorkloadExecutor executor) {
        while (!executor.isShutdown()) {
            Thread.onSpinWait();
        }
        try {
            executor.execute(() -> {});
            return false;
        } catch (WorkloadRejectedException e) {
            return e.closed();
        }
    }

    private void race(int rounds) throws Exception {
        for (int round = 0; round < rounds; round++) {
            stopUnderFire("seed " + seed + ", round " + round);
        }
    }

    private void stopUnderFire(String mark) throws Exception {
        WorkloadExecutor executor =
                WorkloadExecutor.create(new Workload("fire", 1 + random.nextInt(2), 1 + random.nextInt(64)));
        CountDownLatch begun = new CountDownLatch(CALLERS);
        List<Future<List<CompletableFuture<Integer>>>> shots = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            Callable<List<CompletableFuture<Integer>>> caller = () -> fire(executor, begun);
            shots.add(callers.submit(caller));
        }
        begun.await();
        for (int spins = random.nextInt(2_000); spins > 0; spins--) {
            Thread.onSpinWait();
        }
        if (random.nextBoolean()) {
            assertThat(executor.stop(Deadline.after(LIMIT))).as(mark).isZero();
        } else {
            executor.shutdownNow();
        }
        for (Future<List<CompletableFuture<Integer>>> shot : shots) {
            for (CompletableFuture<Integer> accepted : shot.get()) {
                accepted.handle((value, failure) -> value)
                        .get(LIMIT.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
            }
        }
        assertThat(executor.awaitTermination(LIMIT.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
                .as(mark)
                .isTrue();
        WorkloadStatistics figures = executor.statistics();
        assertThat(figures.submitted())
                .as(mark + ": " + figures)
                .isEqualTo(figures.completed() + figures.failed() + figures.cancelled() + figures.rejected());
        assertThat(figures.active() + figures.queued())
                .as(mark + ": " + figures)
                .isZero();
    }

    /** Hands in tasks until the workload is closed. */
    private static List<CompletableFuture<Integer>> fire(WorkloadExecutor executor, CountDownLatch begun) {
        List<CompletableFuture<Integer>> accepted = new ArrayList<>();
        boolean first = true;
        while (true) {
            try {
                accepted.add(executor.submit(() -> 1));
            } catch (WorkloadRejectedException rejected) {
                if (executor.isShutdown()) {
                    return accepted;
                }
            }
            if (first) {
                begun.countDown();
                first = false;
            }
        }
    }
}
