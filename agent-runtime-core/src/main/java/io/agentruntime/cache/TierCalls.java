package io.agentruntime.cache;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How a tier is called: within its timeout, on the threads that it may hold; without a timeout, on the executor's thread that asks. */
final class TierCalls {

    final @Nullable Duration timeout;
    final Executor threads;

    private final @Nullable ScheduledExecutorService timer;

    TierCalls(@Nullable Duration timeout, Executor executor, @Nullable ScheduledExecutorService timer) {
        this.timeout = timeout;
        this.threads = timeout == null ? executor : new TierThreads(executor);
        this.timer = timer;
    }

    /** Makes a call whose result somebody waits for. The future ends in time. */
    <T> CompletableFuture<T> make(Callable<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        if (timeout == null) {
            make(call, result);
            return result;
        }
        FutureTask<?> calling = new FutureTask<>(() -> make(call, result), null);
        CompletableFuture<T> end =
                new CompletableFuture<>(); // as the result, bare of what a dependent stage wraps it in
        try {
            Future<?> alarm = alarm(timeout, () -> {
                result.completeExceptionally(new TimeoutException("after " + timeout));
                calling.cancel(true);
            });
            CompletableFuture<?> unused = result.whenComplete((value, failure) -> {
                alarm.cancel(false);
                boolean unusedToo = failure == null ? end.complete(value) : end.completeExceptionally(failure);
            });
            threads.execute(() -> runInterruptibly(calling));
        } catch (RejectedExecutionException e) { // by the timer or the executor
            result.completeExceptionally(e);
            end.completeExceptionally(e);
        }
        return end;
    }

    private static <T> void make(Callable<T> call, CompletableFuture<T> result) {
        try {
            result.complete(requireNonNull(call.call(), "what the tier returned"));
        } catch (Throwable e) {
            restoreInterrupt(e);
            result.completeExceptionally(e);
        }
    }

    /** Runs what may be cancelled meanwhile, and lets the interrupt of that go no further. */
    static void runInterruptibly(FutureTask<?> task) {
        task.run();
        if (task.isCancelled()) {
            boolean unused = Thread.interrupted();
        }
    }

    static void restoreInterrupt(Throwable e) {
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
    }

    /** Does something when a time is up; the tier has a timeout, and so the cache a timer. */
    Future<?> alarm(Duration after, Runnable action) {
        return requireNonNull(timer).schedule(action, after.toNanos(), TimeUnit.NANOSECONDS);
    }
}
