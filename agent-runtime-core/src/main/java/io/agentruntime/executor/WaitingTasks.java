package io.agentruntime.executor;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The tasks of a pool that wait for a seat. Guarded by the pool's lock, except where it says otherwise. */
final class WaitingTasks {

    /*
     * Design. Tasks from outside go into the ring, without the lock of the pool. While all seats are held and nothing else waits, they go
     * from there straight to whichever worker has ended its task and keeps its seat, without the lock as well. Who puts a task there
     * looks once more whether the seats are still held, and who finds the ring empty says that they are not before looking once more;
     * so no task is overlooked.
     *
     * As soon as the order is not that of arrival, or a task is taken out of turn, what is in the ring is moved to the queue where the
     * tasks have their order.
     */

    private final Sampling sampling;
    private final TaskRing ring;
    private final boolean fair;
    private final TaskOrder all;
    private final TaskOrder.Fifo inside = new TaskOrder.Fifo(); // those of them that may take a lent seat
    private final int capacity;
    private int ordered; // tasks in the queue
    private long acceptedBeside; // tasks that were never in the ring
    private int insideSize;
    private int gone; // entries that are not queued any more

    WaitingTasks(boolean fair, int capacity, Sampling sampling) {
        this(fair, capacity, sampling, new TaskRing(capacity));
    }

    WaitingTasks(boolean fair, int capacity, Sampling sampling, TaskRing ring) {
        this.sampling = sampling;
        this.ring = ring;
        this.fair = fair;
        this.all = fair ? new TaskOrder.Fair() : new TaskOrder.Fifo();
        this.capacity = capacity;
    }

    /** Needs no lock. */
    int size() {
        return ring.size();
    }

    /** How many were ever taken in. */
    long accepted() {
        return ring.accepted() + acceptedBeside;
    }

    boolean hasInside() {
        return insideSize > 0;
    }

    /** Takes a task from outside, if there is room. Needs no lock. */
    boolean offer(WorkloadTask<?> task) {
        measure(task, ring.accepted());
        return ring.offer(task);
    }

    private void measure(WorkloadTask<?> task, long count) {
        if (sampling.takes(count)) {
            task.queuedAt = System.nanoTime();
        }
    }

    /** Whether the oldest task in the ring is the next in turn. */
    boolean isInRing() {
        return ordered == 0 && !fair;
    }

    /** Takes the oldest task from the ring for a worker. Needs no lock. */
    @Nullable
    WorkloadTask<?> pollRing(Worker taker) {
        return ring.poll(taker);
    }

    /** Moves what is in the ring now to the queue. */
    private void emptyRing() {
        ring.moveTo(this::accept);
    }

    private void accept(WorkloadTask<?> task) {
        task.queued = true;
        ordered++;
        all.add(task);
    }

    /** Takes a task from outside, if there is room; unlike {@link #offer} it fails for no other reason. */
    boolean add(WorkloadTask<?> task) {
        while (!ring.offer(task)) {
            if (size() >= capacity) {
                return false;
            }
            emptyRing(); // a large capacity has more room than the ring
            Thread.onSpinWait();
        }
        return true;
    }

    /** Takes a task from inside, if there is room for it in the capacity and what is allowed beyond it. */
    boolean addInside(WorkloadTask<?> task, int beyond) {
        if (size() >= capacity + beyond) {
            return false;
        }
        measure(task, accepted());
        emptyRing();
        accept(task);
        ring.waitElsewhere(ordered);
        acceptedBeside++;
        insideSize++;
        inside.add(task);
        return true;
    }

    /** Lets a task that waits take a lent seat; tells whether this changed anything. */
    boolean promote(WorkloadTask<?> task) {
        emptyRing();
        boolean promoted = task.queued && !task.inside;
        if (promoted) {
            task.inside = true;
            insideSize++;
            inside.add(task);
        }
        return promoted;
    }

    @Nullable
    WorkloadTask<?> poll() {
        if (fair) {
            emptyRing();
        }
        WorkloadTask<?> task = taken(all.poll()); // older than what is in the ring
        return task != null || fair ? task : ring.poll(null);
    }

    @Nullable
    WorkloadTask<?> pollInside() {
        return taken(inside.poll());
    }

    private @Nullable WorkloadTask<?> taken(@Nullable WorkloadTask<?> task) {
        if (task != null) {
            task.queued = false;
            ordered--;
            ring.waitElsewhere(ordered);
            if (task.inside) {
                insideSize--;
                gone++; // it stands in the other queue still
            }
            compactIfWorthwhile();
        }
        return task;
    }

    /** Takes out a task that has been given up; tells whether it was there. */
    boolean forget(WorkloadTask<?> task) {
        emptyRing();
        boolean there = task.queued;
        if (there) {
            gone++;
            WorkloadTask<?> unused = taken(task);
        }
        return there;
    }

    /** Takes out a task as if it had never been taken in; tells whether it was there. */
    boolean withdraw(WorkloadTask<?> task) {
        boolean there = forget(task);
        if (there) {
            acceptedBeside--;
        }
        return there;
    }

    private void compactIfWorthwhile() {
        if (gone > capacity + 1_024) {
            all.compact();
            inside.compact();
            gone = 0;
        }
    }

    void drainTo(Consumer<WorkloadTask<?>> receiver) {
        for (WorkloadTask<?> task = poll(); task != null; task = poll()) {
            receiver.accept(task);
        }
        inside.compact();
        gone = 0;
    }

    /** The tasks that are under way and have made, or whose tasks have made, one that may take a lent seat. */
    Set<WorkloadTask<?>> ancestorsOfInside() {
        Set<WorkloadTask<?>> ancestors = new HashSet<>();
        inside.forEach(task -> {
            WorkloadTask<?> parent = task.parent;
            while (parent != null && ancestors.add(parent)) {
                parent = parent.parent;
            }
        });
        return ancestors;
    }
}
