package io.agentruntime.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Is told what a {@link TieredCache} does apart from hits in memory, which are only counted.
 *
 * <p>Called on the thread where it happens, without a lock: it must be thread-safe and must not block. What it throws is logged and
 * changes nothing.
 */
@FunctionalInterface
public interface CacheListener {

    /** What happened. */
    enum Kind {
        /** A lower tier had the entry. */
        TIER_HIT,
        /** A lower tier had a damaged or foreign entry. */
        CORRUPT,
        /** A lower tier failed or was too slow. */
        TIER_FAILED,
        /** A value was computed. */
        LOADED,
        /** A computation failed. */
        LOAD_FAILED,
        /** A value past its time was served. */
        STALE_SERVED,
        /** One who waited got nothing in time. */
        TIMED_OUT,
        /** A value was not kept, because it was invalidated while it was on its way. */
        DISCARDED
    }

    /**
     * Something that happened. Names no key: keys may be personal.
     *
     * @param cache the name of the cache
     * @param kind what happened
     * @param tier the name of the lower tier, or null
     * @param took how long it took; zero where that has no meaning
     * @param failure what went wrong, or null
     */
    record Event(
            String cache,
            Kind kind,
            @Nullable String tier,
            Duration took,
            @Nullable Throwable failure) {}

    /**
     * Takes note.
     *
     * @param event what happened
     */
    void on(Event event);
}
