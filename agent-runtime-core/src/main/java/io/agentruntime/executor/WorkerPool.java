package io.agentruntime.executor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The threads and the queue of one workload. */
final class WorkerPool {

    /*
     * Design. A workload of size n has n seats. A task takes a seat to run and gives it back when it ends. A task that waits for
     * the future of another task lends its seat for as long as it waits, and takes one again before it goes on; those who want to go
     * on come before those who want to begin.
     *
     * A task that was submitted from inside another task (of any workload), or that such a task waits for, may take a lent seat; a
     * task from outside may not. So at most n tasks from outside are under way, at most n tasks run, and a task that waits for work
     * of its own making always finds that work a seat: its own. By induction over the depth of the waits nothing hangs that is not
     * itself a circle of tasks. The price is a thread for each task that waits, up to MAX_WAITING; beyond that a wait fails.
     *
     * INVARIANT: under the lock, whenever a seat is free for a waiting task, that task has been given it.
     *
     * Nothing but counting happens under the lock. Threads are started after it is released.
     */

    /** How the offer of a task ended. */
    enum Admission {
        ACCEPTED,
        FULL,
        CLOSED
    }

    static final int MAX_WAITING = 4_096;

    /** Room for tasks from inside, beyond the capacity: a task must be able to hand over its own parts when the queue is full. */
    private static final int INSIDE_ROOM = 1_024;

    private final Workload workload;
    private final ThreadFactory threads;
    private final boolean keepIdle;
    private final ReentrantLock lock = new ReentrantLock(); // guards everything below
    private final Condition room = lock.newCondition();
    private final Condition changed = lock.newCondition(); // a worker has left
    private final SlotQueue queue; // all that wait
    private final ArrayDeque<Slot> inside = new ArrayDeque<>(); // those of them that may take a lent seat
    private final ArrayDeque<Worker> idle = new ArrayDeque<>();
    private final ArrayDeque<Worker> resuming = new ArrayDeque<>();
    private final Set<Worker> workers = new HashSet<>();
    private int running; // seats taken
    private int waiting; // seats lent
    private int queued;
    private int gone; // slots in the queues that no longer count
    private int largest;
    private long offered;
    private long refused;
    private boolean shutdown;
    private volatile boolean aborted;

    WorkerPool(Workload workload, ThreadFactory threads, boolean keepIdle) {
        this.workload = workload;
        this.threads = threads;
        this.keepIdle = keepIdle;
        this.queue = workload.fairness() ? new SlotQueue.Fair() : new SlotQueue.Fifo();
    }

    /** Takes a task, or says why not. A task from inside another task may take a seat that is lent. */
    Admission submit(Slot slot) {
        Worker fresh = null;
        lock.lock();
        try {
            offered++;
            if (terminated() || aborted || (shutdown && !slot.inside)) {
                refused++;
                return Admission.CLOSED;
            }
            if (seatFor(slot)) {
                running++;
                fresh = start(slot.task);
            } else if (queued >= (slot.inside ? workload.queueCapacity() + INSIDE_ROOM : workload.queueCapacity())) {
                refused++;
                return Admission.FULL;
            } else {
                enqueue(slot);
            }
        } finally {
            lock.unlock();
        }
        startThread(fresh);
        return Admission.ACCEPTED;
    }

    /** Counts a task that ended before it was offered. */
    void countEnded() {
        lock.lock();
        try {
            offered++;
        } finally {
            lock.unlock();
        }
    }

