package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The figures of a workload say what is going on, and go with it. */
@Tag("flaw-8")
class LiveStatisticsTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch running = new CountDownLatch(2);
    private WorkloadExecutor executor;

    private void create(boolean virtual) {
        Workload workload = new Workload("live", 2, 3);
        executor = WorkloadExecutor.create(virtual ? workload.virtual() : workload);
    }

    @AfterEach
    void stop() throws InterruptedException {
        gate.countDown();
        executor.stop(Deadline.after(LIMIT));
    }

    /** Active, queued, largest, submitted, completed, failed, cancelled, rejected. */
    private List<Long> figures() {
        WorkloadStatistics now = executor.statistics();
        assertThat(now.threads()).isEqualTo(2);
        return List.of(
                (long) now.active(),
                (long) now.queued(),
                (long) now.largest(),
                now.submitted(),
                now.completed(),
                now.failed(),
                now.cancelled(),
                now.rejected());
    }

    private List<CompletableFuture<Boolean>> submitHanging(int tasks) {
        List<CompletableFuture<Boolean>> hanging = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            hanging.add(executor.submit(() -> {
                running.countDown();
                return gate.await(1, TimeUnit.HOURS);
            }));
        }
        return hanging;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void statistics_underLoad_changeWithEveryStep(boolean virtual) throws Exception {
        create(virtual);
        assertThat(figures()).as("idle").containsExactly(0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
        assertThat(executor.statistics().queueWait().count()).isZero();

        List<CompletableFuture<Boolean>> hanging = submitHanging(2);
        assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(figures()).as("busy").containsExactly(2L, 0L, 2L, 2L, 0L, 0L, 0L, 0L);
        hanging.addAll(submitHanging(3));
        long lastQueued = System.nanoTime();
        assertThat(figures()).as("full").containsExactly(2L, 3L, 2L, 5L, 0L, 0L, 0L, 0L);
        assertThat(catchThrowableOfType(WorkloadRejectedException.class, () -> submitHanging(1)))
                .isNotNull();
        assertThat(figures()).as("overloaded").containsExactly(2L, 3L, 2L, 6L, 0L, 0L, 0L, 1L);
        assertThat(hanging.remove(4).cancel(true)).isTrue();
        assertThat(figures()).as("given up").containsExactly(2L, 2L, 2L, 6L, 0L, 0L, 1L, 1L);
        failOne();
        assertThat(figures()).as("out of time").containsExactly(2L, 2L, 2L, 7L, 0L, 1L, 1L, 1L);

        Duration waited = Duration.ofNanos(System.nanoTime() - lastQueued);
        gate.countDown();
        executor.stop(Deadline.after(LIMIT));
        assertThat(figures()).as("over").containsExactly(0L, 0L, 2L, 7L, 4L, 1L, 1L, 1L);
        checkTimes(waited);
        assertThat(hanging).allMatch(CompletableFuture::isDone);
    }

    private void failOne() {
        CompletableFuture<Boolean> late = executor.submit(() -> true, Deadline.after(Duration.ZERO));
        assertThat(late).isCompletedExceptionally();
    }

    private void checkTimes(Duration waited) {
        WorkloadStatistics over = executor.statistics();
        assertThat(over.queueWait().count()).isEqualTo(4);
        assertThat(over.queueWait().max()).isGreaterThanOrEqualTo(waited);
        assertThat(over.runTime().count()).isEqualTo(4);
        assertThat(over.runTime().max()).isGreaterThanOrEqualTo(waited);
    }

    /** A task that waits for another one is under way, though others have its seat. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void statistics_ofTasksThatWait_countThemAsActive(boolean virtual) throws Exception {
        create(virtual);
        CyclicBarrier bothRun = new CyclicBarrier(2);
        CountDownLatch below = new CountDownLatch(2);
        Callable<Boolean> part = () -> {
            below.countDown();
            return gate.await(1, TimeUnit.HOURS);
        };
        Callable<Boolean> whole = () -> {
            bothRun.await();
            return executor.submit(part).join();
        };
        List<CompletableFuture<Boolean>> waiting = List.of(executor.submit(whole), executor.submit(whole));
        assertThat(below.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(figures()).as("two wait for two").containsExactly(4L, 0L, 4L, 4L, 0L, 0L, 0L, 0L);
        gate.countDown();
        executor.stop(Deadline.after(LIMIT));
        assertThat(figures()).as("over").containsExactly(0L, 0L, 4L, 4L, 4L, 0L, 0L, 0L);
        assertThat(waiting).allMatch(CompletableFuture::isDone);
    }
}
