package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.agentruntime.executor.Gather.Failure;
import io.agentruntime.executor.Gather.Success;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatherRejectionTest {

    private final WorkloadExecutor executor = WorkloadExecutor.create(new Workload("agent", 2, 0));
    private final CountDownLatch gate = new CountDownLatch(1);

    @AfterEach
    void stop() throws InterruptedException {
        gate.countDown();
        executor.stop(Deadline.after(Duration.ofSeconds(10)));
    }

    private CompletableFuture<?> occupy() {
        return executor.submit(() -> {
            gate.await();
            return "occupant";
        });
    }

    @Test
    void all_oneBranchRejected_fails() {
        assertThat(occupy()).isNotDone();
        CompletableFuture<?> result = Gather.on(executor).all(List.of(() -> gate.await(1, TimeUnit.DAYS), () -> 2));
        assertThat(catchThrowable(result::get))
                .cause()
                .isInstanceOf(WorkloadRejectedException.class)
                .hasMessageStartingWith("workload 'agent' rejected a task: full");
    }

    @Test
    void settled_fewerPlacesThanWidth_rejectsWhatFindsNoneAndRunsTheRest() {
        assertThat(occupy()).isNotDone();
        CountDownLatch handedOver = new CountDownLatch(1);
        Callable<Integer> branch = () -> {
            handedOver.await();
            return 1;
        };
        List<Callable<Integer>> branches =
                IntStream.range(0, 50).mapToObj(i -> branch).toList();
        var result = Gather.on(executor).settled(branches);
        handedOver.countDown();
        assertThat(result.join().get(1)).isInstanceOf(Failure.class);
        assertThat(result.join().stream().filter(Success.class::isInstance)).hasSize(49);
    }

    @Test
    void settled_noPlaceAtAll_failsEachBranch() {
        assertThat(List.of(occupy(), occupy())).noneMatch(CompletableFuture::isDone);
        List<Callable<Integer>> branches = IntStream.range(0, 1000)
                .mapToObj(i -> (Callable<Integer>) () -> i)
                .toList();
        assertThat(Gather.on(executor).settled(branches))
                .isCompletedWithValueMatching(outcomes -> outcomes.stream().allMatch(Failure.class::isInstance));
    }

    @Test
    void stop_inTheMiddle_endsEveryBranch() throws Exception {
        CountDownLatch running = new CountDownLatch(2);
        Callable<String> hanging = () -> {
            running.countDown();
            gate.await();
            return "hung";
        };
        var result = Gather.on(executor).settled(List.of(hanging, hanging, hanging, hanging));
        running.await();
        assertThat(executor.stop(Deadline.after(Duration.ZERO))).isEqualTo(2);
        assertThat(result.join()).hasSize(4).allMatch(Failure.class::isInstance);
    }
}
