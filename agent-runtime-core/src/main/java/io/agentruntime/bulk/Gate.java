package io.agentruntime.bulk;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What all items of a queue pass before they begin; closed while the provider wants to be left alone. Thread-safe. */
final class Gate {

    private final Ticker ticker;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final AtomicLong pauses = new AtomicLong();
    private long opensAt; // guarded by lock

    Gate(Ticker ticker) {
        this.ticker = ticker;
        this.opensAt = ticker.read();
    }

    /** Closes the gate for a time at least; of several who ask, the one who asks for longest has his way. */
    void closeFor(Duration time) {
        lock.lock();
        try {
            long until = ticker.read() + time.toNanos();
            if (until - opensAt > 0) {
                opensAt = until;
                pauses.incrementAndGet();
            }
        } finally {
            lock.unlock();
        }
    }

    void pass() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            for (long left = opensAt - ticker.read(); left > 0; left = opensAt - ticker.read()) {
                long unused = moved.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    long pauses() {
        return pauses.get();
    }
}
