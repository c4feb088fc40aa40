package io.agentruntime.cache;

import static java.util.Objects.requireNonNull;

import io.agentruntime.cache.Packing.Note;
import io.agentruntime.context.UsageContext;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Values that are kept because they were expensive: in memory, below that in any number of lower tiers, and at last computed.
 *
 * <pre>{@code
 * TieredCache<String, Profile> profiles = TieredCache.<String, Profile>builder("profiles", executors.io())
 *         .expireAfterWrite(Duration.ofMinutes(5))
 *         .tier(CacheTier.on(blobs, "cache"))
 *         .codec(CacheCodec.json(Profile.class))
 *         .build();
 * Profile profile = profiles.get("ann", directory::readProfile);
 * }</pre>
 *
 * <p><b>Owner.</b> The organisation of the open {@link UsageContext} is a part of every key. Only a cache that says {@link
 * TieredCacheBuilder#shared()} does without.
 *
 * <p><b>One search.</b> However many ask for a key that is not in memory, each lower tier is read once and the value computed once, on
 * the cache's executor, in the context of the first caller and with its function. All get the value, or the same failure; a failure is
 * not kept unless {@link TieredCacheBuilder#failuresKeptFor} says so. A caller who times out, is cancelled or interrupted leaves alone:
 * the search goes on, also when nobody waits any more, and what it finds is kept. That is so in each process; {@link
 * TieredCacheBuilder#oncePerCluster} has the value computed once for all that share a lower tier.
 *
 * <p><b>Invalidation is a barrier.</b> When {@link #invalidate}, {@link #invalidateTag}, {@link #clear} or {@link #put} returns, nothing
 * that was stored, read, or began to be computed before it is served any more, by any tier, to anyone who asks from then on; whoever was
 * waiting already may still get it. The futures they return end when the lower tiers have done it too. A tier that cannot is told
 * again later, and what it holds of that is not served meanwhile; that is known to this process only, so after a crash a tier that was
 * never told may serve it again.
 *
 * <p><b>Lower tiers may fail</b> in any way: what they damage, mix up, delay or throw is a miss, counted and logged.
 *
 * <p>Values are handed to everyone: they must be immutable, or {@link TieredCacheBuilder#copiedBy} must say how they are copied. Null is
 * not a value; let {@code V} be an {@link Optional} if "there is none" is an answer. Keys must have equals and hashCode, and not change.
 *
 * <p>Thread-safe. Has no threads and nothing to be closed. Callbacks of the futures run on the thread that ends them: that of the
 * executor, the timer or the caller.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class TieredCache<K, V> {

    private final CacheSettings<K, V> settings;
    private final Flights<K, V> flights;
    private final MemoryTier<V> memory;
    private final CacheFigures figures;

    /**
     * Makes the value of a key.
     *
     * @param <K> the type of the key
     * @param <V> the type of the value
     */
    @FunctionalInterface
    public interface Loader<K, V> {

        /**
         * Makes a value.
         *
         * @param key what for
         * @return the value, never null
         * @throws Exception if there is none
         */
        V load(K key) throws Exception;
    }

    /**
     * Makes the values of several keys at once.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     */
    @FunctionalInterface
    public interface BulkLoader<K, V> {

        /**
         * Makes values.
         *
         * @param keys what for, at least one
         * @return the values; a key that is not in it has none
         * @throws Exception if nothing could be made
         */
        Map<K, V> load(Set<K> keys) throws Exception;
    }

    TieredCache(CacheSettings<K, V> settings) {
        this.settings = settings;
        this.flights = new Flights<>(settings);
        this.memory = flights.memory;
        this.figures = flights.figures;
    }

    /**
     * Begins to describe a cache.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @param name names it in figures, logs and lower tiers; any text that is not empty, the same after a restart
     * @param executor where lower tiers are read and written and values are computed: best the io workload
     * @return a builder with the defaults
     */
    public static <K, V> TieredCacheBuilder<K, V> builder(String name, Executor executor) {
        return new TieredCacheBuilder<>(name, executor);
    }

    /**
     * Gives the value of a key, waiting for it if need be.
     *
     * @param key the key
     * @param loader computes the value if no tier has it
     * @return the value
     * @throws CacheLoadException if the computation failed or took too long, or the calling thread was interrupted
     * @throws io.agentruntime.context.MissingContextException if no context is open and the cache is not shared
     */
    public V get(K key, Loader<? super K, ? extends V> loader) {
        String tenant = tenant();
        Held<V> held = memory.find(tenant, key);
        if (held != null && held.value() != null && held.life().quiet(now(held))) {
            return hit(held, held.value());
        }
        return Waiter.get(
                settings.name(), missed(tenant, key, held, new Source.Single<>(requireNonNull(loader, "loader"))));
    }

    /**
     * Gives the value of a key, without waiting.
     *
     * @param key the key
     * @param loader computes the value if no tier has it
     * @return the value, or a {@link CacheLoadException}; ending it otherwise ends nothing else
     * @throws io.agentruntime.context.MissingContextException if no context is open and the cache is not shared
     */
    public CompletableFuture<V> getAsync(K key, Loader<? super K, ? extends V> loader) {
        return getAsync(tenant(), key, new Source.Single<>(requireNonNull(loader, "loader")));
    }

    private CompletableFuture<V> getAsync(String tenant, K key, Source<K, V> source) {
        Held<V> held = memory.find(tenant, key);
        return held != null && held.value() != null && held.life().quiet(now(held))
                ? CompletableFuture.completedFuture(hit(held, held.value()))
                : missed(tenant, key, held, source);
    }

    /** Reading the clock costs as much as the rest of a hit: not for an entry that Caffeine has looked at for us. */
    private long now(Held<V> held) {
        return held.life().asks() ? settings.now() : 0;
    }

    private V hit(Held<V> held, V value) {
        if (held.life().asks() && !held.life().fresh(settings.now())) {
            figures.misses.increment();
            flights.report(CacheListener.Kind.STALE_SERVED);
        } else {
            figures.hits.increment();
        }
        return flights.copy(value);
    }

    private CompletableFuture<V> missed(String tenant, K key, @Nullable Held<V> held, Source<K, V> source) {
        CacheKey id = new CacheKey(tenant, key);
        if (held != null && held.value() != null && held.life().fresh(settings.now())) {
            figures.hits.increment();
            flights.refresh(id, key, held, source);
            return CompletableFuture.completedFuture(flights.copy(held.value()));
        }
        figures.misses.increment();
        return new Waiter<>(flights, id, key).start(source);
    }

    private String tenant() {
        return settings.shared() ? CacheKey.SHARED : UsageContext.required().organisation();
    }

    /**
     * Looks into the memory, and no further.
     *
     * @param key the key
     * @return the value, if it is there and fresh
     * @throws io.agentruntime.context.MissingContextException if no context is open and the cache is not shared
     */
    public Optional<V> getIfPresent(K key) {
        Held<V> held = memory.find(tenant(), key);
        return held != null && held.value() != null && held.life().fresh(settings.now())
                ? Optional.of(hit(held, held.value()))
                : Optional.empty();
    }

    /**
     * Gives the values of several keys; those that no tier has are computed together.
     *
     * @param keys the keys
     * @param loader computes the values that are missing, and is called once; keys that others compute already are left to them
     * @return the values, in the order of the keys, without those for which the computation gave none
     * @throws CacheLoadException if a computation failed or took too long, or the calling thread was interrupted
     * @throws io.agentruntime.context.MissingContextException if no context is open and the cache is not shared
     */
    public Map<K, V> getAll(Collection<? extends K> keys, BulkLoader<K, V> loader) {
        return Waiter.get(settings.name(), getAllAsync(keys, loader));
    }

    /**
     * Gives the values of several keys, without waiting; see {@link #getAll}.
     *
     * @param keys the keys
     * @param loader computes the values that are missing
     * @return the values, or a {@link CacheLoadException}
     * @throws io.agentruntime.context.MissingContextException if no context is open and the cache is not shared
     */
    public CompletableFuture<Map<K, V>> getAllAsync(Collection<? extends K> keys, BulkLoader<K, V> loader) {
        String tenant = tenant();
        Batch<K, V> batch = new Batch<>(requireNonNull(loader, "loader"));
        Map<K, CompletableFuture<V>> answers = new LinkedHashMap<>();
        for (K key : keys) {
            answers.computeIfAbsent(key, k -> getAsync(tenant, k, batch));
        }
        batch.spared(); // all keys are named
        return CompletableFuture.allOf(answers.values().toArray(CompletableFuture<?>[]::new))
                .handle((nothing, failure) -> collect(answers));
    }

    private static <K, V> Map<K, V> collect(Map<K, CompletableFuture<V>> answers) {
        Map<K, V> values = new LinkedHashMap<>();
        answers.forEach((key, answer) -> {
            try {
                values.put(key, answer.join());
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof CacheLoadException failure)) {
                    throw e;
                } else if (!(failure.getCause() instanceof Flight.Absent)) {
                    throw failure;
                }
            }
        });
        return Collections.unmodifiableMap(values);
    }

    /**
     * Stores a value in all tiers, in place of what they have.
     *
     * @param key the key
     * @param value the value
     * @return ends when the lower tiers have it; what they cannot store is stored later or removed, and is no failure
     * @throws io.agentruntime.context.MissingContextException if no context is open and the cache is not shared
     */
    public CompletableFuture<Void> put(K key, V value) {
        CacheKey id = new CacheKey(tenant(), requireNonNull(key, "key"));
        List<Note> notes = flights.put(id, key, requireNonNull(value, "value"));
        return all(notes.stream().map(note -> note.soon().exceptionally(failure -> null))); // it is stored later
    }

    /**
     * Removes a key from all tiers.
     *
     * @param key the key
     * @return ends when the lower tiers have removed it; fails as the first that could not, which is told again later
     * @throws io.agentruntime.context.MissingContextException if no context is open and the cache is not shared
     */
    public CompletableFuture<Void> invalidate(K key) {
        CacheKey id = new CacheKey(tenant(), requireNonNull(key, "key"));
        String path =
                flights.lower.isEmpty() ? "" : flights.packing.address(id, key).path();
        flights.invalidate(id, path);
        return all(flights.lower.stream().map(tier -> tier.soon(path)));
    }

    /**
     * Removes all entries of the open context's organisation that have a tag. The lower tiers are read through for it.
     *
     * @param tag the tag
     * @return ends when the lower tiers have removed them; fails as the first that could not, which is told again later
     * @throws io.agentruntime.context.MissingContextException if no context is open and the cache is not shared
     */
    public CompletableFuture<Void> invalidateTag(String tag) {
        return swept(flights.invalidate(tenant(), requireNonNull(tag, "tag")));
    }

    /**
     * Removes all entries of the open context's organisation, or of a shared cache all entries.
     *
     * @return ends when the lower tiers have removed them; fails as the first that could not, which is told again later
     * @throws io.agentruntime.context.MissingContextException if no context is open and the cache is not shared
     */
    public CompletableFuture<Void> clear() {
        return swept(flights.invalidate(tenant(), null));
    }

    private CompletableFuture<Void> swept(Sweep sweep) {
        return all(flights.lower.stream().map(tier -> tier.soon(sweep)));
    }

    /** Ends when all have ended, as the first that failed. */
    private static CompletableFuture<Void> all(Stream<CompletableFuture<Void>> told) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        LowerTier.forward(CompletableFuture.allOf(told.toArray(CompletableFuture<?>[]::new)), end, Runnable::run);
        return end;
    }

    /**
     * Tells what this cache has seen so far.
     *
     * @return the figures of this moment
     */
    public CacheStatistics statistics() {
        return figures.read(settings.name(), memory, flights.lower);
    }
}
