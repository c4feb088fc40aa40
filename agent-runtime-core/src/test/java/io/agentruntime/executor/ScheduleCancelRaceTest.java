package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Schedules that are cancelled just when they are due: every run that is counted was handed in, and is counted once. */
@Tag("flaw-8")
class ScheduleCancelRaceTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final long seed = Long.getLong("agentruntime.seed", 20_261_127L);
    private final Random random = new Random(seed);
    private final WorkloadExecutor roomy = WorkloadExecutor.create(new Workload("roomy", 2, 1_000));
    private final WorkloadExecutor full = WorkloadExecutor.create(new Workload("full", 1, 0));

    @AfterEach
    void stop() throws InterruptedException {
        roomy.stop(Deadline.after(LIMIT));
        full.stop(Deadline.after(LIMIT));
    }

    @Test
    void cancel_whenDue_countsEachRunOnce() throws Exception {
        for (int round = 0; round < 10_000; round++) {
            cancelWhenDue(random.nextBoolean() ? roomy : full);
        }
        for (WorkloadExecutor workload : List.of(roomy, full)) {
            workload.stop(Deadline.after(LIMIT));
            WorkloadStatistics figures = workload.statistics();
            assertThat(figures.completed() + figures.failed() + figures.cancelled() + figures.rejected())
                    .as("seed " + seed + ", " + figures)
                    .isEqualTo(figures.submitted());
        }
    }

    private void cancelWhenDue(WorkloadExecutor workload) {
        ScheduledFuture<?> future = workload.schedule(() -> 1, random.nextInt(50_000), TimeUnit.NANOSECONDS);
        for (int spins = random.nextInt(2_000); spins > 0; spins--) {
            Thread.onSpinWait();
        }
        boolean cancelled = future.cancel(random.nextBoolean());
        assertThat(future.isDone()).isTrue();
        assertThat(future.isCancelled()).isEqualTo(cancelled);
    }
}
