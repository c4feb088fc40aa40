package io.agentruntime.cache;

import static java.util.Objects.requireNonNull;

import io.agentruntime.cache.CacheSettings.Times;
import io.agentruntime.cache.Envelope.Content;
import io.agentruntime.cache.Envelope.Stamp;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes of a value what the memory holds and what the lower tiers are given, and the other way round. */
final class Packing<K, V> {

    private final CacheSettings<K, V> settings;
    private final List<LowerTier> lower;
    private final RareWarning unwritable;

    /**
     * A value, ready to be kept.
     *
     * @param held what the memory gets
     * @param notes what the lower tiers get
     * @param kept false if the value is good for those who wait and for nobody else
     */
    record Packed<V>(Held<V> held, List<Note> notes, boolean kept) {}

    /** What a lower tier gets. */
    record Note(LowerTier tier, Envelope entry) {

        void make() {
            tier.note(entry.address.path(), entry);
        }

        CompletableFuture<Void> tellBehind() {
            return tier.tellBehind(entry.address.path());
        }

        CompletableFuture<Void> soon() {
            return tier.soon(entry.address.path());
        }
    }

    Packing(CacheSettings<K, V> settings, List<LowerTier> lower) {
        this.settings = settings;
        this.lower = lower;
        this.unwritable = new RareWarning("cache '" + settings.name() + "': a value cannot be written");
    }

    /** Where the entry of a key is in the lower tiers. */
    Address address(CacheKey id, K key) {
        return Address.of(
                settings.name(), id.tenant(), settings.values().keyText().apply(key));
    }

    /** Packs a value that is new. */
    Packed<V> pack(CacheKey id, K key, V value, Stamp stamp) {
        long valid = validity(key, value);
        Set<String> tags = Set.copyOf(settings.values().tags().apply(key, value));
        Lifetime life =
                settings.times().life(settings.now(), Math.min(settings.times().timeToLive(), valid));
        Held<V> held = hold(key, value, tags, life);
        if (valid <= 0 || lower.isEmpty()) {
            return new Packed<>(held, List.of(), valid > 0);
        }
        try {
            Address address = address(id, key);
            Content content = new Content(codec().encode(value), tags);
            long now = millis();
            return new Packed<>(
                    held,
                    notes(lower, tier -> new Envelope(address, stamp, tier.freshUntil(now, valid), content)),
                    true);
        } catch (IOException e) {
            unwritable.warn(e);
            return new Packed<>(held, List.of(), true);
        }
    }

    private long validity(K key, V value) {
        var validity = settings.values().validity();
        Duration time = validity == null ? null : validity.apply(key, value);
        return time == null ? Times.ENDLESS : Times.nanos(time);
    }

    private static List<Note> notes(List<LowerTier> tiers, Function<LowerTier, Envelope> entry) {
        return tiers.stream().map(tier -> new Note(tier, entry.apply(tier))).toList();
    }

    /** Packs an entry that was found in a lower tier, for the tiers above it. */
    Packed<V> promote(Held<V> held, Envelope found, int from, Stamp stamp) {
        long now = millis();
        Function<LowerTier, Envelope> entry = tier -> new Envelope(
                found.address, stamp, Math.min(tier.freshUntil(now, Times.ENDLESS), found.freshUntil), found.content());
        return new Packed<>(held, notes(lower.subList(0, from), entry), true);
    }

    /** Opens an entry of a lower tier; null if it is of no use. */
    @Nullable
    Held<V> open(LowerTier tier, K key, Envelope entry) {
        long left = entry.freshUntil == Envelope.NEVER
                ? Times.ENDLESS
                : TimeUnit.MILLISECONDS.toNanos(entry.freshUntil - millis());
        if (left <= -settings.times().maxStale()) {
            tier.outlived();
            return null;
        }
        try {
            V value = codec().decode(entry.value);
            Held<V> held = hold(key, value, entry.tags, life(left));
            tier.used(left > 0);
            return held;
        } catch (IOException | RuntimeException e) { // the bytes are as they were written, but the codec has changed
            tier.corrupt(e);
            return null;
        }
    }

    private Lifetime life(long left) {
        Times times = settings.times();
        return left > 0
                ? times.life(settings.now(), Math.min(times.timeToLive(), left))
                : times.stale(settings.now(), -left);
    }

    private Held<V> hold(K key, V value, Set<String> tags, Lifetime life) {
        int weight = settings.values().weigher().applyAsInt(key, value);
        return new Held<>(value, null, tags, Math.max(0, weight), life);
    }

    private CacheCodec<V> codec() {
        return requireNonNull(settings.values().codec());
    }

    private long millis() {
        return settings.host().clock().instant().toEpochMilli();
    }
}
