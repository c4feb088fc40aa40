package io.agentruntime.cache;

import static java.util.Objects.requireNonNull;

import io.agentruntime.cache.CacheListener.Kind;
import io.agentruntime.cache.Envelope.Stamp;
import io.agentruntime.cache.Packing.Note;
import io.agentruntime.cache.Packing.Packed;
import io.agentruntime.context.ContextSnapshot;
import io.agentruntime.executor.WorkloadExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one search for the value of a key, however many wait for it: the lower tiers in their order, then the computation. Runs on the
 * cache's executor, in the context of the caller who came first, and goes on when nobody waits any more.
 */
final class Flight<K, V> {

    final CacheKey id;
    final K key;
    final long startedAt;
    final CompletableFuture<Held<V>> done = new CompletableFuture<>();

    private final Flights<K, V> flights;
    private final CacheSettings<K, V> settings;
    private final Source<K, V> source;
    private final ContextSnapshot context = ContextSnapshot.capture();
    private final AtomicReference<List<String>> marks = new AtomicReference<>(List.of());
    private volatile @Nullable Held<V> last;

    // of the one thread that is at it
    private Stamp stamp = new Stamp(0, 0);
    private boolean spared = true;
    private @Nullable Claim<K, V> claim;
    private long computingSince;

    /** How a flight ends for whose key a bulk computation made no value. */
    static final class Absent extends Exception {

        private static final long serialVersionUID = 1L;

        Absent() {
            super("the bulk computation made no value for this key");
        }
    }

    Flight(Flights<K, V> flights, CacheKey id, K key, Source<K, V> source) {
        this.flights = flights;
        this.settings = flights.settings;
        this.id = id;
        this.key = key;
        this.source = source;
        this.startedAt = settings.now();
        this.computingSince = startedAt;
    }

    /** Gives it what to fall back on. */
    void fallBackOn(@Nullable Held<V> held) {
        last = held;
    }

    /** The last good value, if there is one that may still be served. */
    @Nullable
    Held<V> last() {
        Held<V> held = last;
        return held != null && held.failure() == null && held.life().alive(settings.now()) ? held : null;
    }

    /**
     * The tags that were invalidated since this began. A value that has one of them must not be kept, nor given to those who came
     * afterwards.
     */
    List<String> marks() {
        return requireNonNull(marks.get());
    }

    void mark(String tag) {
        marks.updateAndGet(tags -> {
            List<String> more = new ArrayList<>(tags);
            more.add(tag);
            return List.copyOf(more);
        });
    }

    /** Begins; every invalidation that the stamp does not know can find this flight already. */
    void start(Stamp now, boolean lowerTiers) {
        stamp = now;
        go(lowerTiers ? () -> look(0) : this::compute);
    }

    boolean isOf(Source<K, V> other) {
        return source == other;
    }

    /** Goes on with a step on the executor. */
    private void go(Runnable step) {
        RejectedExecutionException rejection = tryGo(step);
        if (rejection != null) {
            failed(rejection);
        }
    }

    /** Hands a step to the executor. Returns why it was rejected, or null. */
    @Nullable
    RejectedExecutionException tryGo(Runnable step) {
        Step task = new Step(step);
        try {
            if (settings.host().executor() instanceof WorkloadExecutor workload) {
                CompletableFuture<?> unused =
                        workload.submit(context.wrap(task)).whenComplete((nothing, failure) -> task.ended(failure));
            } else {
                settings.host().executor().execute(context.wrap(task));
            }
            return null;
        } catch (RejectedExecutionException e) {
            return e;
        }
    }

    /** A step of the search. One that a workload accepts and then drops, because it stops, ends the search: nobody else would. */
    private final class Step implements Runnable {

        private final Runnable step;
        private final AtomicBoolean begun = new AtomicBoolean();

        Step(Runnable step) {
            this.step = step;
        }

        @Override
        public void run() {
            if (begun.compareAndSet(false, true)) {
                try {
                    step.run();
                } catch (Throwable e) { // of a host's function for keys, tags, weights or times
                    failed(e);
                }
            }
        }

        void ended(@Nullable Throwable failure) {
            if (failure instanceof CancellationException && begun.compareAndSet(false, true)) {
                failed(new RejectedExecutionException("the workload was stopped", failure));
            }
        }
    }

    private void look(int index) {
        if (index < flights.lower.size()) {
            then(flights.lower.get(index).read(flights.packing.address(id, key)), entry -> {
                if (!landed(index, entry)) {
                    look(index + 1);
                }
            });
        } else if (settings.times().lease() > 0 && source.isForOneKey()) {
            claim = new Claim<>(this, flights);
            claim.begin();
        } else {
            compute();
        }
    }

    /** Goes on with what a tier says, whose calls never fail: at once if it has, else on the executor. */
    <T> void then(CompletableFuture<T> call, Consumer<T> step) {
        if (call.isDone()) {
            step.accept(call.join());
        } else {
            CompletableFuture<Void> unused = call.thenAccept(result -> go(() -> step.accept(result)));
        }
    }

    void compute() {
        spared = false;
        computingSince = settings.now();
        source.compute(this);
    }

    /** Ends with what was found in a tier, if that is fresh. */
    boolean landed(int index, Optional<Envelope> entry) {
        Held<V> held = entry.isEmpty() ? null : flights.packing.open(flights.lower.get(index), key, entry.get());
        if (held != null && held.life().fresh(settings.now())) {
            land(flights.packing.promote(held, entry.get(), index, stamp));
            return true;
        }
        if (held != null && last() == null) {
            last = held;
        }
        return false;
    }

    /** The value has been computed. */
    void computed(V value) {
        try {
            Packed<V> packed = flights.packing.pack(id, key, requireNonNull(value, "the computed value"), stamp);
            flights.loaded(computingSince);
            land(packed);
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void land(Packed<V> packed) {
        if (!flights.publish(this, packed)) {
            flights.report(Kind.DISCARDED);
        }
        end(packed.held());
        CompletableFuture<Void> told = CompletableFuture.completedFuture(null);
        for (Note note : packed.notes()) {
            told = note.tellBehind(); // at last the lowest tier
        }
        releaseAfter(told);
    }

    private void releaseAfter(CompletableFuture<Void> told) {
        if (claim != null) {
            claim.releaseAfter(told);
        }
    }

    /** There is no value: because of the computation, of a function of the host's, or of the executor. */
    void failed(Throwable failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        flights.failed(failure, computingSince);
        Held<V> instead = flights.instead(failure, last());
        if (instead != null && flights.publish(this, new Packed<>(instead, List.of(), true))) {
            end(instead);
        } else {
            absent(failure);
        }
        releaseAfter(CompletableFuture.completedFuture(null));
    }

    /** Ends without a value, and keeps nothing. */
    void absent(Throwable reason) {
        flights.drop(this);
        if (done.completeExceptionally(reason) && spared) {
            source.spared();
        }
    }

    private void end(Held<V> held) {
        if (done.complete(held) && spared) {
            source.spared();
        }
    }
}
