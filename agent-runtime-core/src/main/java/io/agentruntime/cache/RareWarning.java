package io.agentruntime.cache;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts something that may come in floods, and logs it at its first, second, fourth, eighth, … time. Thread-safe. */
final class RareWarning {

    private static final Logger log = LoggerFactory.getLogger(TieredCache.class);

    private final String text;
    private final AtomicLong count = new AtomicLong();

    RareWarning(String text) {
        this.text = text;
    }

    /** Names the class only: a message may quote what is cached. */
    void warn(Throwable cause) {
        long number = count.incrementAndGet();
        if (Long.bitCount(number) == 1) {
            log.warn("{} ({}, {} so far)", text, cause.getClass().getSimpleName(), number);
        }
    }

    long count() {
        return count.get();
    }
}
