package io.agentruntime.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** The entries in memory, bounded by number or by weight. Runs no task elsewhere: whoever writes also cleans up. */
final class MemoryTier<V> {

    private final Cache<CacheKey, Held<V>> entries;
    final LongAdder evictions = new LongAdder();

    /** Shared by removals that are under way; to have it alone is to know that there is none. */
    private final ReentrantReadWriteLock removals = new ReentrantReadWriteLock();

    /** What bounds it: a number of entries, or the sum of their weights; and how long an entry stays that nobody reads. */
    record Bounds(long size, long weight, long idleNanos) {}

    MemoryTier(Bounds bounds, Ticker ticker) {
        Caffeine<CacheKey, Held<V>> builder = Caffeine.newBuilder()
                .ticker(ticker)
                .executor(Runnable::run)
                .evictionListener(
                        (@Nullable CacheKey key, @Nullable Held<V> held, RemovalCause cause) -> evictions.increment())
                .expireAfter(new Lives<V>(bounds.idleNanos));
        entries = bounds.weight > 0
                ? builder.maximumWeight(bounds.weight)
                        .weigher((CacheKey key, Held<V> held) -> held.weight())
                        .build()
                : builder.maximumSize(bounds.size).build();
    }

    /** Looks an entry up, and makes nothing for it. */
    @Nullable
    Held<V> find(String tenant, Object key) {
        CacheKey probe = CacheKey.probe(tenant, key);
        try {
            return entries.getIfPresent(probe);
        } finally {
            probe.release();
        }
    }

    @Nullable
    Held<V> find(CacheKey key) {
        return entries.getIfPresent(key);
    }

    void put(CacheKey key, Held<V> held) {
        entries.put(key, held);
    }

    void remove(CacheKey key) {
        removals.readLock().lock();
        try {
            entries.invalidate(key);
        } finally {
            removals.readLock().unlock();
        }
    }

    /**
     * Removes what a predicate of the cache's own says; looks at all entries. An entry that another thread is about to remove is not
     * among them, but readers find it as long as that thread has not done so: that is waited for.
     */
    void removeIf(BiPredicate<CacheKey, Held<V>> matching) {
        removals.readLock().lock();
        try {
            entries.asMap().entrySet().removeIf(e -> matching.test(e.getKey(), e.getValue()));
        } finally {
            removals.readLock().unlock();
        }
        removals.writeLock().lock(); // whoever invalidates has ended what it had begun before
        try {
            entries.cleanUp(); // takes the lock of evictions, so these have too
        } finally {
            removals.writeLock().unlock();
        }
    }

    long size() {
        entries.cleanUp();
        return entries.estimatedSize();
    }

    /** Each entry knows its own end; with an idle time, reading it puts the end off. */
    private record Lives<V>(long idleNanos) implements Expiry<CacheKey, Held<V>> {

        private long end(Held<V> held, long now) {
            long remaining = held.life().remaining(now);
            return idleNanos > 0 ? Math.min(idleNanos, remaining) : remaining;
        }

        @Override
        public long expireAfterCreate(CacheKey key, Held<V> held, long now) {
            return end(held, now);
        }

        @Override
        public long expireAfterUpdate(CacheKey key, Held<V> held, long now, long current) {
            return end(held, now);
        }

        @Override
        public long expireAfterRead(CacheKey key, Held<V> held, long now, long current) {
            return idleNanos > 0 ? end(held, now) : current;
        }
    }
}
