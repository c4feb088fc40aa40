package io.agentruntime.usage;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes the ids of calls: a random number drawn once, and a counter that begins at another random number. They differ within and
 * between processes as {@link UUID#randomUUID()} does, but cost no entropy per call, and those of one process lie side by side in
 * the index of a store. Thread-safe.
 */
final class EventIds {

    private static final long VERSION_MASK = 0xF000L;
    private static final long OWN_VERSION = 0x8000L; // RFC 9562: version 8 is for layouts of one's own
    private static final long COUNTER_MASK = (1L << 62) - 1;
    private static final long VARIANT = 1L << 63;

    private final long prefix;
    private final AtomicLong counter;

    EventIds() {
        UUID random = UUID.randomUUID();
        prefix = (random.getMostSignificantBits() & ~VERSION_MASK) | OWN_VERSION;
        counter = new AtomicLong(random.getLeastSignificantBits());
    }

    UUID next() {
        return new UUID(prefix, (counter.getAndIncrement() & COUNTER_MASK) | VARIANT);
    }
}
