package io.agentruntime.cache;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
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

    /** A call that was made here was interrupted because its time was up. What came of it nobody knows. */
    static final class LateException extends TimeoutException {

        private static final long serialVersionUID = 1L;

        LateException(@Nullable Duration timeout) {
            super("after " + timeout);
        }
    }

    /**
     * Makes a call on this thread, which is interrupted when its time is up.
     *
     * @param call the call
     * @param late is told of it then, and not when the call ends: others are not to go the same way
     * @throws LateException if the call had to be interrupted, when it has ended
     * @throws Throwable what the call throws; a RejectedExecutionException if the timer has stopped, and no call was made
     */
    void makeHere(Callable<?> call, Consumer<LateException> late) throws Throwable {
        FutureTask<?> calling = new FutureTask<>(call);
        if (timeout == null) {
            calling.run();
        } else {
            Future<?> alarm = alarm(timeout, () -> {
                if (calling.cancel(true)) {
                    late.accept(new LateException(timeout));
                }
            });
            runInterruptibly(calling);
            alarm.cancel(false);
        }
        try {
            calling.get();
        } catch (CancellationException e) {
            throw new LateException(timeout);
        } catch (ExecutionException e) {
            restoreInterrupt(requireNonNull(e.getCause()));
            throw e.getCause();
        }
    }

    /** Ends a future after twice the timeout, if that is still wanted then; at once if the timer has stopped. */
    void endInTime(CompletableFuture<?> future, BooleanSupplier wanted) {
        if (timeout == null) {
            return;
        }
        try {
            Future<?> alarm = alarm(timeout.multipliedBy(2), () -> {
                if (wanted.getAsBoolean()) {
                    future.completeExceptionally(new TimeoutException("the tier is told later"));
                }
            });
            CompletableFuture<?> unused = future.whenComplete((nothing, failure) -> alarm.cancel(false));
        } catch (RejectedExecutionException e) {
            future.completeExceptionally(e);
        }
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
    private static void runInterruptibly(FutureTask<?> task) {
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
    private Future<?> alarm(Duration after, Runnable action) {
        return requireNonNull(timer).schedule(action, after.toNanos(), TimeUnit.NANOSECONDS);
    }
}
