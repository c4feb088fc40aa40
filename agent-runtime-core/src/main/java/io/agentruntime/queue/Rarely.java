package io.agentruntime.queue;

import java.util.concurrent.atomic.AtomicLong;

/** Counts something that may come in floods, and says when to log it: at its first, second, fourth, eighth, … time. Thread-safe. */
final class Rarely {

    private final AtomicLong count = new AtomicLong();

    boolean now() {
        return Long.bitCount(count.incrementAndGet()) == 1;
    }

    long count() {
        return count.get();
    }

    void startAgain() {
        count.set(0);
    }
}
