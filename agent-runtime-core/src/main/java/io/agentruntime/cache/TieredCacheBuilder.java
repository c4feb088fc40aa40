package io.agentruntime.cache;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Ticker;
import io.agentruntime.cache.CacheSettings.Times;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntBiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Describes a {@link TieredCache}. By default:
 *
 * <ul>
 *   <li>each organisation has entries of its own
 *   <li>memory holds 1,000 entries, without an end in time; where a time is set it is shortened at random by up to 10 %, so that what
 *       was made together is not made again together
 *   <li>there is no lower tier
 *   <li>a failure reaches all who wait for it and is not kept; nobody gets a value past its time; waits have no end
 *   <li>keys that are texts, numbers or UUIDs can be used with lower tiers as they are
 * </ul>
 *
 * <p>Times and functions that depend on each other are checked by {@link #build}. Not thread-safe.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class TieredCacheBuilder<K, V> {

    private final String name;
    private final Executor executor;
    private boolean shared;
    private long size = 1_000;
    private long weight;
    private @Nullable Duration timeToLive;
    private @Nullable Duration idle;
    private double jitter = 0.1;
    private double eager;
    private Duration maxStale = Duration.ZERO;
    private Duration throttle = Duration.ofSeconds(30);
    private Duration failures = Duration.ZERO;
    private Duration soft = Duration.ZERO;
    private Duration hard = Duration.ZERO;
    private Duration lease = Duration.ZERO;
    private final List<LowerTier.Use> tiers = new ArrayList<>();
    private @Nullable CacheCodec<V> codec;
    private Seal seal = new Seal(null);
    private Function<? super K, String> keyText = TieredCacheBuilder::textOf;
    private BiFunction<? super K, ? super V, Set<String>> tags = (key, value) -> Set.of();
    private @Nullable BiFunction<? super K, ? super V, Duration> validity;
    private ToIntBiFunction<? super K, ? super V> weigher = (key, value) -> 1;
    private @Nullable UnaryOperator<V> copy;
    private Ticker ticker = Ticker.systemTicker();
    private InstantSource clock = InstantSource.system();
    private @Nullable ScheduledExecutorService timer;
    private @Nullable CacheListener listener;

    TieredCacheBuilder(String name, Executor executor) {
        if (requireNonNull(name, "name").isEmpty()) {
            throw new IllegalArgumentException("the name of the cache is empty");
        }
        this.name = name;
        this.executor = requireNonNull(executor, "executor");
    }

    private static String textOf(Object key) {
        if (key instanceof String || key instanceof Integer || key instanceof Long || key instanceof UUID) {
            return key.toString();
        }
        throw new IllegalArgumentException(
                "keys of " + key.getClass().getName() + " need TieredCacheBuilder.keyText to be used with lower tiers");
    }

    /**
     * Says that the entries belong to nobody: all organisations see them, and no context is needed.
     *
     * @return this builder
     */
    public TieredCacheBuilder<K, V> shared() {
        shared = true;
        return this;
    }

    /**
     * Bounds the memory by a number of entries.
     *
     * @param entries 1 or more
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     */
    public TieredCacheBuilder<K, V> maximumSize(long entries) {
        size = positive("maximumSize", entries);
        weight = 0;
        return this;
    }

    /**
     * Bounds the memory by what the entries weigh together, such as their bytes. An entry that weighs more than that is not kept there.
     *
     * @param total 1 or more
     * @param newWeigher weighs an entry, when it is stored; 0 or more
     * @return this builder
     * @throws IllegalArgumentException if the total is less than 1
     */
    public TieredCacheBuilder<K, V> maximumWeight(long total, ToIntBiFunction<? super K, ? super V> newWeigher) {
        weight = positive("maximumWeight", total);
        weigher = requireNonNull(newWeigher, "newWeigher");
        return this;
    }

    private static long positive(String what, long number) {
        if (number < 1) {
            throw new IllegalArgumentException(what + " must be 1 or more, is " + number);
        }
        return number;
    }

    /**
     * Ends an entry's time in memory so long after it was stored there.
     *
     * @param time above zero
     * @return this builder
     * @throws IllegalArgumentException if it is not above zero
     */
    public TieredCacheBuilder<K, V> expireAfterWrite(Duration time) {
        timeToLive = above("expireAfterWrite", time);
        return this;
    }

    /**
     * Ends an entry's time in memory when nobody has read it for so long. Not together with {@link #staleOnError} or {@link
     * #eagerRefresh}.
     *
     * @param time above zero
     * @return this builder
     * @throws IllegalArgumentException if it is not above zero
     */
    public TieredCacheBuilder<K, V> expireAfterAccess(Duration time) {
        idle = above("expireAfterAccess", time);
        return this;
    }

    /**
     * Says how long a value is good for, in any tier, depending on what it is: an empty answer or a makeshift for a shorter time. What
     * is good for no time is given to those who wait for it, and not kept. If it is said more than once, the shortest time holds.
     *
     * @param newValidity gives the time, zero or more
     * @return this builder
     */
    public TieredCacheBuilder<K, V> validFor(BiFunction<? super K, ? super V, Duration> newValidity) {
        requireNonNull(newValidity, "newValidity");
        BiFunction<? super K, ? super V, Duration> before = validity;
        validity = before == null
                ? newValidity
                : (key, value) -> shorter(before.apply(key, value), newValidity.apply(key, value));
        return this;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    /**
     * Sets by what part of it the time of an entry in memory is shortened at most, at random.
     *
     * @param part from 0, which is not at all, to below 1
     * @return this builder
     * @throws IllegalArgumentException if it is not in that range
     */
    public TieredCacheBuilder<K, V> jitter(double part) {
        if (!(part >= 0 && part < 1)) {
            throw new IllegalArgumentException("jitter must be from 0 to below 1, is " + part);
        }
        jitter = part;
        return this;
    }

    /**
     * Keeps failures too: for so long the source is not asked again, and all who ask get the same failure.
     *
     * @param time above zero
     * @return this builder
     * @throws IllegalArgumentException if it is not above zero
     */
    public TieredCacheBuilder<K, V> failuresKeptFor(Duration time) {
        failures = above("failuresKeptFor", time);
        return this;
    }

    /**
     * Serves the last good value past its time when the source fails.
     *
     * @param newMaxStale how long past its time at most, above zero
     * @param newThrottle for how long the source is not asked again after it has failed, per key; above zero
     * @return this builder
     * @throws IllegalArgumentException if one is not above zero
     */
    public TieredCacheBuilder<K, V> staleOnError(Duration newMaxStale, Duration newThrottle) {
        maxStale = above("maxStale", newMaxStale);
        throttle = above("throttle", newThrottle);
        return this;
    }

    /**
     * Serves the last good value past its time also when the source is slow; the computation goes on. Needs {@link #staleOnError} and
     * {@link #timer}.
     *
     * @param time how long after the computation was asked for, above zero
     * @return this builder
     * @throws IllegalArgumentException if it is not above zero
     */
    public TieredCacheBuilder<K, V> softTimeout(Duration time) {
        soft = above("softTimeout", time);
        return this;
    }

    /**
     * Ends a wait that takes so long with a {@link CacheLoadException}; the computation goes on. Needs {@link #timer}.
     *
     * @param time above zero
     * @return this builder
     * @throws IllegalArgumentException if it is not above zero
     */
    public TieredCacheBuilder<K, V> hardTimeout(Duration time) {
        hard = above("hardTimeout", time);
        return this;
    }

    /**
     * Computes a value anew in the background when it is asked for in the last part of its time, so that nobody has to wait for it.
     *
     * @param part the part of its time after which that is, above 0 and below 1
     * @return this builder
     * @throws IllegalArgumentException if it is not in that range
     */
    public TieredCacheBuilder<K, V> eagerRefresh(double part) {
        if (!(part > 0 && part < 1)) {
            throw new IllegalArgumentException("eagerRefresh must be above 0 and below 1, is " + part);
        }
        eager = part;
        return this;
    }

    private static Duration above(String what, Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException(what + " must be above zero, is " + time);
        }
        return time;
    }

    /**
     * Adds a lower tier, below those that were added before. Its entries have no end in time, and its calls none either.
     *
     * @param tier the tier
     * @return this builder
     */
    public TieredCacheBuilder<K, V> tier(CacheTier tier) {
        tiers.add(new LowerTier.Use(requireNonNull(tier, "tier"), null, null, false));
        return this;
    }

    /**
     * Adds a lower tier with times of its own, below those that were added before. Its calls hold at most half of the threads of the
     * executor, or four if that is not a workload's; so there are threads left to compute on when it hangs.
     *
     * @param tier the tier
     * @param newTimeToLive how long after they were stored its entries are fresh, above zero
     * @param timeout after what time a read that has not ended is a miss and its thread is interrupted, as is that of a write, which is
     *     then tried again later; above zero; needs {@link #timer}
     * @return this builder
     * @throws IllegalArgumentException if a time is not above zero
     */
    public TieredCacheBuilder<K, V> tier(CacheTier tier, Duration newTimeToLive, Duration timeout) {
        tiers.add(new LowerTier.Use(
                requireNonNull(tier, "tier"), above("timeToLive", newTimeToLive), above("timeout", timeout), false));
        return this;
    }

    /**
     * Lets one instance compute a value for all that share the lowest tier: it claims the computation there, and the others look there
     * for the value until they find it. Needs a lower tier, one that can keep a claim, such as {@link CacheTier#on}, and {@link #timer}.
     *
     * <p>A claim spares work, and nothing depends on it. A claim that stands unchanged for the lease is taken over, so that an instance
     * that dies costs the others that long, and a computation that takes longer is made twice. Nobody waits longer than about two leases;
     * then, or if the tier fails, each computes for itself, at once. {@link #hardTimeout} and {@link #softTimeout} count from
     * the question, as always. A failure, and a value that is not kept, is not shared: the next one computes then. Bulk computations and
     * eager refreshes are made without a claim.
     *
     * <p>It costs two or three more calls of the tier for each computation, and two for each look of one that waits: each twentieth of the
     * lease, but not more often than each 20 ms, nor less than each second; those that find nothing are misses in the figures.
     *
     * <p>What is invalidated loses its claims with it, those of a tag all of the organisation's. But an invalidation is a barrier in one
     * process only: what another instance began to compute before it may be found in the tier after it. The claim of a dead instance
     * for whose key nobody asks any more stays in the tier until such an invalidation.
     *
     * @param newLease longer than a computation takes, above zero
     * @return this builder
     * @throws IllegalArgumentException if it is not above zero
     */
    public TieredCacheBuilder<K, V> oncePerCluster(Duration newLease) {
        lease = above("oncePerCluster", newLease);
        return this;
    }

    /**
     * Sets how values are written in lower tiers.
     *
     * @param newCodec such as {@link CacheCodec#json}
     * @return this builder
     */
    public TieredCacheBuilder<K, V> codec(CacheCodec<V> newCodec) {
        codec = requireNonNull(newCodec, "newCodec");
        return this;
    }

    /**
     * Sets how keys are written in lower tiers.
     *
     * @param newKeyText gives a text that is not empty, a different one for each key, the same after a restart
     * @return this builder
     */
    public TieredCacheBuilder<K, V> keyText(Function<? super K, String> newKeyText) {
        keyText = requireNonNull(newKeyText, "newKeyText");
        return this;
    }

    /**
     * Seals the entries in lower tiers with a secret, so that nobody who can write there can plant one. Without it the seal only finds
     * what was damaged or misplaced.
     *
     * @param secret the key of an HMAC-SHA256, of at least 16 bytes; copied
     * @return this builder
     * @throws IllegalArgumentException if it is shorter
     */
    public TieredCacheBuilder<K, V> sealedWith(byte[] secret) {
        if (secret.length < 16) {
            throw new IllegalArgumentException("the secret must have 16 bytes or more, has " + secret.length);
        }
        seal = new Seal(secret);
        return this;
    }

    /**
     * Sets by which tags an entry can be invalidated.
     *
     * @param newTags gives the tags of an entry
     * @return this builder
     */
    public TieredCacheBuilder<K, V> tags(BiFunction<? super K, ? super V, Set<String>> newTags) {
        tags = requireNonNull(newTags, "newTags");
        return this;
    }

    /**
     * Gives each caller a copy of the value, for values that are not immutable.
     *
     * @param newCopy copies a value; called by many threads at once
     * @return this builder
     */
    public TieredCacheBuilder<K, V> copiedBy(UnaryOperator<V> newCopy) {
        copy = requireNonNull(newCopy, "newCopy");
        return this;
    }

    /**
     * Sets the clocks.
     *
     * @param newTicker tells elapsed time, for everything but what is written in lower tiers
     * @param newClock tells the calendar, for the times written in lower tiers
     * @return this builder
     */
    public TieredCacheBuilder<K, V> clocks(Ticker newTicker, InstantSource newClock) {
        ticker = requireNonNull(newTicker, "newTicker");
        clock = requireNonNull(newClock, "newClock");
        return this;
    }

    /**
     * Sets what rings when a timeout is over, and when a tier that failed is told again. Without one there are no timeouts, and such a
     * tier is told again when it is next found to work.
     *
     * @param newTimer stays the host's
     * @return this builder
     */
    public TieredCacheBuilder<K, V> timer(ScheduledExecutorService newTimer) {
        timer = requireNonNull(newTimer, "newTimer");
        return this;
    }

    /**
     * Sets who is told what happens.
     *
     * @param newListener called where it happens
     * @return this builder
     */
    public TieredCacheBuilder<K, V> listener(CacheListener newListener) {
        listener = requireNonNull(newListener, "newListener");
        return this;
    }

    /**
     * Makes the cache.
     *
     * @return an empty cache, above lower tiers as they are
     * @throws IllegalArgumentException if something that was set needs something that was not
     */
    public TieredCache<K, V> build() {
        return new TieredCache<>(settings());
    }

    CacheSettings<K, V> settings() {
        check(tiers.isEmpty() || codec != null, "lower tiers need a codec");
        check(soft.isZero() || !maxStale.isZero(), "softTimeout needs staleOnError");
        check(timer != null || !needsTimer(), "timeouts need a timer");
        check(lease.isZero() || !tiers.isEmpty(), "oncePerCluster needs a lower tier");
        check(lease.isZero() || timer != null, "oncePerCluster needs a timer");
        check(
                idle == null || (maxStale.isZero() && eager == 0),
                "expireAfterAccess goes without stale and eager values");
        check(eager == 0 || timeToLive != null || validity != null, "eagerRefresh needs expireAfterWrite or validFor");
        return new CacheSettings<>(
                name,
                shared,
                new CacheSettings.Host(executor, timer, ticker, clock),
                times(),
                new MemoryTier.Bounds(size, weight, idle == null ? 0 : Times.nanos(idle)),
                new CacheSettings.Values<>(keyText, codec, seal, tags, validity, weigher, copy),
                uses(),
                listener);
    }

    private List<LowerTier.Use> uses() {
        List<LowerTier.Use> uses = new ArrayList<>(tiers);
        if (!lease.isZero()) {
            uses.add(uses.remove(uses.size() - 1).claimed());
        }
        return List.copyOf(uses);
    }

    private boolean needsTimer() {
        return !soft.isZero() || !hard.isZero() || tiers.stream().anyMatch(use -> use.timeout() != null);
    }

    private Times times() {
        return new Times(
                timeToLive == null ? Times.ENDLESS : Times.nanos(timeToLive),
                jitter,
                eager,
                finite(maxStale),
                finite(throttle),
                finite(failures),
                finite(soft),
                finite(hard),
                finite(lease));
    }

    private static long finite(Duration time) {
        return Math.min(Times.nanos(time), Times.FOREVER);
    }

    private void check(boolean right, String what) {
        if (!right) {
            throw new IllegalArgumentException("cache '" + name + "': " + what);
        }
    }
}
