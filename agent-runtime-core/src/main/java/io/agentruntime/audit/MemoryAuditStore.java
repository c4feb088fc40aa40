package io.agentruntime.audit;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps every entry, by its id. */
final class MemoryAuditStore implements AuditStore {

    private final ReentrantLock lock = new ReentrantLock(); // guards entries: a batch is stored whole
    private final Map<UUID, AuditEntry> entries = new LinkedHashMap<>();

    @Override
    public void store(List<AuditEntry> batch) {
        List<AuditEntry> whole = List.copyOf(batch);
        lock.lock();
        try {
            whole.forEach(entry -> entries.putIfAbsent(entry.id(), entry));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<AuditEntry> entries(String organisation) {
        lock.lock();
        try {
            return entries.values().stream()
                    .filter(entry -> entry.organisation().equals(organisation))
                    .sorted(Comparator.comparing(AuditEntry::at))
                    .toList();
        } finally {
            lock.unlock();
        }
    }
}
