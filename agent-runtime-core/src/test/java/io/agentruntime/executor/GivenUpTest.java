package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Work that nobody waits for any more never begins, or, if it has begun, is interrupted and gives its seat back. */
@Tag("flaw-6")
class GivenUpTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final List<WorkloadExecutor> workloads = List.of(
            WorkloadExecutor.create(new Workload("platform", 1, 100)),
            WorkloadExecutor.create(new Workload("virtual", 1, 100).virtual()),
            WorkloadExecutor.create(new Workload("fair", 1, 100).fair()));
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger begun = new AtomicInteger();

    @AfterEach
    void stop() throws InterruptedException {
        gate.countDown();
        for (WorkloadExecutor workload : workloads) {
            workload.stop(Deadline.after(LIMIT));
        }
    }

    private static Set<String> ways() {
        return GivingUp.WAYS.keySet();
    }

    private static void awaitQueued(WorkloadExecutor workload, int tasks) {
        Watchdog.until(() -> workload.statistics().queued() == tasks, LIMIT, workload);
    }

    private static CompletableFuture<Integer> occupy(WorkloadExecutor workload, CountDownLatch leave) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<Integer> occupant = workload.submit(() -> {
            running.countDown();
            leave.await();
            return 0;
        });
        assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
        return occupant;
    }

    @ParameterizedTest
    @MethodSource("ways")
    @Tag("flaw-2")
    void queued_givenUp_neverBeginsAndLeavesItsPlace(String way) throws Exception {
        for (WorkloadExecutor workload : workloads) {
            CountDownLatch leave = new CountDownLatch(1);
            CompletableFuture<Integer> occupant = occupy(workload, leave);
            GivingUp.WAYS.get(way).giveUp(workload, begun::incrementAndGet, () -> awaitQueued(workload, 1));
            awaitQueued(workload, 0); // a future may end a moment before its task leaves the queue
            leave.countDown();
            assertThat(occupant.get(30, TimeUnit.SECONDS)).isZero();
            assertThat(workload.stop(Deadline.after(LIMIT))).isZero();
        }
        assertThat(begun).hasValue(0);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void running_givenUp_isInterruptedAndLeavesItsSeat(String way) throws Exception {
        for (WorkloadExecutor workload : workloads) {
            CountDownLatch running = new CountDownLatch(1);
            Callable<Integer> hangs = () -> {
                running.countDown();
                gate.await();
                return begun.incrementAndGet();
            };
            GivingUp.WAYS
                    .get(way)
                    .giveUp(
                            workload,
                            hangs,
                            () -> assertThat(running.await(30, TimeUnit.SECONDS))
                                    .isTrue());
            assertThat(Watchdog.await(workload.submit(() -> "free"), LIMIT, workload.toString()))
                    .isEqualTo("free");
            assertThat(workload.stop(Deadline.after(LIMIT))).isZero();
        }
        assertThat(begun).as("none came through the gate").hasValue(0);
    }

    @Test
    void cancelWithoutInterrupt_queuedNeverBeginsAndRunningGoesOn() throws Exception {
        WorkloadExecutor workload = workloads.get(0);
        CompletableFuture<Integer> running = occupy(workload, gate);
        CompletableFuture<Integer> queued = workload.submit(begun::incrementAndGet);
        assertThat(queued.cancel(false)).isTrue();
        assertThat(running.cancel(false)).isTrue();
        assertThat(workload.statistics().active()).isEqualTo(1);
        gate.countDown();
        assertThat(workload.stop(Deadline.after(LIMIT))).isZero();
        assertThat(begun).hasValue(0);
    }

    @Test
    void asyncStageInTheQueue_cancelled_neverBegins() throws Exception {
        WorkloadExecutor workload = workloads.get(0);
        CompletableFuture<Integer> done = workload.submit(() -> 1);
        assertThat(done.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        CompletableFuture<Integer> occupant = occupy(workload, gate);
        CompletableFuture<Integer> stage = done.thenApplyAsync(x -> begun.incrementAndGet());
        awaitQueued(workload, 1);
        assertThat(stage.cancel(false)).isTrue();
        gate.countDown();
        assertThat(occupant.get(30, TimeUnit.SECONDS)).isZero();
        assertThat(workload.stop(Deadline.after(LIMIT))).isZero();
        assertThat(begun).hasValue(0);
    }

    @Test
    void schedule_cancelledBeforeItIsDue_neverBegins() throws Exception {
        WorkloadExecutor workload = workloads.get(0);
        ScheduledFuture<Integer> once = workload.schedule(begun::incrementAndGet, 100, TimeUnit.MILLISECONDS);
        assertThat(once.cancel(false)).isTrue();
        ScheduledFuture<String> later = workload.schedule(() -> "later", 150, TimeUnit.MILLISECONDS);
        assertThat(later.get(30, TimeUnit.SECONDS)).isEqualTo("later");
        assertThat(begun).hasValue(0);
        assertThat(workload.statistics().submitted()).isEqualTo(1);
    }

    @Test
    void waitingForRoom_interrupted_neverBegins() throws Exception {
        WorkloadExecutor tight = WorkloadExecutor.create(new Workload("tight", 1, 0));
        CompletableFuture<Integer> occupant = occupy(tight, gate);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread patient = new Thread(() -> {
            try {
                interrupted.complete(
                        tight.submitWaiting(begun::incrementAndGet, LIMIT).isCancelled());
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });
        patient.start();
        patient.interrupt();
        assertThat(Watchdog.await(interrupted, LIMIT, tight.toString())).isTrue();
        gate.countDown();
        assertThat(occupant.get(30, TimeUnit.SECONDS)).isZero();
        assertThat(tight.stop(Deadline.after(LIMIT))).isZero();
        assertThat(begun).hasValue(0);
    }
}
