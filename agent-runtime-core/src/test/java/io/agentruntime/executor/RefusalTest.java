package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A workload that is full or closed says so at once, by one exception, whichever way a task is handed over; and counts it. */
class RefusalTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int CAPACITY = 5;
    private static final Map<String, Way> WAYS = ways();

    private final List<WorkloadExecutor> workloads = List.of(
            WorkloadExecutor.create(new Workload("refusing", 2, CAPACITY)),
            WorkloadExecutor.create(
                    new Workload("refusing-v", 2, CAPACITY).virtual().fair()));
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger begun = new AtomicInteger();

    @AfterEach
    void stop() throws InterruptedException {
        gate.countDown();
        for (WorkloadExecutor workload : workloads) {
            workload.stop(Deadline.after(LIMIT));
        }
    }

    /** Hands a task over, and waits for its end. */
    private interface Way {
        Object hand(WorkloadExecutor on, Callable<Integer> task) throws Exception;
    }

    private static Map<String, Way> ways() {
        Map<String, Way> ways = new HashMap<>();
        ways.put("execute(Runnable)", (on, task) -> executed(on, task));
        ways.put("submit(Callable)", (on, task) -> await(on.submit(task)));
        ways.put("submit(Runnable)", (on, task) -> await(on.submit(() -> ignoring(task))));
        ways.put("submit(Runnable, Object)", (on, task) -> await(on.submit(() -> ignoring(task), 1)));
        Deadline far = Deadline.after(Duration.ofHours(1));
        ways.put("submit(Callable, Deadline)", (on, task) -> await(on.submit(task, far)));
        ways.put("submit(Runnable, Deadline)", (on, task) -> await(on.submit(() -> ignoring(task), far)));
        ways.put("submitWaiting(Callable, Duration)", (on, task) -> await(on.submitWaiting(task, Duration.ZERO)));
        ways.put("invokeAll(Collection)", (on, task) -> on.invokeAll(List.of(task)));
        ways.put("invokeAll(Collection, long, TimeUnit)", (on, task) -> on.invokeAll(List.of(task), 1, TimeUnit.HOURS));
        ways.put("invokeAny(Collection)", (on, task) -> on.invokeAny(List.of(task)));
        ways.put("invokeAny(Collection, long, TimeUnit)", (on, task) -> on.invokeAny(List.of(task), 1, TimeUnit.HOURS));
        ways.put("schedule(Callable, long, TimeUnit)", (on, task) -> await(on.schedule(task, 1, TimeUnit.NANOSECONDS)));
        ways.put(
                "schedule(Runnable, long, TimeUnit)",
                (on, task) -> await(on.schedule(() -> ignoring(task), 1, TimeUnit.NANOSECONDS)));
        ways.put(
                "scheduleAtFixedRate(Runnable, long, long, TimeUnit)",
                (on, task) -> await(on.scheduleAtFixedRate(() -> ignoring(task), 0, 1, TimeUnit.HOURS)));
        ways.put(
                "scheduleWithFixedDelay(Runnable, long, long, TimeUnit)",
                (on, task) -> await(on.scheduleWithFixedDelay(() -> ignoring(task), 0, 1, TimeUnit.HOURS)));
        return ways;
    }

    private static Object await(Future<?> future) throws Exception {
        return Watchdog.await(future, LIMIT, "refusal");
    }

    private static Object executed(WorkloadExecutor on, Callable<Integer> task) {
        on.execute(() -> ignoring(task));
        return true;
    }

    private static void ignoring(Callable<Integer> task) {
        assertThat(catchThrowable(task::call)).isNull();
    }

    private static Set<String> everyWay() {
        return WAYS.keySet();
    }

    /** All but the schedules that go on: they pass over a run that finds no room, and try the next one. */
    private static Set<String> waysThatFail() {
        return WAYS.keySet().stream()
                .filter(way -> !way.contains("With") && !way.contains("AtFixed"))
                .collect(Collectors.toSet());
    }

    private WorkloadRejectedException refusal(WorkloadExecutor workload, String way) {
        Throwable thrown = catchThrowable(() -> WAYS.get(way).hand(workload, begun::incrementAndGet));
        assertThat(thrown).isNotNull();
        return (WorkloadRejectedException) (thrown instanceof ExecutionException ? thrown.getCause() : thrown);
    }

    private void fill(WorkloadExecutor workload) throws InterruptedException {
        CountDownLatch running = new CountDownLatch(2);
        IntStream.range(0, 2 + CAPACITY)
                .forEach(i -> workload.execute(() -> {
                    running.countDown();
                    assertThat(catchThrowable(gate::await)).isNull();
                }));
        assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void ways_ofThisTest_areAllMethodsThatTakeTasks() {
        assertThat(EntryPoints.all().stream().filter(name -> name.startsWith(EntryPoints.WORKLOAD)))
                .map(name -> name.substring(EntryPoints.WORKLOAD.length()))
                .containsExactlyInAnyOrderElementsOf(everyWay());
    }

    @ParameterizedTest
    @MethodSource("waysThatFail")
    @Tag("flaw-2")
    void full_oneMore_isRefusedAtOnceAndCounted(String way) throws Exception {
        for (WorkloadExecutor workload : workloads) {
            fill(workload);
            for (int refused = 1; refused <= 3; refused++) {
                WorkloadRejectedException refusal = refusal(workload, way);
                assertThat(refusal.closed()).isFalse();
                assertThat(refusal)
                        .hasMessage("workload '" + workload.name()
                                + "' rejected a task: full (threads=2, active=2, queued=" + CAPACITY + ")");
                assertThat(refusal.statistics().rejected()).isEqualTo(refused);
                assertThat(workload.statistics().rejected()).isEqualTo(refused);
            }
            assertThat(workload.statistics().queued()).isEqualTo(CAPACITY);
        }
        assertThat(begun).hasValue(0);
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    @Tag("flaw-4")
    void closed_anyUse_isRefusedAndBringsNothingBack(String way) throws Exception {
        for (WorkloadExecutor workload : workloads) {
            assertThat(workload.submit(() -> 1, Deadline.after(LIMIT)).get()).isEqualTo(1);
            assertThat(workload.stop(Deadline.after(LIMIT))).isZero();
            awaitNoThreadOf(workload);
            WorkloadRejectedException refusal = refusal(workload, way);
            assertThat(refusal.closed()).isTrue();
            assertThat(refusal).hasMessage("workload '" + workload.name() + "' rejected a task: closed");
            assertThat(threadsOf(workload)).isEmpty();
            assertThat(workload.isTerminated()).isTrue();
            assertThat(workload.stop(Deadline.after(LIMIT))).as("again").isZero();
        }
        assertThat(begun).hasValue(0);
    }

    @Test
    @Tag("flaw-4")
    void closed_stagesAndGathers_failWithTheRefusal() throws Exception {
        for (WorkloadExecutor workload : workloads) {
            CompletableFuture<Integer> before = workload.submit(() -> 1);
            workload.stop(Deadline.after(LIMIT));
            List<CompletableFuture<?>> late = List.of(
                    before.thenApplyAsync(x -> begun.incrementAndGet()),
                    before.thenCompose(x -> workload.submit(begun::incrementAndGet)),
                    Gather.on(workload).all(List.of(begun::incrementAndGet)),
                    Gather.on(workload).first(List.of(begun::incrementAndGet, begun::incrementAndGet)));
            for (CompletableFuture<?> future : late) {
                assertThat(catchThrowable(() -> future.get(30, TimeUnit.SECONDS)))
                        .hasCauseInstanceOf(WorkloadRejectedException.class);
            }
        }
        assertThat(begun).hasValue(0);
    }

    private static List<Thread> threadsOf(WorkloadExecutor workload) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("agentruntime-" + workload.name() + "-"))
                .toList();
    }

    private static void awaitNoThreadOf(WorkloadExecutor workload) throws InterruptedException {
        for (Thread thread : threadsOf(workload)) {
            thread.join(LIMIT.toMillis());
        }
        assertThat(threadsOf(workload)).isEmpty();
    }
}
