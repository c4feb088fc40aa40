package io.agentruntime.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a queue holds and has counted, behind one lock. Nothing but waiting and counting happens under it.
 *
 * <p>Events are settled (delivered or dead) in the order of their acceptance, so "everything accepted so far is settled" is a
 * comparison of two numbers.
 */
final class QueueState<T> {

    private enum Intake {
        OPEN,
        CLOSED
    }

    private final String name;
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock(); // guards everything below
    private final Condition changed = lock.newCondition(); // more to take, or a closed intake
    private final Condition settled = lock.newCondition();
    private final ArrayDeque<T> waiting = new ArrayDeque<>();
    private Intake intake = Intake.OPEN;
    private long accepted;
    private long delivered;
    private long dead;
    private long deadAtLastFlush;
    private long rejectedFull;
    private long rejectedClosed;

    QueueState(String name, int capacity) {
        this.name = name;
        this.capacity = capacity;
    }

    EnqueueResult offer(T event) {
        lock.lock();
        try {
            if (intake == Intake.CLOSED) {
                rejectedClosed++;
                return EnqueueResult.CLOSED;
            }
            if (waiting.size() >= capacity) {
                rejectedFull++;
                return EnqueueResult.FULL;
            }
            waiting.add(event);
            accepted++;
            changed.signal();
            return EnqueueResult.ACCEPTED;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a batch: for a first event as long as it takes, then up to the linger time for a full batch. An empty batch says
     * that the intake is closed and nothing is left.
     */
    List<T> takeBatch(int size, long lingerNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && intake == Intake.OPEN) {
                changed.await();
            }
            long left = lingerNanos;
            while (waiting.size() < size && intake == Intake.OPEN && left > 0) {
                left = changed.awaitNanos(left);
            }
            List<T> batch = new ArrayList<>(Math.min(size, waiting.size()));
            while (batch.size() < size && !waiting.isEmpty()) {
                batch.add(waiting.remove());
            }
            return List.copyOf(batch);
        } finally {
            lock.unlock();
        }
    }

    void settle(int count, boolean asDelivered) {
        lock.lock();
        try {
            if (asDelivered) {
                delivered += count;
            } else {
                dead += count;
            }
            settled.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void closeIntake() {
        lock.lock();
        try {
            intake = Intake.CLOSED;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits, but not past the closing of the intake. */
    void pause(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (intake == Intake.OPEN && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until everything accepted so far is settled; true if that happened in time and nothing died since the last call. */
    boolean awaitSettled(long timeoutNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long target = accepted;
            long left = timeoutNanos;
            while (delivered + dead < target && left > 0) {
                left = settled.awaitNanos(left);
            }
            boolean noneDied = dead == deadAtLastFlush;
            deadAtLastFlush = dead;
            return noneDied && delivered + dead >= target;
        } finally {
            lock.unlock();
        }
    }

    BackgroundQueue.Statistics statistics() {
        lock.lock();
        try {
            long pending = accepted - delivered - dead;
            return new BackgroundQueue.Statistics(
                    name, accepted, delivered, dead, pending, rejectedFull, rejectedClosed);
        } finally {
            lock.unlock();
        }
    }
}
