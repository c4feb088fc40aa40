package io.agentruntime.usage;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps every event, by its id. */
final class MemoryUsageStore implements UsageStore {

    private final ReentrantLock lock = new ReentrantLock(); // guards events: a batch is stored whole
    private final Map<UUID, UsageEvent> events = new HashMap<>();

    @Override
    public void store(List<UsageEvent> batch) {
        List<UsageEvent> whole = List.copyOf(batch);
        lock.lock();
        try {
            whole.forEach(event -> events.putIfAbsent(event.id(), event));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<UsageTotal> totals() {
        lock.lock();
        try {
            return sum(events.values());
        } finally {
            lock.unlock();
        }
    }

    private static List<UsageTotal> sum(Collection<UsageEvent> events) {
        Map<List<String>, UsageTotal> totals = new HashMap<>();
        for (UsageEvent event : events) {
            List<String> owner = List.of(event.organisation(), event.feature());
            UsageTotal none = UsageTotal.none(event.organisation(), event.feature());
            totals.put(owner, totals.getOrDefault(owner, none).plus(event));
        }
        return totals.values().stream()
                .sorted(Comparator.comparing(UsageTotal::organisation).thenComparing(UsageTotal::feature))
                .toList();
    }
}
