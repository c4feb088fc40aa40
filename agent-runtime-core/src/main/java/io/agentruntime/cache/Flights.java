package io.agentruntime.cache;

import io.agentruntime.cache.CacheListener.Kind;
import io.agentruntime.cache.Envelope.Stamp;
import io.agentruntime.cache.Packing.Note;
import io.agentruntime.cache.Packing.Packed;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The searches that are under way, and the only place where what they find becomes visible, or what was visible goes away.
 *
 * <pre>
 * A flight stands in the map from before it reads anything until it publishes. Publishing, and invalidating a key, are one step
 * each, in the map's own lock for the key: the flight leaves, memory changes, the lower tiers are noted what to store or remove.
 * So a flight publishes all of it or, if it has been taken out of the map before, nothing.
 *
 * An invalidation of many entries
 *   1. notes the sweep in each lower tier, so that nothing it matches is read there any more, and then raises the generation;
 *   2. marks, or takes out, every flight in the map: the flights that begin later see the sweep in the tiers;
 *   3. removes what it matches from memory and from the notes: nothing older is added any more, because of 2, and a flight that begins
 *      meanwhile does not fall back on what a sweep still has to remove;
 *   4. tells the tiers, which is I/O, and lifts the sweep when it is carried out.
 * </pre>
 *
 * <p>Only map operations happen in the locks: no I/O, and of the host's code only the equals and hashCode of keys.
 */
final class Flights<K, V> {

    final CacheSettings<K, V> settings;
    final MemoryTier<V> memory;
    final List<LowerTier> lower;
    final Packing<K, V> packing;
    final CacheFigures figures;

    private final @Nullable UnaryOperator<V> copy;
    private final Reporter reporter;
    private final ConcurrentHashMap<CacheKey, Flight<K, V>> flights = new ConcurrentHashMap<>();
    private final AtomicLong generation = new AtomicLong();
    private final long instance = ThreadLocalRandom.current().nextLong();
    private final List<Sweep> announced =
            new CopyOnWriteArrayList<>(); // until memory and the notes are free of what they match
    private final ReentrantLock sweeping = new ReentrantLock(); // the order of sweeps and generations

    Flights(CacheSettings<K, V> settings) {
        this.settings = settings;
        this.copy = settings.values().copy();
        this.memory = new MemoryTier<>(settings.bounds(), settings.host().ticker());
        this.reporter = new Reporter(settings.name(), settings.listener());
        var host = settings.host();
        var place = new LowerTier.Place(
                settings.name(),
                host.executor(),
                host.timer(),
                host.ticker(),
                settings.values().seal(),
                reporter);
        this.lower =
                settings.tiers().stream().map(use -> new LowerTier(use, place)).toList();
        this.packing = new Packing<>(settings, lower);
        this.figures = new CacheFigures(settings.name());
    }

    /** Joins the search for a key, or begins it; null if meanwhile there is something in memory. */
    @Nullable
    Flight<K, V> join(CacheKey id, K key, Source<K, V> source) {
        Flight<K, V> mine = new Flight<>(this, id, key, source);
        Flight<K, V> joined = flights.compute(id, (k, running) -> {
            if (running != null) {
                return running;
            }
            Held<V> held = memory.find(id);
            return held != null && held.servable(settings.now()) ? null : mine;
        });
        if (joined == mine) {
            letFallBack(mine);
            mine.start(stamp(), true);
        }
        return joined;
    }

    /** Asks the source anew for a value that is still fresh, unless it is being asked. */
    void refresh(CacheKey id, K key, Held<V> held, Source<K, V> source) {
        Flight<K, V> mine = new Flight<>(this, id, key, source);
        Flight<K, V> begun = flights.compute(
                id,
                (k, running) ->
                        running == null && held.equals(memory.find(id)) ? mine : running); // else it was invalidated
        if (begun == mine) {
            source.expected();
            letFallBack(mine);
            mine.start(stamp(), false);
        }
    }

    /** Lets a flight fall back on what is in memory. It stands in the map already, so that whatever invalidates that later finds it. */
    private void letFallBack(Flight<K, V> flight) {
        List<Sweep> going =
                List.copyOf(announced); // first: what they have not removed yet is named here, the rest is not found
        Held<V> held = memory.find(flight.id);
        if (held != null && going.stream().noneMatch(sweep -> sweep.matches(flight.id, held))) {
            flight.fallBackOn(held);
        }
    }

