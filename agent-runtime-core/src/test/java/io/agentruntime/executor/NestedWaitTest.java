package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks that wait for tasks never hang, whatever the size of their workloads, and never make a workload exceed its size. */
@Tag("flaw-5")
@Tag("flaw-11")
class NestedWaitTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final long seed = Long.getLong("agentruntime.seed", 20_261_124L);
    private final List<WorkloadExecutor> created = new ArrayList<>();

    private WorkloadExecutor create(Workload workload) {
        WorkloadExecutor executor = WorkloadExecutor.create(workload);
        created.add(executor);
        return executor;
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (WorkloadExecutor executor : created) {
            executor.stop(Deadline.after(Duration.ofSeconds(10)));
        }
    }

    @Test
    void randomGraphs_twoThousand_endWithTheRightResults() throws Exception {
        randomGraphs(2_000, Duration.ofSeconds(110));
    }

    @Test
    @Tag("stress")
    void randomGraphs_aHundredThousand_endWithTheRightResults() throws Exception {
        randomGraphs(100_000, Duration.ofMinutes(25));
    }

    /** Runs graphs over every pair of sizes, on platform threads, virtual threads and both. */
    private void randomGraphs(int count, Duration limit) throws Exception {
        List<List<TaskGraph.Pool>> pairs = new ArrayList<>();
        for (int size = 1; size <= 3; size++) {
            for (int other = 1; other <= 3; other++) {
                pairs.add(pair(new Workload("a" + size, size, 10_000), new Workload("b" + other, other, 10_000)));
                Workload virtual = new Workload("v" + size, size, 10_000).virtual();
                pairs.add(pair(virtual, new Workload("w" + other, other, 10_000).fair()));
                pairs.add(pair(virtual, new Workload("x" + other, other, 10_000).virtual()));
            }
        }
        Random random = new Random(seed);
        Deadline deadline = Deadline.after(limit);
        for (int done = 0; done < count; ) {
            done += batch(random, pairs.get(random.nextInt(pairs.size())), deadline);
        }
        for (List<TaskGraph.Pool> pair : pairs) {
            assertThat(pair)
                    .as("seed %s", seed)
                    .allSatisfy(pool -> assertThat(pool.excess()).isZero());
        }
    }

    private List<TaskGraph.Pool> pair(Workload one, Workload other) {
        return List.of(new TaskGraph.Pool(create(one)), new TaskGraph.Pool(create(other)));
    }

    /** Runs a few graphs at the same time on the same workloads. */
    private int batch(Random random, List<TaskGraph.Pool> pools, Deadline deadline) throws Exception {
        List<TaskGraph> graphs = new ArrayList<>();
        List<CompletableFuture<Long>> results = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            TaskGraph graph = TaskGraph.random(random, pools);
            graphs.add(graph);
            results.add(graph.start());
        }
        for (int i = 0; i < graphs.size(); i++) {
            String mark = "seed " + seed + ", " + graphs.get(i);
            assertThat(Watchdog.await(results.get(i), deadline.remaining(), mark))
                    .as(mark)
                    .isEqualTo(graphs.get(i).expected());
        }
        return graphs.size();
    }

    @ParameterizedTest
    @EnumSource(TaskGraph.Wait.class)
    void chainOfSixteen_sizeOne_endsForEveryKindOfWait(TaskGraph.Wait wait) throws Exception {
        for (Workload workload : List.of(new Workload("platform", 1, 0), new Workload("virtual", 1, 0).virtual())) {
            TaskGraph graph = TaskGraph.chain(16, wait, List.of(new TaskGraph.Pool(create(workload))));
            assertThat(Watchdog.await(graph.start(), LIMIT, graph.toString())).isEqualTo(graph.expected());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nestedTwoThousandDeep_sizeOne_ends(boolean virtual) throws Exception {
        Workload workload = new Workload("deep", 1, 1);
        WorkloadExecutor executor = create(virtual ? workload.virtual() : workload);
        int depth = Watchdog.await(executor.submit(() -> below(executor, executor, 2_000)), LIMIT, "deep");
        assertThat(depth).isEqualTo(2_000);
    }

    @Test
    void twoWorkloadsOfSizeOne_callEachOtherEightDeep_end() throws Exception {
        WorkloadExecutor one = create(new Workload("one", 1, 10));
        WorkloadExecutor other = create(new Workload("other", 1, 10));
        List<CompletableFuture<Integer>> callers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            callers.add(one.submit(() -> below(other, one, 8)));
            callers.add(other.submit(() -> below(one, other, 8)));
        }
        for (CompletableFuture<Integer> caller : callers) {
            assertThat(Watchdog.await(caller, LIMIT, "each other")).isEqualTo(8);
        }
    }

    private static int below(WorkloadExecutor next, WorkloadExecutor afterNext, int depth) {
        return depth == 0
                ? 0
                : 1 + next.submit(() -> below(afterNext, next, depth - 1)).join();
    }

    /** The later wait ends before the earlier one, and the earlier one before the later: neither is stacked on the other. */
    @ParameterizedTest
    @EnumSource(
            value = TaskGraph.Wait.class,
            names = {"GET", "JOIN", "GET_WITH_TIMEOUT", "INVOKE_ALL", "INVOKE_ANY"})
    void twoWaits_ofTwoTasks_endEachWithItsOwnWork(TaskGraph.Wait wait) throws Exception {
        for (boolean laterFirst : new boolean[] {true, false}) {
            WorkloadExecutor executor = create(new Workload("waits", 6, 10));
            CountDownLatch bothWait = new CountDownLatch(2);
            List<CountDownLatch> gates = List.of(new CountDownLatch(1), new CountDownLatch(1));
            List<CompletableFuture<Integer>> waiting = new ArrayList<>();
            for (CountDownLatch gate : gates) {
                Callable<Integer> work = () -> {
                    bothWait.countDown();
                    gate.await();
                    return 1;
                };
                waiting.add(executor.submit(() -> waitFor(executor, work, wait)));
            }
            assertThat(bothWait.await(30, TimeUnit.SECONDS)).isTrue();
            int first = laterFirst ? 1 : 0;
            gates.get(first).countDown();
            assertThat(Watchdog.await(waiting.get(first), LIMIT, wait.toString()))
                    .isEqualTo(1);
            assertThat(waiting.get(1 - first)).isNotDone();
            gates.get(1 - first).countDown();
            assertThat(Watchdog.await(waiting.get(1 - first), LIMIT, wait.toString()))
                    .isEqualTo(1);
        }
    }

    private static Integer waitFor(WorkloadExecutor executor, Callable<Integer> work, TaskGraph.Wait wait)
            throws Exception {
        return switch (wait) {
            case GET -> executor.submit(work).get();
            case GET_WITH_TIMEOUT -> executor.submit(work).get(1, TimeUnit.HOURS);
            case INVOKE_ALL -> executor.invokeAll(List.of(work)).get(0).get();
            case INVOKE_ANY -> executor.invokeAny(List.of(work));
            default -> executor.submit(work).join();
        };
    }

    @Test
    void waitForATaskFromOutsideThatIsQueuedBehind_sizeOne_ends() throws Exception {
        WorkloadExecutor executor = create(new Workload("one", 1, 10));
        CompletableFuture<CompletableFuture<String>> later = new CompletableFuture<>();
        CompletableFuture<String> waits = executor.submit(() -> later.join().join());
        later.complete(executor.submit(() -> "was behind"));
        assertThat(Watchdog.await(waits, LIMIT, "queued behind")).isEqualTo("was behind");
    }

    @Test
    void waitForAScheduledTaskOfTheOwnWorkload_sizeOne_ends() throws Exception {
        WorkloadExecutor executor = create(new Workload("one", 1, 10));
        CompletableFuture<String> waits = executor.submit(
                () -> executor.schedule(() -> "later", 1, TimeUnit.MILLISECONDS).get());
        assertThat(Watchdog.await(waits, LIMIT, "scheduled")).isEqualTo("later");
    }

    @Test
    void waitForAStageOfATaskQueuedBehind_sizeOne_ends() throws Exception {
        WorkloadExecutor executor = create(new Workload("one", 1, 10));
        CompletableFuture<CompletableFuture<String>> later = new CompletableFuture<>();
        CompletableFuture<String> waits = executor.submit(() -> later.join().join());
        later.complete(executor.submit(() -> "was")
                .thenApplyAsync(text -> text + " behind")
                .thenCompose(text -> executor.submit(() -> text + ", far")));
        assertThat(Watchdog.await(waits, LIMIT, "stage queued behind")).isEqualTo("was behind, far");
    }
}
