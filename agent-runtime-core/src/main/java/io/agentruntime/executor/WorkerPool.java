package io.agentruntime.executor;

import io.agentruntime.executor.Worker.Seat;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.stream.Stream;
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
     * A task may also wait for tasks of its own in a way that is not seen here, such as CompletableFuture.allOf(...).join(). So while
     * tasks from inside wait for a seat, the pool looks around every few milliseconds; a task that is parked in such a future while
     * tasks of its making wait has its seat taken from it. When it goes on, and only then, one more task runs than there are seats.
     *
     * Nothing but counting happens under the lock. Threads are started after it is released.
     */

    static final int MAX_WAITING = 4_096;

    /** Room for tasks from inside, beyond the capacity: a task must be able to hand over its own parts when the queue is full. */
    private static final int INSIDE_ROOM = 1_024;

    private static final long RELIEF_NANOS = 10_000_000;

    final Sampling sampling = new Sampling();
    final ShortWait shortWait = new ShortWait(sampling, Runtime.getRuntime().availableProcessors(), System::nanoTime);

    private final Workload workload;
    private final boolean keepIdle;
    private final Alarm alarm;
    private final SpinningLock lock = new SpinningLock(); // guards everything below
    private final Condition room = lock.newCondition();
    private final Condition changed = lock.newCondition(); // a worker has left
    private final WaitingTasks queue;
    private final Crew crew;
    private final Seats seats;
    private int roomWanted; // threads that wait for room
    private long startedAtOnce; // tasks that did not wait, or had ended before
    private long refused;
    private boolean reliefDue;
    private volatile boolean shutdown;
    private boolean aborted;

    /** Whether tasks from outside find no seat, and may be queued without the lock. Written under the lock. */
    private volatile boolean saturated;

    /** Whether a worker that ends a task may keep its seat for the oldest in the ring, without the lock. Written under the lock. */
    private volatile boolean flowing;

    WorkerPool(Workload workload, ThreadFactory threads, boolean keepIdle, Alarm alarm) {
        this.workload = workload;
        this.keepIdle = keepIdle;
        this.alarm = alarm;
        this.crew = new Crew(this, threads);
        this.queue = new WaitingTasks(workload.fairness(), workload.queueCapacity(), sampling);
        this.seats = new Seats(workload.threads(), queue, crew, this::signalRoom);
    }

    /** Takes a task, or says why not. A task from inside another task may take a seat that is lent. */
    Admission submit(WorkloadTask<?> task) {
        if (saturated && !task.inside && queue.offer(task)) {
            return saturated ? Admission.ACCEPTED : settle(task);
        }
        Worker fresh = null;
        boolean relief = false;
        lock.lock();
        try {
            if (shutdown && isClosedTo(task)) {
                refused++;
                return Admission.CLOSED;
            }
            if (seats.areThereFor(task)) {
                startedAtOnce++;
                fresh = seats.give(task);
            } else if (task.inside ? queue.addInside(task, INSIDE_ROOM) : queue.add(task)) {
                relief = wantsRelief();
            } else {
                refused++;
                return Admission.FULL;
            }
        } finally {
            releaseLock();
        }
        Error outOfThreads = startThread(fresh);
        if (outOfThreads != null) {
            throw outOfThreads;
        }
        callRelief(relief);
        return Admission.ACCEPTED;
    }

    /** Looks again after a task has been queued while a seat became free or the pool was shut down. */
    private Admission settle(WorkloadTask<?> task) {
        List<Worker> fresh = new ArrayList<>();
        List<WorkloadTask<?>> late = new ArrayList<>(); // that an abort did not see behind this one
        boolean closed;
        lock.lock();
        try {
            closed = shutdown && queue.withdraw(task);
            refused += closed ? 1 : 0;
            if (aborted) {
                queue.drainTo(late::add);
            }
            seats.fillAll(fresh);
            changed.signalAll();
        } finally {
            releaseLock();
        }
        fresh.forEach(this::startThread);
        cancel(late);
        return closed ? Admission.CLOSED : Admission.ACCEPTED;
    }

    private void releaseLock() {
        publish();
        lock.unlock();
    }

    /** Tells those without the lock how things stand. */
    private void publish() {
        boolean full = !shutdown && !seats.areThereForOutside();
        boolean flow = full && roomWanted == 0 && seats.areForTheQueueOnly() && queue.isInRing();
        if (full != saturated || flow != flowing) { // they are read much and written little
            saturated = full;
            flowing = flow;
        }
    }

    private boolean isClosedTo(WorkloadTask<?> task) {
        return terminated() || aborted || !task.inside;
    }

    /** Counts a task that ended before it was offered. */
    void countEnded() {
        lock.lock();
        try {
            startedAtOnce++;
        } finally {
            releaseLock();
        }
    }

    /** Waits for room, up to a time, and takes the task. */
    Admission submitWaiting(WorkloadTask<?> task, long timeoutNanos) throws InterruptedException {
        long left = timeoutNanos;
        while (true) {
            Admission admission = submit(task);
            if (admission != Admission.FULL || left <= 0) {
                return admission;
            }
            lock.lockInterruptibly();
            try {
                refused--; // the same offer is made again
                roomWanted++;
                publish(); // room that is made must be told
                if (queue.size() >= workload.queueCapacity() && !seats.areThereFor(task) && !shutdown) {
                    left = room.awaitNanos(left);
                }
            } finally {
                roomWanted--;
                releaseLock();
            }
        }
    }

    /**
     * Starts the thread of a new worker. If there is no thread for it, its task, which may be somebody else's, ends with the error; so do
     * those that wait, as long as nobody runs who could come to them.
     *
     * @return why the task of that worker has failed; null if it has not
     */
    private @Nullable Error startThread(@Nullable Worker fresh) {
        Error failure = null;
        Worker next = fresh;
        while (next != null) {
            try {
                next.thread.start();
                next = null;
            } catch (Error outOfThreads) {
                failure = failure == null ? outOfThreads : failure;
                next = seatLost(next, outOfThreads);
            }
        }
        return failure;
    }

    /** Ends the task of a worker that never came to be; returns the next whose thread is to be started. */
    private @Nullable Worker seatLost(Worker fresh, Error outOfThreads) {
        WorkloadTask<?> task;
        Worker next;
        lock.lock();
        try {
            task = fresh.task;
            crew.remove(fresh);
            seats.lose();
            publish(); // before the look
            next = seats.isAnyHeld() ? null : seats.fillOne();
            changed.signalAll();
        } finally {
            releaseLock();
        }
        if (task != null) {
            task.completeExceptionally(outOfThreads);
        }
        return next;
    }

    private void signalRoom() {
        if (roomWanted > 0) {
            room.signal();
        }
    }

    /** Ends the task of a worker and finds it the next one; null says that the worker is to leave. */
    @Nullable
    WorkloadTask<?> next(Worker worker) {
        WorkloadTask<?> task = flowing ? queue.pollRing(worker) : null;
        if (task == null) {
            return nextUnderLock(worker);
        }
        if (!flowing) {
            tellOfRoom();
        }
        return task;
    }

    /** For someone who has begun to wait for room meanwhile. */
    private void tellOfRoom() {
        lock.lock();
        try {
            signalRoom();
        } finally {
            releaseLock();
        }
    }

    private @Nullable WorkloadTask<?> nextUnderLock(Worker worker) {
        lock.lock();
        try {
            seats.giveBack(worker);
            WorkloadTask<?> task = seats.fill();
            if (task == null && saturated) {
                publish();
                task = seats.fill(); // one that was queued meanwhile, by someone who still saw no seat
            }
            worker.task = task;
            if (task != null || isNotNeeded()) {
                return task;
            }
            crew.rest(worker);
        } finally {
            releaseLock();
        }
        return worker.awaitTask() ? worker.task : null;
    }

    /** Whether a worker without a task is one too many. */
    private boolean isNotNeeded() {
        return shutdown || !keepIdle || seats.taken() + crew.idle() >= workload.threads();
    }

    void left(Worker worker) {
        lock.lock();
        try {
            crew.remove(worker);
            changed.signalAll();
        } finally {
            releaseLock();
        }
    }

    /** Lends the seat of the running task, which is about to wait. Fails if too many wait already. */
    boolean lendSeat(Worker worker) {
        Worker fresh;
        lock.lock();
        try {
            if (seats.lent() >= MAX_WAITING) {
                return false;
            }
            fresh = seats.giveAway(worker, Seat.LENT);
        } finally {
            releaseLock();
        }
        Error unused = startThread(fresh);
        return true;
    }

    /** Takes a seat again for the running task, which has waited; waits for one if need be. */
    void reclaimSeat(Worker worker) {
        lock.lock();
        try {
            if (seats.reclaim(worker, aborted)) {
                return;
            }
        } finally {
            releaseLock();
        }
        worker.awaitResume();
    }

    /** Lets a waiting task take a lent seat, because a task waits for it. */
    void promote(WorkloadTask<?> task) {
        Worker fresh = null;
        boolean relief = false;
        lock.lock();
        try {
            if (queue.promote(task)) {
                fresh = seats.fillOne();
                relief = wantsRelief();
            }
        } finally {
            releaseLock();
        }
        Error unused = startThread(fresh);
        callRelief(relief);
    }

    /** Gives up a waiting task. */
    void forget(WorkloadTask<?> task) {
        lock.lock();
        try {
            if (queue.forget(task)) {
                signalRoom();
            }
        } finally {
            releaseLock();
        }
    }

    /** Whether to look around soon; the caller does it with {@link #callRelief} once the lock is released. */
    private boolean wantsRelief() {
        boolean wanted = !reliefDue && !aborted && queue.hasInside();
        reliefDue |= wanted;
        return wanted;
    }

    private void callRelief(boolean wanted) {
        if (wanted) {
            alarm.set(this::relieve, RELIEF_NANOS);
        }
    }

    /** Takes the seats of tasks that are parked in a future while tasks of their making wait for a seat. */
    private void relieve() {
        List<Worker> fresh = new ArrayList<>();
        boolean again;
        lock.lock();
        try {
            reliefDue = false;
            Set<WorkloadTask<?>> ancestors = queue.ancestorsOfInside();
            for (Worker worker : crew.all()) {
                if (worker.seat == Seat.HELD && ancestors.contains(worker.task) && worker.isParkedInFuture()) {
                    Stream.ofNullable(seats.giveAway(worker, Seat.TAKEN)).forEach(fresh::add);
                }
            }
            again = wantsRelief();
        } finally {
            releaseLock();
        }
        fresh.forEach(this::startThread);
        callRelief(again);
    }

    /** What an abort found. */
    record Aborted(List<Runnable> neverStarted, int ended) {}

    void shutdown() {
        lock.lock();
        try {
            saturated = false; // first: whoever sees the shutdown must not get past the lock any more
            shutdown = true;
            crew.dismissIdle();
            room.signalAll();
            changed.signalAll();
        } finally {
            releaseLock();
        }
    }

    /** Takes no more tasks, gives up those that wait, and interrupts those that run. */
    Aborted abort() {
        List<WorkloadTask<?>> neverStarted = new ArrayList<>();
        List<WorkloadTask<?>> underWay;
        List<Worker> atWork;
        lock.lock();
        try {
            aborted = true;
            shutdown();
            queue.drainTo(neverStarted::add);
            atWork = crew.all();
            underWay = crew.tasks();
            seats.resumeAll();
        } finally {
            releaseLock();
        }
        int ended = cancel(underWay) + cancel(neverStarted);
        atWork.forEach(worker -> worker.thread.interrupt());
        return new Aborted(List.copyOf(neverStarted), ended);
    }

    private static int cancel(List<WorkloadTask<?>> tasks) {
        return tasks.stream().mapToInt(task -> task.abort() ? 1 : 0).sum();
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
            releaseLock();
        }
    }

    private boolean terminated() {
        return shutdown && crew.isEmpty() && queue.size() == 0; // one may be on its way into the ring
    }

    boolean isTerminated() {
        lock.lock();
        try {
            return terminated();
        } finally {
            releaseLock();
        }
    }

    boolean isShutdown() {
        return shutdown;
    }

    String name() {
        return workload.name();
    }

    WorkloadCounters.Load load() {
        lock.lock();
        try {
            long offered = startedAtOnce + queue.accepted() + refused;
            return new WorkloadCounters.Load(
                    seats.taken(), queue.size(), crew.largest(), offered, refused, crew.completed());
        } finally {
            releaseLock();
        }
    }
}
