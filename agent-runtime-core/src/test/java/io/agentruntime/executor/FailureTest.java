package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.agentruntime.executor.Gather.Failure;
import io.agentruntime.lifecycle.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a piece of work throws reaches whoever waits for it as it was thrown, and costs the workload nothing. */
@Tag("flaw-12")
@Tag("flaw-18")
class FailureTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Map<String, Way> WAYS = ways();

    private final List<WorkloadExecutor> workloads = List.of(
            WorkloadExecutor.create(new Workload("platform", 1, 100)),
            WorkloadExecutor.create(new Workload("virtual", 1, 100).virtual()));

    @AfterEach
    void stop() throws InterruptedException {
        for (WorkloadExecutor workload : workloads) {
            assertThat(workload.stop(Deadline.after(LIMIT))).isZero();
            assertThat(workload.statistics().active()).isZero();
        }
    }

    /** Hands work over, and waits for it in one of the ways to wait. */
    private interface Way {
        Object await(WorkloadExecutor on, Callable<Integer> work) throws Exception;
    }

    private static Map<String, Way> ways() {
        Map<String, Way> ways = new HashMap<>();
        ways.put("get", (on, work) -> on.submit(work).get());
        ways.put("get with a time", (on, work) -> on.submit(work).get(1, TimeUnit.HOURS));
        ways.put("join", (on, work) -> on.submit(work).join());
        ways.put(
                "deadline", (on, work) -> on.submit(work, Deadline.after(LIMIT)).get());
        ways.put("submitWaiting", (on, work) -> on.submitWaiting(work, LIMIT).get());
        ways.put("invokeAll", (on, work) -> on.invokeAll(List.of(work)).get(0).get());
        ways.put("invokeAny", (on, work) -> on.invokeAny(List.of(work)));
        ways.put(
                "schedule",
                (on, work) -> on.schedule(work, 1, TimeUnit.NANOSECONDS).get());
        ways.put(
                "fixed rate",
                (on, work) -> on.scheduleAtFixedRate(() -> call(work), 0, 1, TimeUnit.NANOSECONDS)
                        .get());
        ways.put(
                "fixed delay",
                (on, work) -> on.scheduleWithFixedDelay(() -> call(work), 0, 1, TimeUnit.NANOSECONDS)
                        .get());
        addStages(ways);
        addNested(ways);
        addOthers(ways);
        return ways;
    }

    private static void addStages(Map<String, Way> ways) {
        ways.put("handle", (on, work) -> rethrow(on.submit(work).handle((x, failure) -> failure)));
        ways.put("exceptionally", (on, work) -> {
            CompletableFuture<Throwable> seen = new CompletableFuture<>();
            on.submit(work)
                    .exceptionally(failure -> seen.complete(failure) ? 1 : 0)
                    .get();
            return rethrow(seen);
        });
        ways.put(
                "stage after it",
                (on, work) -> on.submit(work).thenApply(x -> x).get());
        ways.put(
                "async stage after it",
                (on, work) -> on.submit(work).thenApplyAsync(x -> x).join());
        ways.put(
                "stage that throws it",
                (on, work) -> on.submit(() -> 1).thenApply(x -> call(work)).get());
        ways.put(
                "async stage that throws it",
                (on, work) -> on.submit(() -> 1).thenApplyAsync(x -> call(work)).join());
        ways.put(
                "composed",
                (on, work) ->
                        on.submit(() -> 1).thenCompose(x -> on.submit(work)).get());
    }

    private static void addNested(Map<String, Way> ways) {
        ways.put(
                "nested join",
                (on, work) -> on.submit(() -> on.submit(work).join()).get());
        ways.put("nested get", (on, work) -> {
            try {
                return on.submit(() -> on.submit(work).get()).get();
            } catch (ExecutionException e) {
                throw (ExecutionException) e.getCause();
            }
        });
    }

    private static void addOthers(Map<String, Way> ways) {
        ways.put("gather all", (on, work) -> Gather.on(on).all(List.of(work)).get());
        ways.put(
                "gather first", (on, work) -> Gather.on(on).first(List.of(work)).join());
        ways.put("gather settled", (on, work) -> {
            Failure<?> failure = (Failure<?>)
                    Gather.on(on).settled(List.of(() -> 1, work)).get().get(1);
            throw new ExecutionException(failure.cause());
        });
        ways.put(
                "tool",
                (on, work) -> CompletableFuture.supplyAsync(() -> call(work), ContextualExecutors.forTools(on))
                        .get());
        ways.put(
                "wrapped",
                (on, work) -> ContextualExecutors.wrap((ExecutorService) on)
                        .submit(work)
                        .get());
    }

    private static Object rethrow(CompletableFuture<Throwable> failure) throws Exception {
        throw new ExecutionException(failure.get());
    }

    /** Lets code that may throw nothing throw everything. */
    private static Integer call(Callable<Integer> work) {
        try {
            return work.call();
        } catch (Exception e) {
            throw FailureTest.<IllegalStateException>undeclared(e);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T undeclared(Throwable failure) throws T {
        throw (T) failure;
    }

    private static Callable<Integer> throwing(Throwable failure) {
        return () -> {
            throw FailureTest.<IllegalStateException>undeclared(failure);
        };
    }

    /** Neither an exception nor an error. */
    private static final class OddThrowable extends Throwable {

        private static final long serialVersionUID = 1L;

        OddThrowable() {
            super("odd");
        }
    }

    /** Some of them look like the JDK's, or the library's, own way to say that something else has happened. */
    private static List<Throwable> throwables() {
        return List.of(
                new IllegalStateException("state"),
                new IOException("checked"),
                new OddThrowable(),
                new StackOverflowError("deep"),
                new OutOfMemoryError("heap"),
                new LinkageError("class"),
                new AssertionError("assertion"),
                new InterruptedException("interrupted"),
                new RejectedExecutionException("rejected by something else"),
                new TimeoutException("timed out in something else"),
                new ExecutionException("failed in something else", new IOException("cause")));
    }

    private static Set<String> wayNames() {
        return WAYS.keySet();
    }

    @ParameterizedTest
    @MethodSource("wayNames")
    void work_throwsAnything_reachesTheCallerUnchanged(String name) throws Exception {
        for (WorkloadExecutor workload : workloads) {
            for (Throwable failure : throwables()) {
                Throwable seen = catchThrowable(() -> WAYS.get(name).await(workload, throwing(failure)));
                assertThat(seen).isInstanceOfAny(ExecutionException.class, CompletionException.class);
                assertThat(seen.getCause()).isSameAs(failure).hasNoSuppressedExceptions();
                assertThat(workload.submit(() -> "alive").get(30, TimeUnit.SECONDS))
                        .isEqualTo("alive");
            }
        }
    }

    /** The JDK takes it for a cancelling, but does not hide where it came from. */
    @ParameterizedTest
    @MethodSource("wayNames")
    void work_throwsACancellation_reachesTheCallerInTheChain(String name) throws Exception {
        for (WorkloadExecutor workload : workloads) {
            CancellationException failure = new CancellationException("of something else");
            Throwable seen = catchThrowable(() -> WAYS.get(name).await(workload, throwing(failure)));
            assertThat(seen == failure
                            || seen.getCause() == failure
                            || seen.getCause().getCause() == failure)
                    .as("%s", seen)
                    .isTrue();
            assertThat(workload.submit(() -> "alive").get(30, TimeUnit.SECONDS)).isEqualTo("alive");
        }
    }

    @Test
    void execute_taskThrowsAnything_theThreadGoesOn() throws Exception {
        WorkloadExecutor workload = workloads.get(0);
        Thread before = workload.submit(Thread::currentThread).get();
        for (Throwable failure : throwables()) {
            workload.execute(() -> call(throwing(failure)));
        }
        assertThat(workload.submit(Thread::currentThread).get(30, TimeUnit.SECONDS))
                .isSameAs(before);
        assertThat(workload.statistics().failed()).isEqualTo(throwables().size());
    }
}
