package io.agentruntime.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** One bulk computation for several flights: it begins when each of them has either come here or found its value elsewhere. */
final class Batch<K, V> implements Source<K, V> {

    private final TieredCache.BulkLoader<K, V> loader;
    private final ConcurrentLinkedQueue<Flight<K, V>> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger open = new AtomicInteger(1); // keys that are not decided, and whoever gathers them

    Batch(TieredCache.BulkLoader<K, V> loader) {
        this.loader = loader;
    }

    @Override
    public void expected() {
        open.incrementAndGet();
    }

    @Override
    public void spared() {
        Flight<K, V> first = open.decrementAndGet() == 0 ? waiting.peek() : null;
        RejectedExecutionException rejection = first == null ? null : first.tryGo(this::run);
        if (rejection != null) {
            takeAll().forEach(flight -> flight.failed(rejection));
        }
    }

    @Override
    public void compute(Flight<K, V> flight) {
        waiting.add(flight);
        if (open.decrementAndGet() == 0) {
            run();
        }
    }

    private List<Flight<K, V>> takeAll() {
        List<Flight<K, V>> all = new ArrayList<>();
        for (Flight<K, V> next = waiting.poll(); next != null; next = waiting.poll()) {
            all.add(next);
        }
        return all;
    }

    private void run() {
        List<Flight<K, V>> all = takeAll();
        Map<K, V> values;
        try {
            values = loader.load(all.stream().map(flight -> flight.key).collect(Collectors.toUnmodifiableSet()));
        } catch (Throwable e) {
            all.forEach(flight -> flight.failed(e));
            return;
        }
        for (Flight<K, V> flight : all) {
            V value = values.get(flight.key);
            if (value == null) {
                flight.absent(new Flight.Absent());
            } else {
                flight.computed(value);
            }
        }
    }
}
