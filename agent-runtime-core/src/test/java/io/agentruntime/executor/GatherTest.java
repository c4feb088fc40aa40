package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.agentruntime.context.ContextScope;
import io.agentruntime.executor.Gather.Failure;
import io.agentruntime.executor.Gather.Success;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GatherTest {

    private final WorkloadExecutor executor = WorkloadExecutor.create(new Workload("agent", 2, 10));
    private final WorkloadExecutor single = WorkloadExecutor.create(new Workload("single", 1, 0));
    private final CountDownLatch gate = new CountDownLatch(1);

    @AfterEach
    void stop() throws InterruptedException {
        gate.countDown();
        executor.stop(Deadline.after(Duration.ofSeconds(10)));
        single.stop(Deadline.after(Duration.ofSeconds(10)));
        assertThat(ContextScope.openScopes()).isEmpty();
    }

    @Test
    void all_branchesEndInAnotherOrder_yieldsTheResultsInTheirOrder() {
        Callable<Object> slow = () -> {
            gate.await();
            return "slow";
        };
        Callable<Object> quick = () -> {
            gate.countDown();
            return "quick";
        };
        assertThat(Gather.on(executor).all(List.of(slow, quick)).join()).containsExactly("slow", "quick");
    }

    @Test
    void all_moreBranchesThanPlaces_runsEachOnce() {
        AtomicInteger calls = new AtomicInteger();
        List<Callable<Integer>> branches = counting(1000, calls);
        List<Integer> expected = IntStream.range(0, 1000).boxed().toList();

        assertThat(Gather.on(executor).all(branches).join()).isEqualTo(expected);
        assertThat(Gather.on(executor).width(1).all(branches).join()).isEqualTo(expected);
        assertThat(Gather.on(executor).width(8).all(branches).join()).isEqualTo(expected);
        assertThat(calls).hasValue(3000);
    }

    @Test
    void all_workloadWithoutQueue_runsTheNextBranchInPlaceOfTheLast() {
        AtomicInteger calls = new AtomicInteger();
        assertThat(Gather.on(single).all(counting(1000, calls)).join()).hasSize(1000);
        assertThat(calls).hasValue(1000);
    }

    @Test
    void all_width_isTheMostThatRunAtOnce() throws Exception {
        WorkloadExecutor wide = WorkloadExecutor.create(new Workload("wide", 8, 100));
        AtomicInteger running = new AtomicInteger();
        CyclicBarrier together = new CyclicBarrier(3);
        AtomicInteger most = new AtomicInteger();
        Callable<Integer> branch = () -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            together.await();
            return running.decrementAndGet();
        };
        List<Callable<Integer>> branches =
                IntStream.range(0, 501).mapToObj(i -> branch).toList();
        assertThat(Gather.on(wide).width(3).all(branches).join()).hasSize(501);
        assertThat(most).hasValue(3);
        wide.stop(Deadline.after(Duration.ofSeconds(10)));
    }

    @Test
    void all_nullResults_areKept() {
        List<Callable<String>> branches = List.of(() -> null, () -> "text");
        assertThat(Gather.on(executor).all(branches).join()).containsExactly(null, "text");
        assertThat(Gather.on(executor).settled(branches).join())
                .containsExactly(new Success<>(null), new Success<>("text"));
        assertThat(Gather.on(executor).first(List.of(() -> null))).succeedsWithin(Duration.ofSeconds(10));
    }

    @Test
    @Tag("flaw-13")
    void settled_mixed_tellsEachOutcomeInOrder() {
        IllegalStateException failure = new IllegalStateException("branch");
        StackOverflowError error = new StackOverflowError("deep");
        List<Callable<String>> branches = List.of(
                () -> "one",
                () -> {
                    throw failure;
                },
                () -> {
                    throw error;
                },
                () -> "four");
        assertThat(Gather.on(executor).settled(branches).join())
                .containsExactly(
                        new Success<>("one"), new Failure<>(failure), new Failure<>(error), new Success<>("four"));
        assertThat(failure).hasNoSuppressedExceptions();
    }

    @Test
    void first_oneSucceeds_yieldsItAndInterruptsTheOthers() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        Callable<String> slow = () -> {
            running.countDown();
            try {
                gate.await();
                return "slow";
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        };
        Callable<String> quick = () -> {
            running.await();
            return Thread.currentThread().isInterrupted() ? "interrupted" : "quick";
        };
        AtomicInteger never = new AtomicInteger();
        List<Callable<String>> branches = List.of(slow, quick, () -> "never " + never.incrementAndGet());

        assertThat(Gather.on(executor).first(branches).join()).isEqualTo("quick");
        interrupted.await();
        executor.stop(Deadline.after(Duration.ofSeconds(10)));
        assertThat(never).hasValue(0);
    }

    @Test
    void empty_eachMethod_followsItsRule() {
        Gather late = Gather.on(executor).within(Deadline.after(Duration.ZERO));
        assertThat(late.all(List.of())).isCompletedWithValue(List.of());
        assertThat(late.settled(List.of())).isCompletedWithValue(List.of());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> late.first(List.of()))
                .withMessage("branches is empty, allowed: 1 or more");
    }

    @Test
    void badInput_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Gather.on(executor).width(0))
                .withMessage("width < 1: 0");
        assertThatNullPointerException()
                .isThrownBy(() -> Gather.on(executor).all(Arrays.asList(() -> 1, null)))
                .withMessage("branches[1]");
        assertThatNullPointerException().isThrownBy(() -> Gather.on(executor).within(null));
        assertThat(executor.statistics().submitted()).isZero();
    }

    private static List<Callable<Integer>> counting(int branches, AtomicInteger calls) {
        return IntStream.range(0, branches)
                .mapToObj(i -> (Callable<Integer>) () -> {
                    calls.incrementAndGet();
                    return i;
                })
                .toList();
    }
}
