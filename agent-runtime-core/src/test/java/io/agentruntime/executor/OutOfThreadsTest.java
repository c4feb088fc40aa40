package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The operating system has no thread left: the task that needed one fails, nothing hangs, and the pool works again when there is one. */
class OutOfThreadsTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final WorkloadExecutor owner = WorkloadExecutor.create(new Workload("owner", 1, 10));
    private final Alarm alarm = new Alarm("scarce");
    private final WorkerPool pool = new WorkerPool(new Workload("scarce", 1, 10), this::thread, true, alarm);
    private volatile boolean outOfThreads;
    private volatile Runnable atFailure = () -> {};

    private Thread thread(Runnable task) {
        return new Thread(task) {
            @Override
            @SuppressWarnings("UnsynchronizedOverridesSynchronized") // one thread starts it
            public void start() {
                if (outOfThreads) {
                    atFailure.run();
                    throw new OutOfMemoryError("unable to create native thread");
                }
                super.start();
            }
        };
    }

    private <T> WorkloadTask<T> task(Callable<T> body) {
        return new WorkloadTask<>(body, owner);
    }

    @AfterEach
    void stop() throws InterruptedException {
        pool.shutdown();
        assertThat(pool.awaitTermination(LIMIT.toNanos())).isTrue();
        alarm.close();
        owner.stop(Deadline.after(LIMIT));
    }

    @Test
    void submit_noThreadLeft_throwsAndEndsTheTask() throws Exception {
        WorkloadTask<Integer> unlucky = task(() -> 1);
        outOfThreads = true;
        assertThatThrownBy(() -> pool.submit(unlucky)).isInstanceOf(OutOfMemoryError.class);
        assertThat(unlucky).isCompletedExceptionally();
        assertThat(owner.statistics().failed()).isEqualTo(1);
        assertThat(pool.load().active()).isZero();

        outOfThreads = false;
        WorkloadTask<Integer> lucky = task(() -> 2);
        assertThat(pool.submit(lucky)).isEqualTo(Admission.ACCEPTED);
        assertThat(Watchdog.await(lucky, LIMIT, "lucky")).isEqualTo(2);
    }

    /** Whoever hands a task in meanwhile sees a workload whose only seat is held. */
    @Test
    void submit_noThreadLeftForTheTaskBefore_isRunByAnother() throws Exception {
        WorkloadTask<Integer> behind = task(() -> 2);
        atFailure = () -> {
            assertThat(pool.submit(behind)).isEqualTo(Admission.ACCEPTED);
            outOfThreads = false;
        };
        outOfThreads = true;
        assertThatThrownBy(() -> pool.submit(task(() -> 1))).isInstanceOf(OutOfMemoryError.class);
        assertThat(Watchdog.await(behind, LIMIT, "behind")).isEqualTo(2);
    }

    @Test
    void submit_noThreadLeftForAnyOfMany_endsThemAll() {
        List<WorkloadTask<Integer>> behind =
                Stream.generate(() -> task(() -> 2)).limit(10).toList();
        atFailure = () -> {
            atFailure = () -> {};
            behind.forEach(pool::submit);
        };
        outOfThreads = true;
        assertThatThrownBy(() -> pool.submit(task(() -> 1))).isInstanceOf(OutOfMemoryError.class);
        assertThat(behind).allSatisfy(task -> assertThat(task).isCompletedExceptionally());
        assertThat(owner.statistics().failed()).isEqualTo(11);
        assertThat(pool.load().active()).isZero();
        assertThat(pool.load().queued()).isZero();
    }

    @Test
    void wait_noThreadLeftForTheAwaitedTask_endsBothTasks() throws Exception {
        WorkloadTask<Integer> awaited = task(() -> 1);
        awaited.inside = true;
        WorkloadTask<Integer> waiting = task(() -> {
            assertThat(pool.submit(awaited)).isEqualTo(Admission.ACCEPTED);
            outOfThreads = true;
            return awaited.get();
        });
        assertThat(pool.submit(waiting)).isEqualTo(Admission.ACCEPTED);
        assertThatThrownBy(() -> Watchdog.await(waiting, LIMIT, "waiting"))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(OutOfMemoryError.class);
        assertThat(awaited).isCompletedExceptionally();
    }
}
