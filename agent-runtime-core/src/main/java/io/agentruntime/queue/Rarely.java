package io.agentruntime.queue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts something that may come in floods, and says when to log it: at its first, second, fourth, eighth, … time, and again from the first
 * after a minute without. Thread-safe.
 */
final class Rarely {

    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final QueueClock clock;
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong last = new AtomicLong();

    Rarely(QueueClock clock) {
        this.clock = clock;
    }

    boolean now() {
        long nanos = clock.nanos();
        if (nanos - last.getAndSet(nanos) > QUIET_NANOS) {
            count.set(0);
        }
        return Long.bitCount(count.incrementAndGet()) == 1;
    }

    long count() {
        return count.get();
    }
}
