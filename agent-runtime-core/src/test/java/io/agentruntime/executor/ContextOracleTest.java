package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.executor.Scene.Operation;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** No piece of code, however it was handed over, sees another context than its own, and none leaves anything on its thread. */
class ContextOracleTest {

    private static final int DRIVERS = 3;

    private final long seed = Long.getLong("agentruntime.seed", 20_261_123L);
    private final String mark = "seed " + seed;
    private final ContextOracle oracle = new ContextOracle();
    private final ResidueSpy spy = ResidueSpy.open();
    private final OraclePools pools = new OraclePools(spy);

    @BeforeEach
    void register() {
        Surroundings.registerTrace();
    }

    @AfterEach
    void stop() throws InterruptedException {
        pools.close();
        spy.close();
        Surroundings.unregisterTrace();
    }

    @Test
    @Tag("flaw-10")
    void everyMethodThatTakesCode_isAmongTheOperations() {
        assertThat(operations(new Random())).containsKeys(EntryPoints.all().toArray(String[]::new));
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

    private Map<String, Operation> operations(Random random) {
        Scene scene = new Scene(oracle, random, pools);
        Map<String, Operation> all = new TreeMap<>(); // in an order that is the same for the same seed
        all.putAll(ContextOperations.of(scene));
        all.putAll(ContextScheduleOperations.ofWorkloads(scene));
        all.putAll(ContextScheduleOperations.ofHosts(scene));
        all.putAll(ContextHostOperations.of(scene));
        all.putAll(ContextStageOperations.of(scene));
        all.putAll(ContextGatherOperations.of(scene));
        all.putAll(ContextToolOperations.of(scene));
        return all;
    }

    private void run(int pieces, Duration limit) throws Exception {
        drive(pieces, limit);
        assertThat(oracle.mismatches()).as(mark).isEmpty();
        pools.lookAtEveryThread(mark);
        assertThat(spy.residues()).as(mark).isEmpty();
        assertThat(oracle.handedOver()).as(mark).isGreaterThanOrEqualTo(pieces);
        assertThat(oracle.seen()).as(mark).isGreaterThan(pieces * 3L / 4);
        assertThat(spy.looks()).as(mark).isGreaterThan(pieces);
        assertThat(operations(new Random()).keySet())
                .as(mark)
                .allSatisfy(entryPoint ->
                        assertThat(oracle.seen(entryPoint)).as(entryPoint).isGreaterThanOrEqualTo(pieces / 1_000));
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
                Watchdog.await(end, deadline.remaining(), mark + " " + pools.workloads() + pools.full());
            }
        } finally {
            drivers.shutdownNow();
        }
    }

    private Void driveOne(Random random, int pieces) throws Exception {
        List<Map.Entry<String, Operation>> operations =
                List.copyOf(operations(random).entrySet());
        while (oracle.handedOver() < pieces) {
            Map.Entry<String, Operation> one = operations.get(random.nextInt(operations.size()));
            oracle.asNewOwner(() -> {
                one.getValue().run(one.getKey());
                return true;
            });
            assertThat(Surroundings.here()).as(mark).isEqualTo(Surroundings.BARE);
        }
        return null;
    }
}
