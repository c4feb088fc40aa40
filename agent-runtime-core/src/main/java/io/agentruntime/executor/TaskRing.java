package io.agentruntime.executor;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of tasks, first in, first out, for any number of threads at both ends and without a lock. Nobody waits for anybody:
 * an offer or a poll that another one has got in the way of may fail although there is room, or a task; then the pool looks again
 * under its lock. There it can have everything that was put here moved elsewhere, and waits for who is just at it.
 */
final class TaskRing {

    /*
     * Design. The tail is the number of the next task to come, the head that of the next to go; task n stands in slot n modulo the
     * length. Who moves the tail owns the slot and fills it, who moves the head owns the task and empties the slot. So a slot that
     * is not empty yet makes the ring look full, and one that is not filled yet makes it look empty. The tail is never further from the
     * head than the ring is long, so nobody takes a slot that is not filled yet for an empty one.
     *
     * Tasks that were moved out but wait still, elsewhere, take room here. The room in use is tail - (head - elsewhere). Head only grows
     * and is read before elsewhere, which is written before head moves; so the capacity is never exceeded.
     */

    private static final int MAX_SLOTS = 16_384; // to move as many takes about half a millisecond, under the lock

    // Each number has cache lines of its own, for it is written by threads that do not write the other.
    private static final int HEAD = 16;
    private static final int TAIL = 48;
    private static final int HEAD_SEEN =
            49; // by those who offer: the head is worth another look only when there seems to be no room
    private static final int NUMBERS = 80;

    private final int capacity;
    private final AtomicReferenceArray<@Nullable WorkloadTask<?>> slots;
    private final AtomicLongArray numbers = new AtomicLongArray(NUMBERS);

    /** How many tasks wait elsewhere. */
    private volatile int elsewhere;

    TaskRing(int capacity) {
        this(capacity, MAX_SLOTS);
    }

    TaskRing(int capacity, int maxSlots) {
        this.capacity = capacity;
        int enough = Math.max(2, Math.min(capacity, maxSlots));
        this.slots = new AtomicReferenceArray<>(Integer.highestOneBit(2 * enough - 1));
    }

    private int slot(long number) {
        return (int) number & (slots.length() - 1);
    }

    boolean offer(WorkloadTask<?> task) {
        while (true) {
            long tail = numbers.get(TAIL);
            if (!hasRoom(tail) || slots.get(slot(tail)) != null) {
                return false;
            }
            task.number = tail;
            if (numbers.compareAndSet(TAIL, tail, tail + 1)) {
                slots.set(slot(tail), task); // before whatever the caller reads next, so not setRelease
                return true;
            }
        }
    }

    private boolean hasRoom(long tail) {
        if (fits(tail - numbers.getOpaque(HEAD_SEEN))) {
            return true;
        }
        long head = numbers.get(HEAD);
        numbers.setOpaque(HEAD_SEEN, head);
        return fits(tail - head);
    }

    private boolean fits(long tasksHere) {
        return tasksHere < slots.length() && tasksHere + elsewhere < capacity;
    }

    /**
     * Takes the oldest task.
     *
     * @param taker gets to see the task before it is gone from here; null if nobody looks for it there
     */
    @Nullable
    WorkloadTask<?> poll(@Nullable Worker taker) {
        while (true) {
            long head = numbers.get(HEAD);
            WorkloadTask<?> task = slots.get(slot(head));
            if (task == null || task.number != head) { // nothing there, or its former owner has not emptied the slot
                if (head == numbers.get(HEAD)) {
                    return null;
                }
            } else if (take(head, task, taker)) {
                return task;
            }
        }
    }

    private boolean take(long head, WorkloadTask<?> task, @Nullable Worker taker) {
        if (taker != null) {
            taker.task = task;
        }
        boolean taken = numbers.compareAndSet(HEAD, head, head + 1);
        if (taken) {
            slots.setRelease(slot(head), null);
        }
        return taken;
    }

    /** Says how many tasks wait elsewhere. For one thread at a time. */
    void waitElsewhere(int tasks) {
        elsewhere = tasks;
    }

    /**
     * Takes out what was put here before, oldest first; it waits elsewhere from now on. For one thread at a time. Waits for those who
     * are about to put a task here, or have been caught at it.
     */
    void moveTo(Consumer<WorkloadTask<?>> receiver) {
        long end = numbers.get(TAIL);
        int before = elsewhere;
        int moved = 0;
        elsewhere = before + (int) (end - numbers.get(HEAD));
        while (numbers.get(HEAD) < end) {
            WorkloadTask<?> task = poll(null);
            if (task == null) {
                Thread.onSpinWait();
            } else {
                moved++;
                receiver.accept(task);
            }
        }
        elsewhere = before + moved;
    }

    /** How many tasks wait, here and elsewhere. */
    int size() {
        long head = numbers.get(HEAD);
        while (true) {
            int size = (int) (numbers.get(TAIL) - head) + elsewhere;
            long headNow = numbers.get(HEAD);
            if (head == headNow) {
                return size;
            }
            head = headNow;
        }
    }

    /** How many tasks were ever taken in. */
    long accepted() {
        return numbers.get(TAIL);
    }
}
