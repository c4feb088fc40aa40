package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ExecutorRegistryTest {

    private final ExecutorRegistry registry = ExecutorRegistry.create(
            new Workload("agent", 1, 10), new Workload("io", 1, 10), new Workload("query", 1, 10));

    @Test
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
