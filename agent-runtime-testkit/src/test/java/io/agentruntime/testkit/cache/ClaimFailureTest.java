package io.agentruntime.testkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.cache.CacheLoadException;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever goes wrong with a claim: each computes for itself, and none fails because of it. */
@Tag("flaw-29")
class ClaimFailureTest extends ClusterFixture {

    @Test
    void getAsync_computationFails_theNextComputesAtOnce() {
        List<Instance> instances = instances(2, on(memory));
        CompletableFuture<String> failed = instances.get(0).cache.getAsync("a", key -> {
            assertThat(names(memory)).containsExactly(ENTRY + "/claim");
            throw new IllegalStateException("down");
        });
        instances.get(0).tasks.runAll();
        assertThatThrownBy(failed::join).hasRootCauseMessage("down");
        assertThat(names(memory)).isEmpty();
        CompletableFuture<String> next = instances.get(1).ask();
        instances.get(1).tasks.runAll();
        assertThat(next).isCompletedWithValue("a 1");
    }

    @Test
    void getAsync_valueCannotBeStored_theClaimIsGivenBack() {
        tier.beforeWrite = () -> {
            throw new IllegalStateException("full");
        };
        Instance one = new Instance(tier);
        CompletableFuture<String> answer = one.ask();
        one.tasks.runAll();
        assertThat(answer).isCompletedWithValue("a 1");
        assertThat(tier.entries).isEmpty();
    }

    @Test
    void getAsync_claimsFail_eachComputesAndNoneFails() {
        tier.beforeClaim = () -> {
            throw new IllegalStateException("not allowed");
        };
        List<Instance> instances = instances(3, tier);
        List<CompletableFuture<String>> answers =
                instances.stream().map(Instance::ask).toList();
        runInTurns(instances);
        assertThat(answers).allMatch(CompletableFuture::isDone).noneMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(computed).hasValue(3);
        assertThat(instances).allMatch(i -> figures(i).failures() == 1);
    }

    @Test
    void getAsync_tierIsBroken_eachComputesAndNoneFails() {
        tier.broken = true;
        List<Instance> instances = instances(3, tier);
        for (String key : List.of("a", "b", "c", "d")) {
            List<CompletableFuture<String>> answers = instances.stream()
                    .map(i -> i.cache.getAsync(key, this::compute))
                    .toList();
            runInTurns(instances);
            assertThat(answers)
                    .allMatch(CompletableFuture::isDone)
                    .noneMatch(CompletableFuture::isCompletedExceptionally);
        }
        assertThat(computed).hasValue(12);
        assertThat(tier.claims.get() + tier.releases.get())
                .as("then left in peace")
                .isLessThanOrEqualTo(6);
    }

    @Test
    void getAsync_claimHangs_computesWhenTheTimeoutIsOver() throws Exception {
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 4, 100));
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch claiming = new CountDownLatch(1);
        tier.claimGate = gate;
        tier.beforeClaim = claiming::countDown;
        TieredCache<String, String> cache =
                clustered(io).tier(tier, HOUR, SECOND).build();
        try {
            CompletableFuture<String> answer = cache.getAsync("a", this::compute);
            claiming.await();
            assertThat(answer).isNotDone();
            timer.advance(SECOND);
            assertThat(answer.join()).isEqualTo("a 1");
            assertThat(cache.statistics().tiers().get(0).failures()).isEqualTo(1);
        } finally {
            gate.countDown();
            io.stop(Deadline.after(Duration.ofSeconds(10)));
        }
    }

    @Test
    void getAsync_noRoomWhenItIsTimeToLook_looksLater() {
        Instance dead = new Instance(on(memory));
        CompletableFuture<String> unused = dieWithTheClaim(dead, memory);
        boolean[] full = new boolean[1];
        TieredCache<String, String> cache = clustered(task -> {
                    if (full[0]) {
                        throw new RejectedExecutionException("full");
                    }
                    task.run();
                })
                .tier(on(memory))
                .build();
        CompletableFuture<String> waits = cache.getAsync("a", this::compute);
        full[0] = true;
        timer.advance(SECOND.multipliedBy(3));
        assertThat(waits).isNotDone();
        full[0] = false;
        dead.tasks.runAll();
        timer.advance(SECOND);
        assertThat(waits).isCompletedWithValue("a 1");
        CompletableFuture<String> never = stuck(dead, cache);
        full[0] = true;
        timer.advance(LEASE.multipliedBy(2));
        assertThat(never).isDone();
        assertThatThrownBy(never::join)
                .hasCauseInstanceOf(CacheLoadException.class)
                .hasRootCauseMessage("full");
    }

    /** Waits for an instance that has died, with another key. */
    private CompletableFuture<String> stuck(Instance dead, TieredCache<String, String> cache) {
        CompletableFuture<String> unused = dead.cache.getAsync("b", this::compute);
        while (names(memory).stream().noneMatch(name -> name.endsWith("b/claim"))) {
            dead.tasks.runNext();
        }
        return cache.getAsync("b", this::compute);
    }

    @Test
    void getAsync_timerHasStopped_computesAtOnce() {
        Instance dead = new Instance(on(memory));
        CompletableFuture<String> unused = dieWithTheClaim(dead, memory);
        TieredCache<String, String> cache = clustered(executor).tier(on(memory)).build();
        timer.shutdown();
        CompletableFuture<String> answer = cache.getAsync("a", this::compute);
        executor.runAll();
        assertThat(answer).isCompletedWithValue("a 1");
        assertThat(cache.statistics().tiers().get(0).failures()).isEqualTo(1);
    }
}
