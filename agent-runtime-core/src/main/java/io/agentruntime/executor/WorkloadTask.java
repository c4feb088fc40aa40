package io.agentruntime.executor;

import io.agentruntime.context.ContextSnapshot;
import io.agentruntime.context.UsageContext;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One task of a workload: runs once, in the context of its submitter, and is the future of its own result. */
class WorkloadTask<T> extends WorkloadFuture<T> implements RunnableFuture<T> {

    /*
     * WAITING → RUNNING → ENDED; who ends it before it runs takes WAITING → ENDED. An interrupt takes RUNNING → INTERRUPTING →
     * RUNNING, and the runner waits for the second step before it gives its thread back, so that the interrupt cannot hit the next
     * task. The future itself is completed by whoever comes first. Who tries counts the end before it can be seen, and takes that back if
     * another was first.
     *
     * There is a task for every piece of work, so it is its own place in the queue, and has fields with handles instead of atomics.
     */
    private static final int WAITING = 0;
    private static final int RUNNING = 1;
    private static final int INTERRUPTING = 2;
    private static final int ENDED = 3;
    private static final VarHandle phaseHandle = phaseHandle();

    private final Callable<? extends T> task;
    private final ContextSnapshot snapshot;
    private volatile int phase = WAITING;
    private @Nullable Worker runner; // published by the step to RUNNING
    private volatile @Nullable Runnable disarm; // switches the alarm of its deadline off

    // its place in the queue, guarded by the lock of the pool
    boolean inside; // may take a lent seat
    boolean queued;
    long queuedAt; // 0 if its wait is not measured

    /** Its number in the ring of the pool; written before it is put there. */
    long number;

    /** The task that submitted this one, until this one has ended. */
    @Nullable
    WorkloadTask<?> parent;

    private static VarHandle phaseHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(WorkloadTask.class, "phase", int.class);
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

    /** Whose turn it takes. */
    final String owner() {
        return snapshot.context().map(UsageContext::organisation).orElse("");
    }

    /** Lets the end of this task switch an alarm off. */
    final void stopWith(Runnable off) {
        disarm = off;
        if (isDone()) {
            off.run();
        }
    }

    /** Does nothing for a task that has begun or ended, so for every one that a host can get hold of. */
    @Override
    public final void run() {
        runOn(null);
    }

    final void runOn(@Nullable Worker worker) {
        if (phase != WAITING) {
            return;
        }
        runner = worker;
        if (!phaseHandle.compareAndSet(this, WAITING, RUNNING)) {
            return;
        }
        long began = worker == null || worker.measures() ? System.nanoTime() : 0;
        measureWait(began);
        try {
            snapshot.run(this::callTask);
        } catch (Throwable misuse) { // a scope left open, in strict mode
            completeExceptionally(misuse);
        } finally {
            measureRun(began);
            giveThreadBack();
        }
    }

    private void measureWait(long began) {
        if (queuedAt != 0) {
            workload.counters().queueWait.record((began == 0 ? System.nanoTime() : began) - queuedAt);
        } else if (began != 0) {
            workload.counters().queueWait.record(0); // it found a seat at once
        }
    }

    private void measureRun(long began) {
        if (began != 0) {
            long nanos = System.nanoTime() - began;
            workload.counters().runTime.record(nanos);
            workload.pool().sampling.measured(nanos);
        }
    }

    private void callTask() {
        if (isDone()) {
            return; // ended from outside while it waited
        }
        try {
            T value = task.call();
            countCompleted(1); // before the end is seen, so that whoever sees it sees the figure
            if (super.complete(value)) {
                phaseHandle.setRelease(this, ENDED); // who interrupts has ended the future
                disarm();
            } else {
                countCompleted(-1);
            }
        } catch (Throwable failure) { // an Error too must reach whoever waits
            if (completeCounted(failure)) {
                disarm();
            }
        }
    }

    private void countCompleted(int by) {
        Worker worker = runner;
        if (worker == null) {
            workload.counters().completed.add(by);
        } else {
            worker.countCompleted(by);
        }
    }

    /** Ends the future with a failure, and counts that if it is the first end. */
    private boolean completeCounted(Throwable failure) {
        if (isDone()) {
            return false;
        }
        WorkloadCounters counters = workload.counters();
        LongAdder counter = failure instanceof CancellationException ? counters.cancelled : counters.failed;
        counter.increment();
        boolean won = super.completeExceptionally(failure);
        if (!won) {
            counter.decrement();
        }
        return won;
    }

    private void giveThreadBack() {
        while (phase != ENDED && !phaseHandle.compareAndSet(this, RUNNING, ENDED)) {
            Thread.onSpinWait();
        }
        runner = null;
        parent = null;
    }

    @Override
    public final boolean complete(T value) {
        if (isDone()) {
            return false;
        }
        LongAdder counter = workload.counters().completed;
        counter.increment();
        boolean won = super.complete(value);
        if (won) {
            giveUp(false);
        } else {
            counter.decrement();
        }
        return won;
    }

    /** Ends the future at once; a running task is interrupted, for nobody can receive its result, and keeps its seat until it ends. */
    @Override
    public final boolean completeExceptionally(Throwable failure) {
        return fail(failure, true);
    }

    /** Ends the future at once; a running task is interrupted if asked for, and keeps its seat until it really ends. */
    @Override
    public final boolean cancel(boolean mayInterruptIfRunning) {
        return fail(new CancellationException(), mayInterruptIfRunning) || isCancelled();
    }

    final boolean abort() {
        return fail(new CancellationException("workload '" + workload.name() + "' was stopped"), true);
    }

    private boolean fail(Throwable failure, boolean interrupt) {
        boolean won = completeCounted(failure);
        if (won) {
            giveUp(interrupt);
        }
        return won;
    }

    private void giveUp(boolean interrupt) {
        disarm();
        if (phaseHandle.compareAndSet(this, WAITING, ENDED)) {
            workload.pool().forget(this);
            parent = null;
            abandoned();
        } else if (interrupt && phaseHandle.compareAndSet(this, RUNNING, INTERRUPTING)) {
            Worker worker = runner;
            if (worker != null) {
                worker.thread.interrupt();
            }
            phase = RUNNING;
        }
    }

    private void disarm() {
        Runnable off = disarm;
        if (off != null) {
            off.run();
        }
    }

    /** Called when this task has ended without ever having begun. */
    void abandoned() {}

    @Override
    final void promote() {
        if (phase == WAITING) {
            workload.pool().promote(this);
        }
    }

    @Override
    final @Nullable Worker runner() {
        int now = phase;
        return now == RUNNING || now == INTERRUPTING ? runner : null;
    }
}
