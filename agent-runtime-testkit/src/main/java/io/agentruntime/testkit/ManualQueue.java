package io.agentruntime.testkit;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a {@link ManualScheduler} has still to run, the first first, and what it was asked for. Runs nothing itself. */
final class ManualQueue {

    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock(); // guards everything below
    private final Condition changed = lock.newCondition();
    private final PriorityQueue<Entry> queue = new PriorityQueue<>();
    private final List<Duration> delays = new ArrayList<>();
    private long entries;
    private boolean shutdown;

    /** Something to run. The clock may wrap around between two times: they are subtracted, never compared. */
    record Entry(long dueNanos, long number, Runnable action) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            long difference = dueNanos - other.dueNanos;
            return difference != 0 ? Long.signum(difference) : Long.compare(number, other.number);
        }
    }

    ManualQueue(Ticker ticker) {
        this.ticker = ticker;
    }

    long nanos() {
        return ticker.read();
    }

    /** Says no after the shutdown. */
    boolean offer(Runnable action, long dueNanos) {
        return locked(() -> {
            boolean open = !shutdown;
            if (open) {
                queue.add(new Entry(dueNanos, entries++, action));
            }
            return open;
        });
    }

    /** The same for something that counts as scheduled. */
    boolean offer(ManualTask<?> task, Duration delay) {
        return locked(() -> {
            boolean open = offer(task, task.dueNanos());
            if (open) {
                delays.add(delay);
            }
            return open;
        });
    }

    void remove(Runnable action) {
        locked(() -> queue.removeIf(entry -> entry.action() == action));
    }

    @Nullable
    Entry pollUntil(long nanos) {
        lock.lock();
        try {
            Entry first = queue.peek();
            if (first == null || first.dueNanos() - nanos > 0) {
                return null;
            }
            changed.signalAll();
            return queue.poll();
        } finally {
            lock.unlock();
        }
    }

    List<Entry> entries() {
        return locked(() -> queue.stream().sorted().toList());
    }

    List<Duration> delays() {
        return locked(() -> List.copyOf(delays));
    }

    void shutdown() {
        locked(() -> shutdown = true);
    }

    boolean isShutdown() {
        return locked(() -> shutdown);
    }

    boolean isTerminated() {
        return locked(() -> shutdown && queue.isEmpty());
    }

    boolean awaitTerminated(long timeoutNanos) throws InterruptedException {
        return await(() -> isTerminated() ? 1 : 0, 1, timeoutNanos) == 1;
    }

    void awaitScheduled(int count, Duration timeout) throws InterruptedException {
        check(await(delays::size, count, timeout.toNanos()), count, " tasks were scheduled within " + timeout);
    }

    void awaitPending(int count, Duration timeout) throws InterruptedException {
        check(await(queue::size, count, timeout.toNanos()), count, " tasks were pending within " + timeout);
    }

    private static void check(int actual, int expected, String what) {
        if (actual < expected) {
            throw new AssertionError(actual + what + ", expected " + expected);
        }
    }

    private int await(IntSupplier actual, int expected, long timeoutNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanosLeft = timeoutNanos;
            while (actual.getAsInt() < expected && nanosLeft > 0) {
                nanosLeft = changed.awaitNanos(nanosLeft);
            }
            return actual.getAsInt();
        } finally {
            lock.unlock();
        }
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            changed.signalAll(); // whoever waits looks again
            return action.get();
        } finally {
            lock.unlock();
        }
    }
}
