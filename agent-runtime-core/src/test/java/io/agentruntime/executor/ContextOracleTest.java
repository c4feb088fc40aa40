package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.ContextOperations.Pools;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** No piece of code, however it was handed over, sees another context than its own, and none leaves anything on its thread. */
class ContextOracleTest {

    private static final int DRIVERS = 3;

    private final long seed = Long.getLong("agentruntime.seed", 20_261_123L);
    private final String mark = "seed " + seed;
    private final ContextOracle oracle = new ContextOracle();
    private final List<WorkloadExecutor> workloads = List.of(
            WorkloadExecutor.create(new Workload("one", 1, 100_000)),
            WorkloadExecutor.create(new Workload("three", 3, 100_000).fair()),
            WorkloadExecutor.create(new Workload("virtual", 3, 100_000).virtual()));
    private final WorkloadExecutor full = WorkloadExecutor.create(new Workload("full", 1, 1));
    private final ExecutorService foreign = Executors.newFixedThreadPool(2);

    @AfterEach
    void stop() throws InterruptedException {
        for (WorkloadExecutor workload : workloads) {
            workload.stop(Deadline.after(Duration.ofSeconds(10)));
        }
        full.stop(Deadline.after(Duration.ofSeconds(10)));
        foreign.shutdownNow();
    }

    @Test
    @Tag("flaw-10")
    @Tag("flaw-15")
    void everyEntryPoint_twentyThousandPieces_seeTheirOwnContextAndLeaveNothing() throws Exception {
        run(20_000, Duration.ofSeconds(100));
    }

    @Test
    @Tag("stress")
    void everyEntryPoint_aMillionPieces_seeTheirOwnContextAndLeaveNothing() throws Exception {
        run(1_000_000, Duration.ofMinutes(25));
    }

    private void run(int pieces, Duration limit) throws Exception {
        try (ResidueSpy spy = ResidueSpy.open()) {
            drive(pieces, limit);
            assertThat(oracle.mismatches()).as(mark).isEmpty();
            quiet();
            assertThat(spy.residues()).as(mark).isEmpty();
            assertThat(oracle.handedOver()).as(mark).isGreaterThanOrEqualTo(pieces);
            assertThat(oracle.seen()).as(mark).isGreaterThan(pieces * 3L / 4);
            assertThat(spy.looks()).as(mark).isGreaterThan(pieces);
        }
    }

    private void drive(int pieces, Duration limit) throws Exception {
        Deadline deadline = Deadline.after(limit);
        ExecutorService drivers = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "driver-of-pieces");
            thread.setDaemon(true);
            return thread;
        });
        List<Future<?>> ends = new ArrayList<>();
        for (int driver = 0; driver < DRIVERS; driver++) {
            Random random = new Random(seed + driver);
            ends.add(drivers.submit(() -> driveOne(random, pieces)));
        }
        try {
            for (Future<?> end : ends) {
                Watchdog.await(end, deadline.remaining(), mark + " " + workloads + full);
            }
        } finally {
            drivers.shutdownNow();
        }
    }

    private Void driveOne(Random random, int pieces) throws Exception {
        ContextOperations operations = new ContextOperations(oracle, random, new Pools(workloads, full, foreign));
        while (oracle.handedOver() < pieces) {
            operations.runOne();
            assertThat(UsageContext.current()).as(mark).isEmpty();
            assertThat(MDC.getCopyOfContextMap()).as(mark).isNullOrEmpty();
        }
        return null;
    }

    /** Lets every thread be looked at once more, by tasks that have nothing and are handed over with nothing. */
    private void quiet() throws Exception {
        for (WorkloadExecutor workload : workloads) {
            List<CompletableFuture<Boolean>> probes = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                probes.add(workload.submit(ContextOracleTest::carriesNothing));
            }
            for (CompletableFuture<Boolean> probe : probes) {
                assertThat(Watchdog.await(probe, Duration.ofSeconds(30), mark))
                        .as(mark)
                        .isTrue();
            }
        }
        for (int i = 0; i < 8; i++) {
            assertThat(foreign.submit(ContextOracleTest::carriesNothing).get())
                    .as(mark)
                    .isTrue();
        }
    }

    private static boolean carriesNothing() {
        var diagnostics = MDC.getCopyOfContextMap();
        return UsageContext.current().isEmpty() && (diagnostics == null || diagnostics.isEmpty());
    }
}
