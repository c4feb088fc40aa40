package io.agentruntime.resilience;

import com.github.benmanes.caffeine.cache.Ticker;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A timer and the time that it goes by, both driven by hand: what is due runs on the thread that turns the clock. */
final class ManualTimer extends AbstractExecutorService implements ScheduledExecutorService {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final PriorityQueue<Entry<?>> entries =
            new PriorityQueue<>(Comparator.<Entry<?>>comparingLong(e -> e.dueAt).thenComparingLong(e -> e.number));
    private final List<Duration> delays = new ArrayList<>();
    private long now = 5_000;
    private long numbers;
    private boolean closed;

    /** Lets time jump to the end of every wait as soon as it begins. */
    private volatile boolean jumping;

    Ticker ticker() {
        return () -> {
            lock.lock();
            try {
                return now;
            } finally {
                lock.unlock();
            }
        };
    }

    InstantSource clock() {
        return () -> Instant.EPOCH.plusNanos(ticker().read());
    }

    Deadline in(Duration timeout) {
        return Deadline.after(timeout, ticker());
    }

    ManualTimer jumping() {
        jumping = true;
        return this;
    }

    /** The waits that were asked for, in order, and forgets them. */
    List<Duration> takeDelays() {
        lock.lock();
        try {
            List<Duration> taken = List.copyOf(delays);
            delays.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    int pending() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until so many entries wait for their time. */
    void awaitPending(int count) throws InterruptedException {
        lock.lock();
        try {
            while (entries.size() != count) {
                if (!changed.await(20, TimeUnit.SECONDS)) {
                    throw new AssertionError("expected " + count + " pending, has " + entries.size());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until so many waits were asked for since they were last taken. */
    void awaitScheduled(int count) throws InterruptedException {
        lock.lock();
        try {
            while (delays.size() < count) {
                if (!changed.await(20, TimeUnit.SECONDS)) {
                    throw new AssertionError("expected " + count + " waits, there were " + delays);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Turns the clock, and runs what becomes due on the way, each at its time. */
    void advance(Duration time) {
        long end = ticker().read() + time.toNanos();
        for (Entry<?> due = nextDue(end); due != null; due = nextDue(end)) {
            due.run();
        }
        lock.lock();
        try {
            now = Math.max(now, end);
        } finally {
            lock.unlock();
        }
    }

    /** Turns the clock first, and runs what is due only then: a timer that comes late. */
    void advanceLate(Duration time) {
        lock.lock();
        try {
            now += time.toNanos();
        } finally {
            lock.unlock();
        }
        advance(Duration.ZERO);
    }

    private Entry<?> nextDue(long end) {
        lock.lock();
        try {
            Entry<?> first = entries.peek();
            if (first == null || first.dueAt > end) {
                return null;
            }
            entries.remove();
            changed.signalAll();
            now = Math.max(now, first.dueAt);
            return first;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        Entry<V> entry;
        lock.lock();
        try {
            if (closed) {
                throw new RejectedExecutionException("closed");
            }
            delays.add(Duration.ofNanos(unit.toNanos(delay)));
            entry = new Entry<>(task, now + unit.toNanos(delay), numbers++);
            entries.add(entry);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (jumping) {
            advance(Duration.ofNanos(Math.max(0, entry.dueAt - ticker().read())));
        }
        return entry;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return schedule(Executors.callable(task), delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initialDelay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void execute(Runnable task) {
        ScheduledFuture<?> unused = schedule(task, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public void shutdown() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return closed;
    }

    @Override
    public boolean isTerminated() {
        return closed;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return closed;
    }

    private final class Entry<V> extends FutureTask<V> implements ScheduledFuture<V> {

        private final long dueAt;
        private final long number;

        Entry(Callable<V> task, long dueAt, long number) {
            super(task);
            this.dueAt = dueAt;
            this.number = number;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            lock.lock();
            try {
                entries.remove(this);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            return super.cancel(mayInterruptIfRunning);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(dueAt - ticker().read(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
