package io.agentruntime.cache;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Asking and invalidating, in the interleavings that a model checker finds between any two steps in memory: nobody who asks after an
 * invalidation gets what was there before it.
 */
@Tag("flaw-20")
public class BarrierLincheckTest {

    /** Whose calls count as one step: what they share with other threads, if anything, is a concurrent map's. */
    private static final List<String> ONE_STEP = List.of(
            "com.github.benmanes.caffeine",
            "java.security",
            "org.slf4j",
            "io.agentruntime.context",
            "io.agentruntime.storage",
            "io.agentruntime.cache.Address",
            "io.agentruntime.cache.Envelope",
            "io.agentruntime.cache.Seal");

    /** Loads the classes, and with them the logging, before Lincheck instruments what is loaded. */
    @BeforeAll
    static void load() {
        for (Barrier barrier : List.of(new OfMemory(), new OfLowerTier())) {
            boolean unused = barrier.get()
                    && barrier.invalidate()
                    && barrier.get()
                    && barrier.invalidateTag()
                    && barrier.get()
                    && barrier.clear();
        }
    }

    private static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .sequentialSpecification(Kept.class)
                .actorsBefore(1)
                .actorsPerThread(2)
                .actorsAfter(1)
                .addGuarantee(forClasses(name -> ONE_STEP.stream().anyMatch(name::startsWith))
                        .allMethods()
                        .treatAsAtomic());
    }

    private static void check(Class<?> barrier, int threads, int iterations, int invocations) {
        options()
                .threads(threads)
                .iterations(iterations)
                .invocationsPerIteration(invocations)
                .check(barrier);
    }

    @Test
    void memory_modelChecked_keepsThePromise() {
        check(OfMemory.class, 2, 2, 50);
    }

    @Test
    @Tag("stress")
    void memory_modelCheckedForLonger_keepsThePromise() {
        check(OfMemory.class, 3, 5, 100);
    }

    @Test
    @Tag("stress")
    void lowerTier_modelCheckedForLonger_keepsThePromise() {
        check(OfLowerTier.class, 2, 5, 100);
    }

    /** Operations that say whether the promise was kept. */
    public abstract static class Barrier {

        private final AtomicLong truth = new AtomicLong();
        private final AtomicLong floor = new AtomicLong();
        private final TieredCache<String, Long> cache;

        Barrier(TieredCacheBuilder<String, Long> builder) {
            cache = builder.shared().tags((key, value) -> Set.of("tag")).build();
        }

        @Operation
        public boolean get() {
            long expected = floor.get();
            return cache.get("key", key -> truth.get()) >= expected;
        }

        private boolean changed(long change) {
            long before = floor.get();
            while (before < change && !floor.compareAndSet(before, change)) {
                before = floor.get();
            }
            return true;
        }

        @Operation
        public boolean invalidate() {
            long change = truth.incrementAndGet();
            CompletableFuture<Void> unused = cache.invalidate("key");
            return changed(change);
        }

        @Operation
        public boolean invalidateTag() {
            long change = truth.incrementAndGet();
            CompletableFuture<Void> unused = cache.invalidateTag("tag");
            return changed(change);
        }

        @Operation
        public boolean clear() {
            long change = truth.incrementAndGet();
            CompletableFuture<Void> unused = cache.clear();
            return changed(change);
        }
    }

    /** Without a lower tier. */
    public static final class OfMemory extends Barrier {

        /** Makes an empty one. */
        public OfMemory() {
            super(TieredCache.builder("numbers", Runnable::run));
        }
    }

    /** With one, which is asked every time, because memory's time is up whenever it is asked. */
    public static final class OfLowerTier extends Barrier {

        /** Makes an empty one. */
        public OfLowerTier() {
            super(TieredCache.<String, Long>builder("numbers", Runnable::run)
                    .clocks(new AtomicLong()::incrementAndGet, InstantSource.fixed(Instant.EPOCH))
                    .expireAfterWrite(Duration.ofNanos(1))
                    .jitter(0)
                    .tier(new MapTier())
                    .codec(new LongCodec()));
        }
    }

    private static final class LongCodec implements CacheCodec<Long> {

        @Override
        public byte[] encode(Long value) {
            return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
        }

        @Override
        public Long decode(byte[] bytes) {
            return ByteBuffer.wrap(bytes).getLong();
        }
    }

    private static final class MapTier implements CacheTier {

        private final ConcurrentHashMap<String, byte[]> entries = new ConcurrentHashMap<>();

        @Override
        public Optional<byte[]> get(String key) {
            return Optional.ofNullable(entries.get(key));
        }

        @Override
        public void put(String key, byte[] entry, Instant useless) {
            entries.put(key, entry);
        }

        @Override
        public void delete(String key) {
            entries.remove(key);
        }

        @Override
        public List<String> list(String folder) {
            return List.copyOf(entries.keySet());
        }
    }

    /** What a barrier must be like. */
    public static final class Kept {

        public boolean get() {
            return true;
        }

        public boolean invalidate() {
            return true;
        }

        public boolean invalidateTag() {
            return true;
        }

        public boolean clear() {
            return true;
        }
    }
}
