package io.agentruntime.usage;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps every event, by its id. */
final class MemoryUsageStore implements UsageStore {

    private final Map<UUID, UsageEvent> events = new ConcurrentHashMap<>();

    @Override
    public void store(List<UsageEvent> batch) {
        batch.forEach(event -> events.putIfAbsent(event.id(), event));
    }

    @Override
    public List<UsageTotal> totals() {
        Map<List<String>, UsageTotal> totals = new HashMap<>();
        for (UsageEvent event : events.values()) {
            List<String> owner = List.of(event.organisation(), event.feature());
            UsageTotal none = new UsageTotal(event.organisation(), event.feature(), 0, 0, TokenCounts.ZERO);
            totals.put(owner, totals.getOrDefault(owner, none).plus(event));
        }
        return totals.values().stream()
                .sorted(Comparator.comparing(UsageTotal::organisation).thenComparing(UsageTotal::feature))
                .toList();
    }
}
