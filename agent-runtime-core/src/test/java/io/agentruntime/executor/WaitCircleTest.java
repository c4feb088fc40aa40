package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks that wait for each other in a circle fail at once, and tasks that wait in a way that is not seen do not starve their own. */
@Tag("flaw-5")
class WaitCircleTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final long seed = Long.getLong("agentruntime.seed", 20_261_124L);
    private final WorkloadExecutor one = WorkloadExecutor.create(new Workload("one", 1, 10));
    private final WorkloadExecutor other = WorkloadExecutor.create(new Workload("other", 1, 10).virtual());

    @AfterEach
    void stop() throws InterruptedException {
        one.stop(Deadline.after(Duration.ofSeconds(10)));
        other.stop(Deadline.after(Duration.ofSeconds(10)));
    }

    private static void assertCircle(CompletableFuture<?> future, String... names) {
        assertThatThrownBy(() -> Watchdog.await(future, LIMIT, "circle"))
                .isInstanceOf(ExecutionException.class)
                .rootCause()
                .isInstanceOf(WorkloadWaitException.class)
                .hasMessageContainingAll(names)
                .hasMessageContaining("circle");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void taskThatWaitsForItself_failsAtOnce(boolean join) {
        CompletableFuture<CompletableFuture<String>> self = new CompletableFuture<>();
        CompletableFuture<String> task =
                one.submit(() -> join ? self.join().join() : self.join().get());
        self.complete(task);
        assertCircle(task, "'one'");
    }

    @Test
    void taskThatWaitsForAStageOfItself_failsAtOnce() {
        CompletableFuture<CompletableFuture<String>> self = new CompletableFuture<>();
        CompletableFuture<String> task = one.submit(() -> self.join().join());
        CompletableFuture<String> ready = new CompletableFuture<>();
        self.complete(task.thenApply(text -> text + "!").thenCombine(ready, (text, ignored) -> text));
        assertCircle(task, "'one'");
    }

    @Test
    void twoWorkloadsThatWaitForEachOther_failAtOnceAndNameBoth() {
        CompletableFuture<CompletableFuture<String>> second = new CompletableFuture<>();
        CompletableFuture<String> first = one.submit(() -> second.join().join());
        second.complete(other.submit(() -> first.join()));
        assertCircle(first, "'one'", "'other'");
        assertCircle(second.join(), "'one'", "'other'");
    }

    @Test
    void circleThroughAStageThatNeedsBoth_failsAtOnce() {
        CompletableFuture<CompletableFuture<String>> second = new CompletableFuture<>();
        CompletableFuture<String> first = one.submit(() -> second.join().join());
        CompletableFuture<String> free = other.submit(() -> "free");
        second.complete(other.submit(
                () -> free.thenCombine(first, (one, other) -> one + other).join()));
        assertCircle(first, "'one'", "'other'");
    }

    @Test
    void stageThatNeedsOneOfBoth_isNoCircle() throws Exception {
        CompletableFuture<CompletableFuture<String>> self = new CompletableFuture<>();
        CompletableFuture<String> task = one.submit(() -> self.join().join());
        CompletableFuture<String> free = other.submit(() -> "free");
        self.complete(task.applyToEither(free, text -> text));
        assertThat(Watchdog.await(task, LIMIT, "either")).isEqualTo("free");
    }

    @Test
    void waitWithATimeLimit_isNoCircle() {
        CompletableFuture<CompletableFuture<String>> self = new CompletableFuture<>();
        CompletableFuture<String> task = one.submit(() -> self.join().get(1, TimeUnit.MILLISECONDS));
        self.complete(task);
        assertThatThrownBy(() -> Watchdog.await(task, LIMIT, "time limit"))
                .rootCause()
                .isInstanceOf(TimeoutException.class);
    }

    @Test
    void randomRings_tasksThatCloseThemAtOnce_neverHang() throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            String mark = "seed " + seed + ", round " + round;
            for (CompletableFuture<Integer> task : ring(1 + random.nextInt(5), random)) {
                assertThatThrownBy(() -> Watchdog.await(task, LIMIT, mark))
                        .as(mark)
                        .rootCause()
                        .isInstanceOf(WorkloadWaitException.class);
            }
        }
    }

    /** Starts tasks each of which waits for the next one, the last for the first. */
    private List<CompletableFuture<Integer>> ring(int length, Random random) {
        CountDownLatch ready = new CountDownLatch(1);
        List<CompletableFuture<Integer>> ring = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            int next = (i + 1) % length;
            Callable<Integer> body = () -> {
                ready.await();
                return ring.get(next).join();
            };
            ring.add((random.nextBoolean() ? one : other).submit(body));
        }
        ready.countDown();
        return ring;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void allOf_tasksOfTheOwnWorkloadOfSizeOne_ends(boolean virtual) throws Exception {
        WorkloadExecutor executor = virtual ? other : one;
        assertThat(Watchdog.await(executor.submit(() -> tree(executor, 3)), LIMIT, "allOf"))
                .isEqualTo(15);
        executor.stop(Deadline.after(LIMIT));
        assertThat(executor.statistics().active()).isZero(); // every seat that was taken has come back
    }

    /** Counts the tasks of a tree whose inner nodes wait for their children in a way that the workload does not see. */
    private static int tree(WorkloadExecutor executor, int depth) {
        if (depth == 0) {
            return 1;
        }
        CompletableFuture<Integer> left = executor.submit(() -> tree(executor, depth - 1));
        CompletableFuture<Integer> right = executor.submit(() -> tree(executor, depth - 1));
        CompletableFuture.allOf(left, right).join();
        return 1 + left.join() + right.join();
    }

    @Test
    void allOf_throughAnotherWorkload_ends() throws Exception {
        CompletableFuture<String> task = one.submit(() -> {
            CompletableFuture<String> elsewhere =
                    other.submit(() -> one.submit(() -> "back").join());
            CompletableFuture.allOf(elsewhere).join();
            return elsewhere.join();
        });
        assertThat(Watchdog.await(task, LIMIT, "allOf")).isEqualTo("back");
    }

    @Test
    void failureOfACircle_leavesTheWorkloadsUsable() throws Exception {
        twoWorkloadsThatWaitForEachOther_failAtOnceAndNameBoth();
        assertThat(one.submit(() -> 1).get(30, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(other.submit(() -> one.submit(() -> 2).join()).get(30, TimeUnit.SECONDS))
                .isEqualTo(2);
        assertThat(one.submit(() -> {
                            throw new CompletionException("unchanged", null);
                        })
                        .handle((value, failure) -> failure.getMessage())
                        .get(30, TimeUnit.SECONDS))
                .isEqualTo("unchanged");
    }
}
