package io.agentruntime.resilience;

import dev.langchain4j.service.tool.ToolExecutionResult;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.resilience.ModelThrottle.Permit;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to run a tool, on whatever thread, until it ends or is out of time. Keeps its place among the calls of the tool until the
 * tool has really ended.
 */
final class ToolAttempt extends FutureTask<ToolExecutionResult> {

    private final @Nullable Permit place;
    private final Thread caller = Thread.currentThread();
    private volatile @Nullable Thread runner;
    private volatile boolean outOfTime;
    private volatile @Nullable Future<?> seat;

    ToolAttempt(Callable<ToolExecutionResult> tool, @Nullable Permit place) {
        super(tool);
        this.place = place;
    }

    @Override
    public void run() {
        runner = Thread.currentThread();
        try {
            super.run();
        } finally {
            free();
            if (isCancelled()) {
                Thread.interrupted(); // it was meant for the tool, and must not hit what this thread does next
            }
        }
    }

    @Override
    protected void done() {
        if (runner == null) {
            free(); // nobody will run it
        }
    }

    private void free() {
        if (place != null) {
            place.close();
        }
    }

    /** The time is up: whoever waits is told at once, and the tool is interrupted. */
    void expire() {
        if (!isDone()) {
            outOfTime = true;
        }
        cancelAll();
    }

    private void cancelAll() {
        cancel(true);
        Future<?> current = seat;
        if (current != null) {
            current.cancel(false);
        }
    }

    /** Hands itself over, and waits for its end. A tool that finds no room runs here. */
    ToolExecutionResult runOn(Executor executor, Duration timeout) throws Exception {
        try {
            handOver(executor);
            awaitSeat();
            return get();
        } catch (InterruptedException e) {
            cancelAll();
            Thread.currentThread().interrupt();
            throw e;
        } catch (CancellationException e) {
            if (outOfTime) {
                throw (TimeoutException) new TimeoutException("not done within " + timeout).initCause(e);
            }
            throw e;
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    private void handOver(Executor executor) {
        if (!(executor instanceof WorkloadExecutor workload)) {
            executor.execute(this);
            return;
        }
        try {
            seat = workload.submit(this); // a task that waits for such a future lends its own seat
        } catch (RejectedExecutionException full) {
            run();
        }
        if (isDone()) {
            cancelAll();
        }
    }

    private void awaitSeat() throws InterruptedException {
        Future<?> current = seat;
        if (current != null) {
            try {
                current.get();
            } catch (CancellationException | ExecutionException e) {
                cancel(true); // out of time, or the workload was stopped: there is nothing more to come
            }
        }
    }

    private Exception failure(ExecutionException wrapped) throws Exception {
        Throwable failure = wrapped.getCause();
        if (runner == caller
                && Causes.first(wrapped, InterruptedException.class).isPresent()) {
            caller.interrupt(); // it was meant for the caller, and the tool has used it up
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof Exception exception ? exception : wrapped;
    }
}
