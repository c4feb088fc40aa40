package io.agentruntime.queue;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;

/** A clock of queues that stands still until a test turns it, and soon wraps around. Remembers who waits for it. */
final class ManualClock implements QueueClock {

    private static final long LIMIT_SECONDS = 30;
    private static final long FAR_NANOS = Duration.ofDays(100).toNanos();

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);
    private final AtomicLong millis = new AtomicLong(1_700_000_000_000L);
    private final BlockingQueue<Long> ends = new LinkedBlockingQueue<>();
    private final ThreadLocal<Long> lastRead = ThreadLocal.withInitial(now::get);
    private final AtomicReference<BackgroundQueue<?>> queue = new AtomicReference<>();

    /** The queue to be told when time has passed. */
    <T> BackgroundQueue<T> drive(BackgroundQueueBuilder<T> builder) {
        BackgroundQueue<T> built = builder.clock(this).build();
        queue.set(built);
        return built;
    }

    @Override
    public long nanos() {
        long nanos = now.get();
        lastRead.set(nanos);
        return nanos;
    }

    @Override
    public long millis() {
        return millis.get();
    }

    @SuppressWarnings("WaitNotInLoop") // the callers loop
    @Override
    public void await(Condition condition, long nanos) throws InterruptedException {
        if (nanos < FAR_NANOS) {
            ends.add(lastRead.get() + nanos);
        }
        condition.await();
    }

    void advance(Duration time) {
        now.addAndGet(time.toNanos());
        millis.addAndGet(time.toMillis());
        queue.get().wake();
    }

    /**
     * Waits until someone waits for the clock, and tells for how long from now. A wait whose end has passed does not count: who is
     * woken early by something else waits a second time for the same end.
     */
    Duration nextPause() throws InterruptedException {
        long left = 0;
        while (left <= 0) {
            Long end = ends.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (end == null) {
                throw new AssertionError("nobody waited for the clock");
            }
            left = end - now.get();
        }
        return Duration.ofNanos(left);
    }

    /** Waits until someone waits for the clock, and lets that time pass. */
    Duration passNextPause() throws InterruptedException {
        Duration pause = nextPause();
        advance(pause);
        return pause;
    }

    /** Lets the time pass that someone waits for, if there is one who does. */
    void passAnyPause() {
        Long end = ends.poll();
        if (end == null) {
            Thread.onSpinWait();
        } else if (end - now.get() > 0) {
            advance(Duration.ofNanos(end - now.get()));
        }
    }
}
