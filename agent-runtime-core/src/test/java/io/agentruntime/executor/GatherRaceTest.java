package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.agentruntime.executor.Gather.Outcome;
import io.agentruntime.lifecycle.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GatherRaceTest {

    @Test
    void all_manyFailTogether_keepsEachOnce() throws Exception {
        for (int round = 0; round < 200; round++) {
            CyclicBarrier together = new CyclicBarrier(2);
            List<Exception> thrown = List.of(new IOException("a"), new IOException("b"));
            List<Callable<String>> branches = new ArrayList<>();
            thrown.forEach(exception -> branches.add(() -> {
                together.await();
                throw exception;
            }));
            WorkloadExecutor pool = WorkloadExecutor.create(new Workload("pair", 2, 0));
            Throwable first = catchThrowable(Gather.on(pool).all(branches)::get).getCause();
            pool.stop(Deadline.after(Duration.ofSeconds(10)));
            assertThat(thrown).contains((Exception) first);
            assertThat(first.getSuppressed().length).isLessThanOrEqualTo(1);
            assertThat(thrown).contains(List.of(first.getSuppressed()).toArray(Exception[]::new));
            assertThat(first.getSuppressed()).doesNotContain(first);
        }
    }

    @Test
    void random_outcomesWidthsAndPools_alwaysEndWithEveryBranchAccountedFor() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            int places = random.nextInt(4);
            WorkloadExecutor pool = WorkloadExecutor.create(new Workload("random", 1 + random.nextInt(3), places));
            List<Callable<Integer>> branches = IntStream.range(0, random.nextInt(12))
                    .mapToObj(i -> branch(i, random.nextInt(4) == 0))
                    .toList();
            Gather gather = Gather.on(pool).width(1 + random.nextInt(6));
            CompletableFuture<List<Outcome<Integer>>> settled = gather.settled(branches);
            if (random.nextInt(8) == 0) {
                settled.cancel(true);
            }
            CompletableFuture<List<Integer>> all = gather.all(branches);
            for (CompletableFuture<?> result : List.of(settled, all)) {
                Throwable failure = catchThrowable(() -> result.get(30, TimeUnit.SECONDS));
                assertThat(result.isDone())
                        .as("seed %s, round %s: %s", seed, round, failure)
                        .isTrue();
            }
            assertThat(pool.stop(Deadline.after(Duration.ofSeconds(30))))
                    .as("seed %s", seed)
                    .isZero();
            WorkloadStatistics s = pool.statistics();
            assertThat(s.completed() + s.failed() + s.cancelled() + s.rejected())
                    .as("seed %s, round %s: %s", seed, round, s)
                    .isEqualTo(s.submitted());
        }
    }

    private static Callable<Integer> branch(int number, boolean fails) {
        return () -> {
            if (fails) {
                throw new IllegalStateException("branch " + number);
            }
            return number;
        };
    }
}
