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
    private final BlockingQueue<Duration> pauses = new LinkedBlockingQueue<>();
    private final AtomicReference<BackgroundQueue<?>> queue = new AtomicReference<>();

    /** The queue to be told when time has passed. */
    <T> BackgroundQueue<T> drive(BackgroundQueueBuilder<T> builder) {
        BackgroundQueue<T> built = builder.clock(this).build();
        queue.set(built);
        return built;
    }

    @Override
    public long nanos() {
        return now.get();
    }

    @Override
    public long millis() {
        return millis.get();
    }

    @SuppressWarnings("WaitNotInLoop") // the callers loop
    @Override
    public void await(Condition condition, long nanos) throws InterruptedException {
        if (nanos < FAR_NANOS) {
            pauses.add(Duration.ofNanos(nanos));
        }
        condition.await();
    }

    void advance(Duration time) {
        now.addAndGet(time.toNanos());
        millis.addAndGet(time.toMillis());
        queue.get().wake();
    }

    /** Waits until someone waits for the clock, and tells for how long. */
    Duration nextPause() throws InterruptedException {
        Duration pause = pauses.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (pause == null) {
            throw new AssertionError("nobody waited for the clock");
        }
        return pause;
    }

    /** Waits until someone waits for the clock, and lets that time pass. */
    Duration passNextPause() throws InterruptedException {
        Duration pause = nextPause();
        advance(pause);
        return pause;
    }

    /** Lets the time pass that someone waits for, if there is one who does. */
    void passAnyPause() {
        Duration pause = pauses.poll();
        if (pause == null) {
            Thread.onSpinWait();
        } else {
            advance(pause);
        }
    }
}
