package io.agentruntime.executor;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.ContextSnapshot;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One task of a workload: runs once, in the context of its submitter, and is the future of its own result. Stages that hang on it
 * without an executor run on the workload too.
 */
final class WorkloadTask<T> extends CompletableFuture<T> implements RunnableFuture<T> {

    /*
     * WAITING → RUNNING → ENDED; a cancel that interrupts takes RUNNING → INTERRUPTING → ENDED, and the runner waits for the
     * second step before it gives its thread back, so that the interrupt cannot hit the next task.
     */
    private enum Phase {
        WAITING,
        RUNNING,
        INTERRUPTING,
        ENDED
    }

    private final Callable<? extends T> task;
    private final WorkloadExecutor workload;
    private final ContextSnapshot snapshot = ContextSnapshot.capture();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.WAITING);
    private final AtomicBoolean counted = new AtomicBoolean();
    private volatile @Nullable Thread runner;

    WorkloadTask(Callable<? extends T> task, WorkloadExecutor workload) {
        this.task = task;
        this.workload = workload;
    }

    @Override
    public void run() {
        runner = Thread.currentThread();
        if (isDone() || !phase.compareAndSet(Phase.WAITING, Phase.RUNNING)) {
            return;
        }
        workload.began(this);
        try (ContextScope scope = snapshot.open()) {
            callTask();
        } finally {
            countOnce();
            giveThreadBack();
            workload.ended(this);
        }
    }

    private void callTask() {
        if (isDone()) {
            return;
        }
        try {
            complete(task.call());
        } catch (Throwable failure) { // an Error too must reach whoever waits
            completeExceptionally(failure);
        }
    }

    private void giveThreadBack() {
        if (!phase.compareAndSet(Phase.RUNNING, Phase.ENDED)) {
            while (phase.get() == Phase.INTERRUPTING) {
                Thread.onSpinWait();
            }
        }
        runner = null;
    }

    /** Ends the future at once; a running task is interrupted if asked for, and keeps its slot until it really ends. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            countOnce();
            workload.forget(this);
            if (mayInterruptIfRunning) {
                interruptRunner();
            }
        }
        return cancelled;
    }

    private void interruptRunner() {
        Thread thread = runner;
        if (thread != null && phase.compareAndSet(Phase.RUNNING, Phase.INTERRUPTING)) {
            thread.interrupt();
            phase.set(Phase.ENDED);
        }
    }

    private void countOnce() {
        if (counted.compareAndSet(false, true)) {
            workload.count(this);
        }
    }

    @Override
    public Executor defaultExecutor() {
        return workload;
    }
}
