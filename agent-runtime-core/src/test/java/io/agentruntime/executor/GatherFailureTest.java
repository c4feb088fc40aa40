package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.agentruntime.context.ContextScope;
import io.agentruntime.executor.Gather.Failure;
import io.agentruntime.executor.Gather.Success;
import io.agentruntime.lifecycle.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GatherFailureTest {

    private final WorkloadExecutor executor = WorkloadExecutor.create(new Workload("agent", 2, 10));
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final AtomicInteger never = new AtomicInteger();
    private final IllegalStateException failure = new IllegalStateException("branch");

    @AfterEach
    void stop() throws InterruptedException {
        gate.countDown();
        executor.stop(Deadline.after(Duration.ofSeconds(10)));
        assertThat(ContextScope.openScopes()).isEmpty();
    }

    private String hang() throws InterruptedException {
        running.countDown();
        try {
            gate.await();
            return "hung";
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
    }

    private String failWhileRunning() throws InterruptedException {
        running.await();
        throw failure;
    }

    @Test
    void all_oneFails_interruptsTheRunningAndStartsNoOther() throws Exception {
        CountDownLatch registered = new CountDownLatch(1);
        List<Callable<String>> branches = List.of(
                this::hang,
                () -> {
                    registered.await();
                    return failWhileRunning();
                },
                () -> "never " + never.incrementAndGet());
        CompletableFuture<?> result = Gather.on(executor).width(3).all(branches);
        CompletableFuture<Boolean> flag =
                result.handle((value, cause) -> Thread.currentThread().isInterrupted());
        registered.countDown();

        assertThat(catchThrowable(result::get)).hasCause(failure);
        assertThat(flag.join()).isFalse(); // the branch that failed is not interrupted by its own failure
        interrupted.await();
        executor.stop(Deadline.after(Duration.ofSeconds(10)));
        assertThat(never).hasValue(0);
        assertThat(failure).hasNoSuppressedExceptions();
    }

    @Test
    void all_anotherFailsLater_isSuppressedOnTheFirst() throws Exception {
        IOException later = new IOException("later");
        List<Callable<String>> branches = List.of(
                () -> {
                    try {
                        return hang();
                    } catch (InterruptedException e) {
                        throw later; // the failure of its own that the branch met while it was being stopped
                    }
                },
                this::failWhileRunning);
        assertThat(catchThrowable(Gather.on(executor).all(branches)::get)).hasCause(failure);
        executor.stop(Deadline.after(Duration.ofSeconds(10)));
        assertThat(failure.getSuppressed()).containsExactly(later);
    }

    @Test
    void first_allFail_theFirstOfTheListCarriesTheOthers() {
        IOException second = new IOException("second");
        IOException third = new IOException("third");
        List<Callable<String>> branches = List.of(
                () -> {
                    throw failure;
                },
                () -> {
                    throw second;
                },
                () -> {
                    throw third;
                });
        assertThat(catchThrowable(Gather.on(executor).first(branches)::get)).hasCause(failure);
        assertThat(failure.getSuppressed()).containsExactly(second, third);
    }

    @Test
    void deadline_passes_namesTheWorkloadAndWhatWasLeftAndInterrupts() throws Exception {
        List<Callable<String>> branches =
                List.of(this::hang, () -> "quick", this::hang, () -> "never " + never.incrementAndGet());
        Gather gather = Gather.on(executor).within(Deadline.after(Duration.ofMillis(300)));

        assertThat(catchThrowable(gather.all(branches)::get))
                .cause()
                .isInstanceOf(TimeoutException.class)
                .hasMessage("workload 'agent': the deadline passed with 3 of 4 branches left");
        interrupted.await();
        executor.stop(Deadline.after(Duration.ofSeconds(10)));
        assertThat(never).hasValue(0);
    }

    @Test
    @Tag("flaw-13")
    void deadline_passes_settledTellsWhatEndedAndFirstKeepsTheFailures() {
        List<Callable<String>> some = List.of(() -> "quick", this::hang, this::hang);
        assertThat(within300().settled(some).join())
                .satisfiesExactly(
                        quick -> assertThat(quick).isEqualTo(new Success<>("quick")),
                        GatherFailureTest::timedOut,
                        GatherFailureTest::timedOut);

        List<Callable<String>> none = List.of(
                () -> {
                    throw failure;
                },
                this::hang);
        assertThat(catchThrowable(within300().first(none)::get))
                .cause()
                .isInstanceOf(TimeoutException.class)
                .hasMessageEndingWith("1 of 2 branches left")
                .hasSuppressedException(failure);
    }

    private Gather within300() {
        return Gather.on(executor).within(Deadline.after(Duration.ofMillis(300)));
    }

    private static void timedOut(Gather.Outcome<String> outcome) {
        assertThat(((Failure<String>) outcome).cause()).isInstanceOf(TimeoutException.class);
    }

    @Test
    void deadline_passedBefore_startsNothing() {
        AtomicLong now = new AtomicLong();
        Deadline deadline = Deadline.after(Duration.ofSeconds(1), now::get);
        now.addAndGet(TimeUnit.SECONDS.toNanos(1));
        CompletableFuture<?> result = Gather.on(executor).within(deadline).all(List.of(never::incrementAndGet));
        assertThat(catchThrowable(result::get))
                .cause()
                .isInstanceOf(TimeoutException.class)
                .hasMessageEndingWith("1 of 1 branches left");
        assertThat(executor.statistics().submitted()).isZero();
    }

    @Test
    void cancel_result_cancelsTheBranches() throws Exception {
        CompletableFuture<?> result = Gather.on(executor).width(1).settled(List.of(this::hang, never::incrementAndGet));
        running.await();
        assertThat(result.cancel(false)).isTrue();
        interrupted.await();
        executor.stop(Deadline.after(Duration.ofSeconds(10)));
        assertThat(never).hasValue(0);
        assertThat(executor.statistics().cancelled()).isEqualTo(1);
    }
}
