package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ExecutorRegistryTest {

    private final ExecutorRegistry registry = ExecutorRegistry.create(
            new Workload("agent", 1, 10), new Workload("io", 1, 10), new Workload("query", 1, 10));

    @Test
    @Tag("flaw-7")
    void agentPoolFull_ioAndQueryGoOn() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        for (int i = 0; i < 11; i++) {
            registry.agent().execute(() -> await(gate));
        }
        assertThat(registry.io().submit(() -> "io").get(30, TimeUnit.SECONDS)).isEqualTo("io");
        assertThat(registry.query().submit(() -> "query").get(30, TimeUnit.SECONDS))
                .isEqualTo("query");
        gate.countDown();
        assertThat(registry.stop(Deadline.after(Duration.ofSeconds(10)))).isZero();
    }

    @Test
    void stop_agentTaskStillUsesIo_bothFinish() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        CompletableFuture<String> agent = registry.agent().submit(() -> {
            started.countDown();
            gate.await();
            return registry.io().submit(() -> "saved").get();
        });
        started.await();
        CompletableFuture<Long> stop = CompletableFuture.supplyAsync(() -> {
            try {
                return registry.stop(Deadline.after(Duration.ofSeconds(10)));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        gate.countDown();
        assertThat(stop.join()).isZero();
        assertThat(agent.join()).isEqualTo("saved");
    }

    /** The gate stays shut: nothing that these tasks do lets the stop end. */
    @Test
    @Tag("flaw-3")
    @Tag("flaw-4")
    void stop_everyPoolHangs_interruptsAllReportsAllAndStaysStopped() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(3);
        CountDownLatch interrupted = new CountDownLatch(3);
        List<Future<?>> futures = new ArrayList<>();
        for (WorkloadExecutor pool : List.of(registry.agent(), registry.io(), registry.query())) {
            futures.add(pool.submit(() -> {
                running.countDown();
                awaitStubbornly(gate, interrupted);
            }));
            futures.add(pool.submit(() -> "waits"));
        }
        assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();

        assertThat(registry.stop(Deadline.after(Duration.ofMillis(50)))).isEqualTo(6);
        assertThat(futures).allMatch(Future::isCancelled);
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(registry.statistics()).allMatch(pool -> pool.active() == 1 && pool.queued() == 0);
        for (WorkloadExecutor pool : List.of(registry.agent(), registry.io(), registry.query())) {
            assertThatThrownBy(() -> pool.submit(() -> 1)).isInstanceOf(WorkloadRejectedException.class);
        }
        assertThat(registry.stop(Deadline.after(Duration.ZERO))).as("again").isZero();
        gate.countDown();
    }

    private static void awaitStubbornly(CountDownLatch gate, CountDownLatch interrupted) {
        while (gate.getCount() > 0) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        }
    }

    @Test
    void statistics_threePoolsInOrder() {
        assertThat(registry.statistics()).extracting(WorkloadStatistics::name).containsExactly("agent", "io", "query");
    }

    @Test
    void workload_namedByTheHost_isFoundAndStoppedWithTheOthers() throws Exception {
        ExecutorRegistry own = ExecutorRegistry.create(
                new Workload("agent", 1, 10),
                new Workload("io", 1, 10),
                new Workload("query", 1, 10),
                new Workload("crawlers", 1, 10),
                new Workload("embedders", 1, 10));
        assertThat(own.workload("io")).isSameAs(own.io());
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        CompletableFuture<String> crawl = own.workload("embedders").submit(() -> {
            started.countDown();
            gate.await();
            return own.workload("crawlers")
                    .submit(() -> own.agent().submit(() -> "all the way").join())
                    .join();
        });
        started.await();
        CompletableFuture<Long> stop = CompletableFuture.supplyAsync(() -> {
            try {
                return own.stop(Deadline.after(Duration.ofSeconds(10)));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        gate.countDown();
        assertThat(stop.join()).isZero();
        assertThat(crawl.join()).isEqualTo("all the way");
        assertThat(own.statistics())
                .extracting(WorkloadStatistics::name)
                .containsExactly("agent", "io", "query", "crawlers", "embedders");
    }

    @Test
    void workload_unknownOrTwice_isAnErrorThatNamesIt() {
        assertThatThrownBy(() -> registry.workload("crawlers"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no workload is named 'crawlers', there are: [agent, io, query]");
        Workload io = new Workload("io", 1, 10);
        assertThatThrownBy(() -> ExecutorRegistry.create(new Workload("agent", 1, 10), io, io))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two workloads are named 'io'");
    }

    private static void await(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
