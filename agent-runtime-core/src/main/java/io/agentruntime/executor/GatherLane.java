package io.agentruntime.executor;

import io.agentruntime.executor.Gather.Failure;
import io.agentruntime.executor.Gather.Outcome;
import io.agentruntime.executor.Gather.Success;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The task that runs a branch of a {@link GatherRun}, and the next one in its place where the workload is full. */
final class GatherLane<T extends @Nullable Object> implements Callable<T> {

    private final GatherRun<T, ?> run;
    private volatile int branch;
    private volatile @Nullable CompletableFuture<?> future;
    private volatile boolean futureFailed;

    GatherLane(GatherRun<T, ?> run, int branch) {
        this.run = run;
        this.branch = branch;
    }

    @Override
    public T call() throws Exception {
        Outcome<T> outcome = callBranch();
        while (run.record(branch, outcome)) {
            int following = run.startNext(true);
            if (following == GatherRun.NONE) {
                break;
            }
            branch = following;
            boolean unused = Thread.interrupted(); // whatever it was, it was meant for the branch before
            outcome = callBranch();
        }
        return unwrap(outcome);
    }

    private Outcome<T> callBranch() {
        if (futureFailed || run.isDecided()) {
            return new Failure<>(new CancellationException("the gather was decided before this branch started"));
        }
        try {
            return new Success<>(run.call(branch));
        } catch (Throwable failure) { // an Error too is the outcome of its branch
            return new Failure<>(failure);
        }
    }

    /** Lets the workload see and count what became of its task. */
    private T unwrap(Outcome<T> outcome) throws Exception {
        if (outcome instanceof Success<T> success) {
            return success.value();
        }
        Throwable cause = ((Failure<T>) outcome).cause();
        if (cause instanceof Error error) {
            throw error;
        }
        throw cause instanceof Exception exception ? exception : new ExecutionException(cause);
    }

    /** Follows the future of this task: the workload may end it before the task does. */
    void follow(CompletableFuture<?> submitted) {
        future = submitted;
        CompletableFuture<?> unused = submitted.whenComplete((value, failure) -> {
            if (failure != null) {
                futureFailed = true;
                if (run.recordEndFromOutside(branch, failure)) {
                    run.startNext(false);
                }
            }
        });
    }

    /** Cancels and interrupts this task, unless its branch has ended. */
    void cancelIfLeft() {
        CompletableFuture<?> submitted = future;
        if (submitted != null && !run.hasEnded(branch)) {
            submitted.cancel(true);
        }
    }
}
