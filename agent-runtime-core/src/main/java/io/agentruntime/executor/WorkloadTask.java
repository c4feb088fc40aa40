package io.agentruntime.executor;

import io.agentruntime.context.ContextSnapshot;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RunnableFuture;
import org.jspecify.annotations.Nullable;

/** One task of a workload: runs once, in the context of its submitter, and is the future of its own result. */
final class WorkloadTask<T> extends WorkloadFuture<T> implements RunnableFuture<T>, WorkerPool.Abortable {

    /*
     * WAITING → RUNNING → ENDED; who ends it before it runs takes WAITING → ENDED. An interrupt takes RUNNING → INTERRUPTING →
     * RUNNING, and the runner waits for the second step before it gives its thread back, so that the interrupt cannot hit the next
     * task. The future itself is completed by whoever comes first; it is counted once, by that one.
     */
    private static final int WAITING = 0;
    private static final int RUNNING = 1;
    private static final int INTERRUPTING = 2;
    private static final int ENDED = 3;

    // fields with handles instead of atomics: there is a task for every piece of work
    private static final VarHandle phaseHandle = handle("phase", int.class);
    private static final VarHandle countedHandle = handle("counted", boolean.class);

    private final Callable<? extends T> task;
    private final ContextSnapshot snapshot;
    private volatile int phase = WAITING;

    @SuppressWarnings("UnusedVariable") // by its handle
    private volatile boolean counted;

    private volatile @Nullable Thread runner;
    private volatile @Nullable Slot slot; // its place in the queue
    private volatile @Nullable Runnable disarm; // switches the alarm of its deadline off

    private static VarHandle handle(String field, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(WorkloadTask.class, field, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    WorkloadTask(Callable<? extends T> task, WorkloadExecutor workload) {
        this(task, workload, ContextSnapshot.capture());
    }

    WorkloadTask(Callable<? extends T> task, WorkloadExecutor workload, ContextSnapshot snapshot) {
        super(workload);
        this.task = task;
        this.snapshot = snapshot;
    }

    void placed(Slot place) {
        slot = place;
    }

    /** Lets the end of this task switch an alarm off. */
    void stopWith(Runnable off) {
        disarm = off;
        if (isDone()) {
            off.run();
        }
    }

    @Override
    public void run() {
        runner = Thread.currentThread();
        if (!phaseHandle.compareAndSet(this, WAITING, RUNNING)) {
            return;
        }
        if (workload.pool().isAborted()) { // the abort may have looked for running tasks before this one was
            boolean unused = abort();
        }
        Worker worker = Worker.current();
        long began = worker == null || worker.measures() ? System.nanoTime() : 0;
        measureWait(began);
        try {
            snapshot.run(this::callTask);
        } catch (Throwable misuse) { // a scope left open, in strict mode
            completeExceptionally(misuse);
        } finally {
            if (began != 0) {
                workload.counters().runTime.record(System.nanoTime() - began);
            }
            countOnce();
            giveThreadBack();
        }
    }

    private void measureWait(long began) {
        Slot place = slot;
        if (place != null && place.queuedAt != 0) {
            workload.counters().queueWait.record((began == 0 ? System.nanoTime() : began) - place.queuedAt);
        } else if (began != 0) {
            workload.counters().queueWait.record(0); // it found a seat at once
        }
    }

    private void callTask() {
        if (!isDone()) {
            try {
                complete(task.call());
            } catch (Throwable failure) { // an Error too must reach whoever waits
                completeExceptionally(failure);
            }
        }
    }

    private void giveThreadBack() {
        while (!phaseHandle.compareAndSet(this, RUNNING, ENDED)) {
            Thread.onSpinWait();
        }
        runner = null;
    }

    /** Ends the future at once; a running task is interrupted if asked for, and keeps its seat until it really ends. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            giveUp(mayInterruptIfRunning);
        }
        return cancelled;
    }

    @Override
    public boolean abort() {
        boolean ended =
                completeExceptionally(new CancellationException("workload '" + workload.name() + "' was stopped"));
        if (ended) {
            giveUp(true);
        }
        return ended;
    }

    /** Ends the future with a failure from outside, and interrupts the task if it runs. */
    void fail(Throwable failure) {
        if (completeExceptionally(failure)) {
            giveUp(true);
        }
    }

    private void giveUp(boolean interrupt) {
        countOnce();
        Slot place = slot;
        if (phaseHandle.compareAndSet(this, WAITING, ENDED)) {
            if (place != null) {
                workload.pool().forget(place);
            }
        } else if (interrupt && phaseHandle.compareAndSet(this, RUNNING, INTERRUPTING)) {
            Thread thread = runner;
            if (thread != null) {
                thread.interrupt();
            }
            phase = RUNNING;
        }
    }

    @Override
    void promote() {
        Slot place = slot;
        if (place != null && phase == WAITING) {
            workload.pool().promote(place);
        }
    }

    private void countOnce() {
        if (countedHandle.compareAndSet(this, false, true)) {
            workload.counters().count(this);
            Runnable off = disarm;
            if (off != null) {
                off.run();
            }
        }
    }
}
