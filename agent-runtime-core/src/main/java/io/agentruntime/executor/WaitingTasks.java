package io.agentruntime.executor;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The tasks of a pool that wait for a seat. Guarded by the pool's lock, except {@link #offer} and {@link #size}. */
final class WaitingTasks {

    /*
     * Design. Those who hand in tasks put them into the inbox, a stack without a lock, so that they do not wait for those who take
     * tasks out. Under the lock the inbox is emptied, all at once, into the queue where the tasks have their order.
     */

    private final AtomicReference<@Nullable WorkloadTask<?>> inbox = new AtomicReference<>();
    private final AtomicInteger size = new AtomicInteger(); // inbox and queue
    private final TaskOrder all;
    private final TaskOrder.Fifo inside = new TaskOrder.Fifo(); // those of them that may take a lent seat
    private final int capacity;
    private long accepted;
    private int insideSize;
    private int gone; // entries that are not queued any more
    private int sampler; // counts lossily: it decides what is measured, nothing else

    WaitingTasks(boolean fair, int capacity) {
        this.all = fair ? new TaskOrder.Fair() : new TaskOrder.Fifo();
        this.capacity = capacity;
    }

    int size() {
        return size.get();
    }

    /** How many were ever taken in. */
    long accepted() {
        emptyInbox();
        return accepted;
    }

    boolean hasInside() {
        return insideSize > 0;
    }

    /** Takes a task from outside, if there is room. Needs no lock. */
    boolean offer(WorkloadTask<?> task) {
        if (size.getAndIncrement() >= capacity) {
            size.getAndDecrement();
            return false;
        }
        measure(task);
        WorkloadTask<?> top = inbox.get();
        task.next = top;
        while (!inbox.compareAndSet(top, task)) {
            top = inbox.get();
            task.next = top;
        }
        return true;
    }

    private void measure(WorkloadTask<?> task) {
        if (Sampling.takes(sampler++)) {
            task.queuedAt = System.nanoTime();
        }
    }

    private void emptyInbox() {
        if (inbox.get() == null) {
            return;
        }
        WorkloadTask<?> oldestFirst = null;
        for (WorkloadTask<?> task = inbox.getAndSet(null); task != null; ) {
            WorkloadTask<?> next = task.next;
            task.next = oldestFirst;
            oldestFirst = task;
            task = next;
        }
        for (WorkloadTask<?> task = oldestFirst; task != null; ) {
            WorkloadTask<?> next = task.next;
            task.next = null;
            accept(task);
            task = next;
        }
    }

    private void accept(WorkloadTask<?> task) {
        task.queued = true;
        accepted++;
        all.add(task);
    }

    /** Takes a task from inside, if there is room for it in the capacity and what is allowed beyond it. */
    boolean addInside(WorkloadTask<?> task, int beyond) {
        if (size.getAndIncrement() >= capacity + beyond) {
            size.getAndDecrement();
            return false;
        }
        measure(task);
        emptyInbox();
        accept(task);
        insideSize++;
        inside.add(task);
        return true;
    }

    /** Lets a task that waits take a lent seat; tells whether this changed anything. */
    boolean promote(WorkloadTask<?> task) {
        emptyInbox();
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
        emptyInbox();
        return taken(all.poll());
    }

    @Nullable
    WorkloadTask<?> pollInside() {
        return taken(inside.poll());
    }

    private @Nullable WorkloadTask<?> taken(@Nullable WorkloadTask<?> task) {
        if (task != null) {
            task.queued = false;
            size.getAndDecrement();
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
        emptyInbox();
        boolean there = task.queued;
        if (there) {
            gone++;
            WorkloadTask<?> unused = taken(task);
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
