package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A task that is run, cancelled, completed, failed and timed out at once ends once, is counted once, and interrupts nobody else. */
@Tag("flaw-6")
@Tag("flaw-8")
class ClaimRaceTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final long seed = Long.getLong("agentruntime.seed", 20_261_125L);
    private final Random random = new Random(seed);
    private final ExecutorService racers = Executors.newFixedThreadPool(3);
    private final CyclicBarrier start = new CyclicBarrier(3);

    @AfterEach
    void stop() {
        racers.shutdownNow();
    }

    @Test
    void race_onAPlatformThread_hasOneOutcome() throws Exception {
        race(WorkloadExecutor.create(new Workload("race", 1, 10)), 10_000);
    }

    @Test
    void race_onAVirtualThread_hasOneOutcome() throws Exception {
        race(WorkloadExecutor.create(new Workload("race", 1, 10).virtual()), 10_000);
    }

    @Test
    @Tag("stress")
    void race_long_hasOneOutcome() throws Exception {
        race(WorkloadExecutor.create(new Workload("race", 1, 10)), 500_000);
        race(WorkloadExecutor.create(new Workload("race", 1, 10).virtual()), 500_000);
    }

    private void race(WorkloadExecutor executor, int rounds) throws Exception {
        Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        for (int round = 0; round < rounds; round++) {
            outcomes.merge(new Round(executor, "seed " + seed + ", round " + round).run(), 1, Integer::sum);
        }
        executor.stop(Deadline.after(LIMIT));
        WorkloadStatistics figures = executor.statistics();
        String mark = "seed " + seed + ": " + figures + " " + outcomes;
        assertThat(figures.submitted()).as(mark).isEqualTo(2L * rounds);
        assertThat(figures.completed()).as(mark).isEqualTo(rounds + sum(outcomes, Outcome.RETURNED, Outcome.COMPLETED));
        assertThat(figures.failed())
                .as(mark)
                .isEqualTo(sum(outcomes, Outcome.FAILED, Outcome.TIMED_OUT, Outcome.INTERRUPTED));
        assertThat(figures.cancelled()).as(mark).isEqualTo(sum(outcomes, Outcome.CANCELLED));
        assertThat(figures.rejected()).as(mark).isZero();
        assertThat(figures.active() + figures.queued()).as(mark).isZero();
    }

    private static long sum(Map<Outcome, Integer> outcomes, Outcome... some) {
        return Stream.of(some)
                .mapToLong(outcome -> outcomes.getOrDefault(outcome, 0))
                .sum();
    }

    private enum Outcome {
        RETURNED,
        INTERRUPTED,
        TIMED_OUT,
        CANCELLED,
        COMPLETED,
        FAILED
    }

    /** One task, three who want to end it, and the task after it. */
    private final class Round {

        private final WorkloadExecutor executor;
        private final String mark;
        private final AtomicInteger runs = new AtomicInteger();
        private final CountDownLatch gate = new CountDownLatch(1);
        private final IllegalStateException failure = new IllegalStateException("asked for");
        private final int pause = random.nextInt(300);

        Round(WorkloadExecutor executor, String mark) {
            this.executor = executor;
            this.mark = mark;
        }

        Outcome run() throws Exception {
            CompletableFuture<String> task = submit();
            List<Boolean> won = raceToTheEndOf(task);
            gate.countDown();
            assertThat(task).as(mark).isDone();
            Outcome outcome = outcome(task);
            CompletableFuture<Boolean> next =
                    executor.submit(() -> Thread.currentThread().isInterrupted());
            assertThat(Watchdog.await(next, LIMIT, mark))
                    .as("interrupt, " + mark)
                    .isFalse();
            assertThat(outcome(task)).as(mark).isEqualTo(outcome);
            assertThat(runs).as(mark).hasValueLessThanOrEqualTo(1);
            assertThat(won)
                    .as(mark)
                    .containsExactly(
                            outcome == Outcome.CANCELLED, outcome == Outcome.COMPLETED, outcome == Outcome.FAILED);
            return outcome;
        }

        /** Says who ended it: the one who cancelled, who completed, who failed it. */
        private List<Boolean> raceToTheEndOf(CompletableFuture<String> task) throws Exception {
            List<CompletableFuture<Boolean>> ends = List.of(
                    ending(() -> task.cancel(true)),
                    ending(() -> task.complete("completed")),
                    ending(() -> task.completeExceptionally(failure)));
            List<Boolean> won = new ArrayList<>();
            for (CompletableFuture<Boolean> end : ends) {
                won.add(Watchdog.await(end, LIMIT, mark));
            }
            return won;
        }

        private CompletableFuture<String> submit() {
            Callable<String> body = switch (random.nextInt(3)) {
                case 0 -> this::quick;
                case 1 -> this::patient;
                default -> this::stubborn;
            };
            return random.nextBoolean()
                    ? executor.submit(body)
                    : executor.submit(body, Deadline.after(Duration.ofNanos(1_000L * random.nextInt(300))));
        }

        private String quick() {
            runs.incrementAndGet();
            return "returned";
        }

        private String patient() throws InterruptedException {
            runs.incrementAndGet();
            gate.await();
            return "returned";
        }

        private String stubborn() {
            runs.incrementAndGet();
            try {
                gate.await();
            } catch (InterruptedException e) {
                return "returned in spite of " + e;
            }
            return "returned";
        }

        private CompletableFuture<Boolean> ending(Callable<Boolean> end) {
            int spins = random.nextInt(1 + pause);
            return CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            start.await();
                            for (int i = 0; i < spins; i++) {
                                Thread.onSpinWait();
                            }
                            return end.call();
                        } catch (Exception e) {
                            throw new AssertionError(mark, e);
                        }
                    },
                    racers);
        }

        private Outcome outcome(CompletableFuture<String> task) {
            return task.handle((value, thrown) -> {
                        if (value != null) {
                            return value.equals("completed") ? Outcome.COMPLETED : Outcome.RETURNED;
                        } else if (task.isCancelled()) {
                            return Outcome.CANCELLED;
                        } else if (thrown == failure) {
                            return Outcome.FAILED;
                        }
                        assertThat(thrown).as(mark).isInstanceOfAny(TimeoutException.class, InterruptedException.class);
                        return thrown instanceof TimeoutException ? Outcome.TIMED_OUT : Outcome.INTERRUPTED;
                    })
                    .join();
        }
    }
}
