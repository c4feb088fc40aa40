package io.agentruntime.executor;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread of a pool: runs one task after another until the pool has none for it. */
final class Worker implements Runnable {

    private static final ThreadLocal<@Nullable Worker> CURRENT = new ThreadLocal<>();

    /** What has become of the seat of the task. */
    enum Seat {
        HELD,
        /** Lent by the task, which waits for a future of a workload. */
        LENT,
        /** Taken by the pool, because the task seems to wait for tasks of its own in some other way. */
        TAKEN
    }

    private enum Signal {
        NONE,
        GO,
        LEAVE
    }

    final WorkerPool pool;
    final Thread thread;

    /** What this worker is to run, or runs. Written under the lock of the pool, or by this worker, before the task is gone from the ring. */
    @Nullable
    WorkloadTask<?> task;

    /** Guarded by the lock of the pool. */
    Seat seat = Seat.HELD;

    private volatile Signal signal = Signal.NONE;
    private volatile @Nullable WorkloadFuture<?> awaited;
    private final AtomicLong completed = new AtomicLong(); // written by this worker only
    private long begun;

    Worker(WorkerPool pool, WorkloadTask<?> first, ThreadFactory threads) {
        this.pool = pool;
        this.task = first;
        this.thread = threads.newThread(this);
    }

    /** The worker that runs the calling code, or null if it runs on a foreign thread. */
    static @Nullable Worker current() {
        return CURRENT.get();
    }

    @Override
    public void run() {
        CURRENT.set(this);
        try {
            for (WorkloadTask<?> next = task; next != null; next = pool.next(this)) {
                boolean unused = Thread.interrupted(); // an interrupt of the task before is not meant for this one
                begun++;
                next.runOn(this);
            }
        } finally {
            CURRENT.remove();
            pool.left(this);
        }
    }

    /** Whether the time of the running task is to be measured. */
    boolean measures() {
        return pool.sampling.takes(begun);
    }

    void countCompleted(int by) {
        completed.setOpaque(completed.getPlain() + by);
    }

    long completed() {
        return completed.getOpaque();
    }

    /** Whether the running task waits for a {@link CompletableFuture}, as {@link LockSupport} tells. */
    boolean isParkedInFuture() {
        Object blocker = LockSupport.getBlocker(thread);
        return blocker != null && blocker.getClass().getEnclosingClass() == CompletableFuture.class;
    }

    /** Says what the running task waits for, for as long as it takes; null if it does not. */
    void awaits(@Nullable WorkloadFuture<?> future) {
        awaited = future;
    }

    @Nullable
    WorkloadFuture<?> awaited() {
        return awaited;
    }

    /** Lets this worker, which waits for a task, or to go on with its task, go on. */
    void resume() {
        signal(Signal.GO);
    }

    /** Lets this worker, which waits for a task, end. */
    void dismiss() {
        signal(Signal.LEAVE);
    }

    private void signal(Signal what) {
        signal = what;
        LockSupport.unpark(thread);
    }

    /** Waits for a task; false says that there will be none. */
    boolean awaitTask() {
        return awaitSignal() == Signal.GO;
    }

    /** Waits to go on with the running task; an interrupt meanwhile is kept for it. */
    void awaitResume() {
        awaitSignal();
    }

    private Signal awaitSignal() {
        boolean interrupted = false;
        while (signal == Signal.NONE) {
            LockSupport.park(pool);
            interrupted |= Thread.interrupted();
        }
        Signal received = signal;
        signal = Signal.NONE;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return received;
    }
}