    private Stamp stamp() {
        return new Stamp(instance, generation.get());
    }

    boolean isCurrent(Flight<K, V> flight) {
        return flights.get(flight.id) == flight;
    }

    /** Ends a flight and makes what it found visible in all tiers; false, and nothing, if that was invalidated meanwhile. */
    boolean publish(Flight<K, V> flight, Packed<V> packed) {
        boolean[] valid = new boolean[1];
        flights.computeIfPresent(flight.id, (id, current) -> {
            if (current != flight) {
                return current;
            }
            valid[0] = !packed.held().hasAny(flight.marks());
            if (valid[0] && packed.kept()) {
                memory.put(id, packed.held());
                packed.notes().forEach(Note::make);
            }
            return null;
        });
        return valid[0];
    }

    void drop(Flight<K, V> flight) {
        flights.remove(flight.id, flight);
    }

    /** Makes a value visible in all tiers that did not come from here. Whatever is under way for the key is not kept. */
    List<Note> put(CacheKey id, K key, V value) {
        Packed<V> packed = packing.pack(id, key, value, stamp());
        flights.compute(id, (k, running) -> {
            memory.remove(id);
            if (packed.kept()) {
                memory.put(id, packed.held());
                packed.notes().forEach(Note::make);
            }
            return null;
        });
        return packed.notes();
    }

    /** Makes a key invisible in all tiers. */
    void invalidate(CacheKey id, @Nullable String path) {
        flights.compute(id, (k, running) -> {
            memory.remove(id);
            if (path != null) {
                lower.forEach(tier -> tier.note(path, null));
            }
            return null;
        });
    }

    /** Makes all entries of a tenant invisible in all tiers, or those with a tag. The sweep is to be told to the tiers. */
    Sweep invalidate(String tenant, @Nullable String tag) {
        Sweep sweep = announce(tenant, tag);
        stopFlights(tenant, tag);
        memory.removeIf(sweep::matches);
        lower.forEach(tier -> tier.applyToNotes(sweep));
        announced.remove(sweep);
        return sweep;
    }

    private void stopFlights(String tenant, @Nullable String tag) {
        for (CacheKey id : flights.keySet()) {
            if (id.tenant().equals(tenant)) {
                flights.computeIfPresent(id, (k, flight) -> tag == null ? null : marked(flight, tag));
            }
        }
    }

    private Sweep announce(String tenant, @Nullable String tag) {
        sweeping.lock();
        try {
            Sweep sweep = new Sweep(settings.name(), tenant, tag, new Stamp(instance, generation.get() + 1));
            announced.add(sweep);
            lower.forEach(tier -> tier.note(sweep));
            generation.incrementAndGet();
            return sweep;
        } finally {
            sweeping.unlock();
        }
    }

    private static <K, V> Flight<K, V> marked(Flight<K, V> flight, String tag) {
        flight.mark(tag);
        return flight;
    }

    /** What is served and kept in place of a value that could not be made; null if nothing is. */
    @Nullable
    Held<V> instead(Throwable failure, @Nullable Held<V> last) {
        long now = settings.now();
        if (last != null) {
            return last.living(last.life().quietUntil(now + settings.times().throttle()));
        }
        return settings.times().failures() == 0
                ? null
                : Held.failed(failure, settings.times().failure(now));
    }

    /** What a caller gets of a value. */
    V copy(V value) {
        return copy == null ? value : copy.apply(value);
    }

    /** What a caller gets of a failure: an exception of its own, whose cause all share. */
    CacheLoadException failure(Throwable cause) {
        return new CacheLoadException("cache '" + settings.name() + "': no value: " + cause, cause);
    }

    void loaded(long since) {
        count(Kind.LOADED, since, null);
    }

    void failed(Throwable failure, long since) {
        figures.failures.warn(failure);
        count(Kind.LOAD_FAILED, since, failure);
    }

    private void count(Kind kind, long since, @Nullable Throwable failure) {
        long took = settings.now() - since;
        figures.loads.increment();
        figures.loadNanos.add(took);
        reporter.tell(kind, null, took, failure);
    }

    void report(Kind kind) {
        switch (kind) {
            case DISCARDED -> figures.discarded.increment();
            case STALE_SERVED -> figures.stale.increment();
            case TIMED_OUT -> figures.timeouts.increment();
            default -> {} // counted where it happens
        }
        reporter.tell(kind);
    }
}
