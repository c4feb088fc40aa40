package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The ways to hand a task over and not to want it any more. */
final class GivingUp {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(50);

    /** One way. When it returns, nobody wants the task any more. */
    @FunctionalInterface
    interface Way {
        void giveUp(WorkloadExecutor on, Callable<Integer> task, Ready ready) throws Exception;
    }

    /** Waits until the task that was handed over is queued, or runs. */
    @FunctionalInterface
    interface Ready {
        void await() throws Exception;
    }

    static final Map<String, Way> WAYS = ways();

    private GivingUp() {}

    private static Map<String, Way> ways() {
        Map<String, Way> ways = new TreeMap<>();
        ways.put("cancel", (on, task, ready) -> cancel(on.submit(task), ready));
        ways.put(
                "cancel of submit(Runnable, result)",
                (on, task, ready) -> cancel(on.submit(() -> call(task), 1), ready));
        ways.put("cancel of a patient one", (on, task, ready) -> cancel(on.submitWaiting(task, LIMIT), ready));
        ways.put(
                "cancel of one with a deadline",
                (on, task, ready) -> cancel(on.submit(task, Deadline.after(LIMIT)), ready));
        ways.put("deadline", (on, task, ready) -> awaitEnd(on.submit(task, Deadline.after(SHORT))));
        ways.put(
                "deadline of a Runnable",
                (on, task, ready) -> awaitEnd(on.submit(() -> call(task), Deadline.after(SHORT))));
        ways.put(
                "invokeAll, out of time",
                (on, task, ready) -> on.invokeAll(List.of(task), SHORT.toMillis(), TimeUnit.MILLISECONDS));
        ways.put(
                "invokeAny, out of time",
                (on, task, ready) -> assertThat(catchThrowable(
                                () -> on.invokeAny(List.of(task), SHORT.toMillis(), TimeUnit.MILLISECONDS)))
                        .isInstanceOf(TimeoutException.class));
        ways.put("invokeAll, interrupted", (on, task, ready) -> interrupt(() -> on.invokeAll(List.of(task)), ready));
        ways.put("invokeAny, interrupted", (on, task, ready) -> interrupt(() -> on.invokeAny(List.of(task)), ready));
        addSchedules(ways);
        addGathers(ways);
        return ways;
    }

    private static void addSchedules(Map<String, Way> ways) {
        ways.put("schedule", (on, task, ready) -> cancel(on.schedule(task, 1, TimeUnit.NANOSECONDS), ready));
        ways.put(
                "schedule at a fixed rate",
                (on, task, ready) ->
                        cancel(on.scheduleAtFixedRate(() -> call(task), 0, 1, TimeUnit.NANOSECONDS), ready));
        ways.put(
                "schedule with a fixed delay",
                (on, task, ready) ->
                        cancel(on.scheduleWithFixedDelay(() -> call(task), 0, 1, TimeUnit.NANOSECONDS), ready));
    }

    private static void addGathers(Map<String, Way> ways) {
        ways.put("gather, cancelled", (on, task, ready) -> cancel(Gather.on(on).all(List.of(task)), ready));
        ways.put(
                "gather, deadline",
                (on, task, ready) ->
                        awaitEnd(Gather.on(on).within(Deadline.after(SHORT)).settled(List.of(task))));
        ways.put(
                "gather, timeout",
                (on, task, ready) -> awaitEnd(
                        Gather.on(on).first(List.of(task)).orTimeout(SHORT.toMillis(), TimeUnit.MILLISECONDS)));
    }

    private static void cancel(Future<?> future, Ready ready) throws Exception {
        ready.await();
        assertThat(future.cancel(true)).isTrue();
    }

    private static <T> void awaitEnd(CompletableFuture<T> future) throws Exception {
        CompletableFuture<Boolean> end = future.handle((value, failure) -> true);
        assertThat(Watchdog.await(end, LIMIT, "given up")).isTrue();
    }

    private static void interrupt(Callable<?> call, Ready ready) throws Exception {
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread caller = new Thread(() -> outcome.complete(catchThrowable(call::call)));
        caller.start();
        ready.await();
        caller.interrupt();
        assertThat(Watchdog.await(outcome, LIMIT, "interrupted caller")).isInstanceOf(InterruptedException.class);
    }

    private static Integer call(Callable<Integer> task) {
        try {
            return task.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
