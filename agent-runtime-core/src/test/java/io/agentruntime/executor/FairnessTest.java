package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Organisations take turns. Each task says that it has started and stays until the test lets one go, so the order is exact. */
@Tag("flaw-7")
class FairnessTest {

    private final Semaphore leave = new Semaphore(0);
    private final BlockingQueue<String> starts = new LinkedBlockingQueue<>();
    private WorkloadExecutor executor;

    @AfterEach
    void stop() throws InterruptedException {
        leave.release(1_000_000);
        executor.stop(Deadline.after(Duration.ofSeconds(30)));
    }

    /** Makes the workload and occupies all of it. */
    private void occupy(Workload workload) throws InterruptedException {
        executor = WorkloadExecutor.create(workload);
        for (int i = 0; i < workload.threads(); i++) {
            execute("occupant", "occupant");
            assertThat(nextStart()).isEqualTo("occupant");
        }
    }

    private void execute(String organisation, String name) {
        try (ContextScope scope = UsageContext.of(organisation, "test").open()) {
            executor.execute(task(name));
        }
    }

    private Runnable task(String name) {
        return () -> {
            starts.add(name);
            leave.acquireUninterruptibly();
        };
    }

    private String nextStart() throws InterruptedException {
        String name = starts.poll(30, TimeUnit.SECONDS);
        assertThat(name)
                .as("%s%n%s", executor, name == null ? Watchdog.dump() : "")
                .isNotNull();
        return name;
    }

    /** Lets tasks end one at a time, and tells which starts instead. */
    private List<String> nextStarts(int count) throws InterruptedException {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            leave.release();
            names.add(nextStart());
        }
        return names;
    }

    @ParameterizedTest
    @CsvSource({"1,false", "3,false", "1,true", "3,true"})
    void fair_aThousandOfOneOrganisation_anotherStartsAfterAtMostAThreadEach(int threads, boolean virtual)
            throws Exception {
        Workload workload = new Workload("agent", threads, 10_000).fair();
        occupy(virtual ? workload.virtual() : workload);
        IntStream.range(0, 1_000).forEach(i -> execute("acme", "acme"));
        nextStarts(10);
        execute("beta", "beta");
        assertThat(nextStarts(threads + 1)).contains("beta");
    }

    @Test
    void fair_threeOrganisations_takeTurnsEachInItsOwnOrder() throws Exception {
        occupy(new Workload("agent", 1, 100).fair());
        for (String organisation : List.of("a", "b", "c")) {
            IntStream.range(0, 4).forEach(i -> execute(organisation, organisation + i));
        }
        assertThat(nextStarts(12))
                .containsExactly("a0", "b0", "c0", "a1", "b1", "c1", "a2", "b2", "c2", "a3", "b3", "c3");
    }

    @Test
    void fair_organisationThatComesBackAfterItsLastTask_waitsItsTurn() throws Exception {
        occupy(new Workload("agent", 1, 100).fair());
        execute("b", "b0");
        IntStream.range(0, 3).forEach(i -> execute("a", "a" + i));
        assertThat(nextStarts(1)).containsExactly("b0");
        execute("b", "b1");
        assertThat(nextStarts(4)).containsExactly("a0", "b1", "a1", "a2");
    }

    @Test
    void fair_tasksWithoutContext_areAnOwnerOfTheirOwn() throws Exception {
        occupy(new Workload("agent", 1, 100).fair());
        IntStream.range(0, 3).forEach(i -> execute("acme", "acme"));
        IntStream.range(0, 3).forEach(i -> executor.execute(task("nobody")));
        assertThat(nextStarts(6)).containsExactly("acme", "nobody", "acme", "nobody", "acme", "nobody");
    }

    @Test
    void fair_cancelledTasks_neverStartAndTakeNoTurn() throws Exception {
        occupy(new Workload("agent", 1, 1_000).fair());
        List<CompletableFuture<?>> given = new ArrayList<>();
        try (ContextScope scope = UsageContext.of("acme", "test").open()) {
            IntStream.range(0, 500).forEach(i -> given.add(executor.submit(task("cancelled"))));
        }
        execute("acme", "acme");
        execute("beta", "beta");
        execute("acme", "acme");
        given.forEach(future -> assertThat(future.cancel(true)).isTrue());
        assertThat(executor.statistics().queued()).isEqualTo(3);
        assertThat(nextStarts(3)).containsExactly("acme", "beta", "acme");
        leave.release();
        assertThat(executor.submit(() -> "last").get(30, TimeUnit.SECONDS)).isEqualTo("last");
        assertThat(starts).isEmpty();
    }

    @Test
    void fair_deadlinePassedWhileQueued_neverStarts() throws Exception {
        occupy(new Workload("agent", 1, 100).fair());
        CompletableFuture<Boolean> late =
                executor.submit(() -> starts.add("late"), Deadline.after(Duration.ofMillis(1)));
        assertThat(late.handle((value, failure) -> value == null).get(30, TimeUnit.SECONDS))
                .isTrue();
        execute("acme", "acme");
        assertThat(nextStarts(1)).containsExactly("acme");
        assertThat(executor.statistics().failed()).isEqualTo(1);
    }

    @Test
    void fair_queueFull_rejectsEveryOrganisationAlike() throws Exception {
        occupy(new Workload("agent", 1, 2).fair());
        execute("acme", "acme");
        execute("acme", "acme");
        WorkloadRejectedException rejection =
                catchThrowableOfType(WorkloadRejectedException.class, () -> execute("beta", "beta"));
        assertThat(rejection.statistics().queued()).isEqualTo(2);
        assertThat(nextStarts(2)).containsExactly("acme", "acme");
    }

    @ParameterizedTest
    @CsvSource({"1,false", "1,true"})
    void unfair_twoOrganisations_startInTheOrderOfTheirComing(int threads, boolean virtual) throws Exception {
        Workload workload = new Workload("agent", threads, 10_000);
        occupy(virtual ? workload.virtual() : workload);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String name = (i < 90 ? "acme" : "beta") + i;
            execute(name.substring(0, 4), name);
            expected.add(name);
        }
        assertThat(nextStarts(100)).isEqualTo(expected);
    }
}
