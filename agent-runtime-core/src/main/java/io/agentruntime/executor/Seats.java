package io.agentruntime.executor;

import io.agentruntime.executor.Worker.Seat;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The seats of a pool: who holds them, lends them, and waits for them. Guarded by the pool's lock. */
final class Seats {

    private final int all;
    private final WaitingTasks queue;
    private final Crew crew;
    private final Runnable roomMade;
    private final ArrayDeque<Worker> resuming = new ArrayDeque<>();
    private int held;
    private int lent; // or taken

    /**
     * Makes the seats, all of them free.
     *
     * @param roomMade is told when the queue has one task less
     */
    Seats(int all, WaitingTasks queue, Crew crew, Runnable roomMade) {
        this.all = all;
        this.queue = queue;
        this.crew = crew;
        this.roomMade = roomMade;
    }

    /** Whether a task that is offered may have one. */
    boolean areThereFor(WorkloadTask<?> task) {
        return task.inside ? held < all : areThereForOutside();
    }

    /** Whether a task from outside may have one. */
    boolean areThereForOutside() {
        return taken() < all;
    }

    /** Whether one that becomes free is for a task in the queue: no task has lent its own, or waits to go on. */
    boolean areForTheQueueOnly() {
        return lent == 0 && resuming.isEmpty();
    }

    /** How many are held or lent. */
    int taken() {
        return held + lent;
    }

    boolean isAnyHeld() {
        return held > 0;
    }

    int lent() {
        return lent;
    }

    /** Gives a task that is offered a seat; returns the worker whose thread is to be started for it, if it is a new one. */
    @Nullable
    Worker give(WorkloadTask<?> task) {
        held++;
        return crew.start(task);
    }

    /** Fills a free seat: with a task that wants to go on, or else with one that wants to begin, which is returned. */
    @Nullable
    WorkloadTask<?> fill() {
        if (held >= all) {
            return null;
        }
        Worker resumed = resuming.poll();
        if (resumed != null) {
            resume(resumed);
            return null;
        }
        WorkloadTask<?> task = areThereForOutside() ? queue.poll() : queue.pollInside();
        if (task != null) {
            held++;
            roomMade.run();
        }
        return task;
    }

    private void resume(Worker worker) {
        held++;
        worker.seat = Seat.HELD;
        worker.resume();
    }

    /** Fills the free seats; adds the workers whose threads are to be started. */
    void fillAll(List<Worker> fresh) {
        for (WorkloadTask<?> task = fill(); task != null; task = fill()) {
            Worker worker = crew.start(task);
            if (worker != null) {
                fresh.add(worker);
            }
        }
    }

    /** Fills a free seat with a task that wants to begin; returns the worker whose thread is to be started, if it is a new one. */
    @Nullable
    Worker fillOne() {
        WorkloadTask<?> task = fill();
        return task == null ? null : crew.start(task);
    }

    /** Takes back the seat of a worker whose task has ended. */
    void giveBack(Worker worker) {
        if (worker.seat == Seat.HELD) {
            held--;
        } else {
            lent--;
            worker.seat = Seat.HELD;
        }
    }

    /** Takes back the seat of a worker that never came to be. */
    void lose() {
        held--;
    }

    /** Gives the seat of a worker away for as long as its task waits; returns the worker whose thread is to be started, if any is. */
    @Nullable
    Worker giveAway(Worker worker, Seat how) {
        boolean wasHeld = worker.seat == Seat.HELD;
        worker.seat = how;
        if (!wasHeld) {
            return null;
        }
        held--;
        lent++;
        return fillOne();
    }

    /** Whether a worker whose task goes on gets a seat at once; if not, it is resumed when there is one. */
    boolean reclaim(Worker worker, boolean anyway) {
        lent--;
        boolean free = held < all || anyway;
        if (free) {
            held++;
            worker.seat = Seat.HELD;
        } else {
            resuming.add(worker);
        }
        return free;
    }

    /** Lets all go on that wait for a seat to do so, free or not. */
    void resumeAll() {
        resuming.forEach(this::resume);
        resuming.clear();
    }
}
