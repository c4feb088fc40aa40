package io.agentruntime.executor;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread of a pool: runs one task after another until the pool has none for it. */
final class Worker implements Runnable {

    private static final ThreadLocal<@Nullable Worker> CURRENT = new ThreadLocal<>();

    private enum Signal {
        NONE,
        GO,
        LEAVE
    }

    final WorkerPool pool;
    final Thread thread;
    private volatile Signal signal = Signal.NONE;
    private volatile @Nullable Runnable task; // the first or next one, set by the pool before the signal
    private volatile @Nullable Runnable running;
    private long tasks;

    Worker(WorkerPool pool, Runnable first, ThreadFactory threads) {
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
            for (Runnable next = takeTask(); next != null; next = pool.next(this)) {
                runTask(next);
            }
        } finally {
            CURRENT.remove();
            pool.left(this);
        }
    }

    private void runTask(Runnable next) {
        Thread.interrupted(); // an interrupt of the task before is not meant for this one
        running = next;
        tasks++;
        next.run(); // a WorkloadTask or a StageTask: neither throws
        running = null;
    }

    /** Whether the time of the running task is to be measured. */
    boolean measures() {
        return Sampling.takes(tasks);
    }

    private @Nullable Runnable takeTask() {
        Runnable taken = task;
        task = null; // an idle worker must not hold on to it
        return taken;
    }

    @Nullable
    Runnable running() {
        return running;
    }

    /** Lets this worker, which waits for it, run a task. */
    void give(Runnable next) {
        task = next;
        signal(Signal.GO);
    }

    /** Lets this worker, which waits to go on with its task, go on. */
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

    /** Waits for a task; null says that there will be none. */
    @Nullable
    Runnable awaitTask() {
        return awaitSignal() == Signal.LEAVE ? null : takeTask();
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