    /** Counts an offer that was not made, because it could not succeed. */
    void countRefused() {
        lock.lock();
        try {
            offered++;
            refused++;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for room, up to a time, and takes the task. */
    Admission submitWaiting(Slot slot, long timeoutNanos) throws InterruptedException {
        long left = timeoutNanos;
        while (true) {
            Admission admission = submit(slot);
            if (admission != Admission.FULL || left <= 0) {
                return admission;
            }
            lock.lockInterruptibly();
            try {
                offered--; // the same offer is made again
                refused--;
                if (queued >= workload.queueCapacity() && !seatFor(slot) && !shutdown) {
                    left = room.awaitNanos(left);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean seatFor(Slot slot) {
        return slot.inside ? running < workload.threads() : running + waiting < workload.threads();
    }

    private void enqueue(Slot slot) {
        if (Sampling.takes(offered)) {
            slot.queuedAt = System.nanoTime();
        }
        slot.gone = false;
        queue.add(slot);
        if (slot.inside) {
            inside.add(slot);
        }
        queued++;
    }

    /** Gives a task that has a seat to an idle worker, or returns a new one whose thread is to be started. */
    private @Nullable Worker start(Runnable task) {
        Worker worker = idle.pollLast();
        if (worker != null) {
            worker.give(task);
            return null;
        }
        Worker fresh = new Worker(this, task, threads);
        workers.add(fresh);
        largest = Math.max(largest, workers.size());
        return fresh;
    }

    private void startThread(@Nullable Worker fresh) {
        if (fresh != null) {
            try {
                fresh.thread.start();
            } catch (Throwable outOfThreads) {
                seatLost(fresh);
                throw outOfThreads;
            }
        }
    }

    private void seatLost(Worker fresh) {
        lock.lock();
        try {
            workers.remove(fresh);
            running--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Fills a free seat: with a task that wants to go on, or else with one that wants to begin, which is returned. */
    private @Nullable Runnable fillSeat() {
        if (running >= workload.threads()) {
            return null;
        }
        Worker resumed = resuming.poll();
        if (resumed != null) {
            running++;
            resumed.resume();
            return null;
        }
        Slot slot = running + waiting < workload.threads() ? queue.poll() : SlotQueue.next(inside);
        if (slot == null) {
            return null;
        }
        take(slot);
        running++;
        return slot.task;
    }

    private void take(Slot slot) {
        slot.gone = true;
        queued--;
        gone += slot.inside ? 1 : 0; // it stands in the other queue still
        compactIfWorthwhile();
        room.signal();
    }

    private void compactIfWorthwhile() {
        if (gone > workload.queueCapacity() + INSIDE_ROOM) {
            queue.compact();
            inside.removeIf(slot -> slot.gone);
            gone = 0;
        }
    }

    /** Ends the task of a worker and finds it the next one; null says that the worker is to leave. */
    @Nullable
    Runnable next(Worker worker) {
        lock.lock();
        try {
            running--;
            Runnable task = fillSeat();
            if (task != null) {
                return task;
            }
            if (shutdown || !keepIdle || running + waiting + idle.size() >= workload.threads()) {
                return null;
            }
            idle.addLast(worker);
        } finally {
            lock.unlock();
        }
        return worker.awaitTask();
    }

    void left(Worker worker) {
        lock.lock();
        try {
            workers.remove(worker);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lends the seat of the running task, which is about to wait. Fails if too many wait already. */
    boolean lendSeat() {
        Worker fresh = null;
        lock.lock();
        try {
            if (waiting >= MAX_WAITING) {
                return false;
            }
            running--;
            waiting++;
            Runnable task = fillSeat();
            if (task != null) {
                fresh = start(task);
            }
        } finally {
            lock.unlock();
        }
        startThread(fresh);
        return true;
    }

    /** Takes a seat again for the running task, which has waited; waits for one if need be. */
    void reclaimSeat(Worker worker) {
        lock.lock();
        try {
            waiting--;
            if (running < workload.threads() || aborted) {
                running++;
                return;
            }
            resuming.add(worker);
        } finally {
            lock.unlock();
        }
        worker.awaitResume();
    }

    /** Lets a waiting task take a lent seat, because a task waits for it. */
    void promote(Slot slot) {
        Worker fresh = null;
        lock.lock();
        try {
            if (slot.gone || slot.inside) {
                return;
            }
            slot.inside = true;
            inside.add(slot);
            Runnable task = fillSeat();
            if (task != null) {
                fresh = start(task);
            }
        } finally {
            lock.unlock();
        }
        startThread(fresh);
    }

    /** Gives up a waiting task. */
    void forget(Slot slot) {
        lock.lock();
        try {
            if (!slot.gone) {
                take(slot);
                gone++;
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isAborted() {
        return aborted;
    }

    private static int cancel(@Nullable Runnable task) {
        return task instanceof Abortable abortable && abortable.abort() ? 1 : 0;
    }

    /** What can be ended before its time: every task of a pool. */
    interface Abortable {

        /** Ends the task; returns true if this call, and no other, did. */
        boolean abort();
    }

    /** What an abort found. */
    record Aborted(List<Runnable> neverStarted, int ended) {}

    void shutdown() {
        lock.lock();
        try {
            shutdown = true;
            idle.forEach(Worker::dismiss);
            idle.clear();
            room.signalAll();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more tasks, gives up those that wait, and interrupts those that run. */
    Aborted abort() {
        List<Runnable> neverStarted = new ArrayList<>();
        List<Worker> atWork;
        lock.lock();
        try {
            aborted = true;
            shutdown();
            for (Slot slot = queue.poll(); slot != null; slot = queue.poll()) {
                take(slot);
                neverStarted.add(slot.task);
            }
            inside.clear();
            atWork = List.copyOf(workers);
            resuming.forEach(Worker::resume);
            running += resuming.size();
            resuming.clear();
        } finally {
            lock.unlock();
        }
        int ended = atWork.stream().mapToInt(worker -> cancel(worker.running())).sum()
                + neverStarted.stream().mapToInt(WorkerPool::cancel).sum();
        atWork.forEach(worker -> worker.thread.interrupt());
        return new Aborted(neverStarted, ended);
    }

    boolean awaitTermination(long timeoutNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = timeoutNanos;
            while (!terminated() && left > 0) {
                left = changed.awaitNanos(left);
            }
            return terminated();
        } finally {
            lock.unlock();
        }
    }

    private boolean terminated() {
        return shutdown && workers.isEmpty() && queued == 0;
    }

    boolean isTerminated() {
        lock.lock();
        try {
            return terminated();
        } finally {
            lock.unlock();
        }
    }

    boolean isShutdown() {
        lock.lock();
        try {
            return shutdown;
        } finally {
            lock.unlock();
        }
    }

    String name() {
        return workload.name();
    }

    /** The live numbers of a pool. */
    record Load(int active, int queued, int largest, long offered, long refused) {}

    Load load() {
        lock.lock();
        try {
            return new Load(running + waiting, queued, largest, offered, refused);
        } finally {
            lock.unlock();
        }
    }
}
