package io.agentruntime.queue;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps records in memory, copied on the way in. */
final class MemoryJournal implements Journal {

    private final ConcurrentSkipListMap<Long, ByteBuffer> records = new ConcurrentSkipListMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private long next = 1;
    private volatile boolean closed;

    @Override
    public long append(byte[] bytes) {
        ByteBuffer copy = ByteBuffer.wrap(bytes.clone()).asReadOnlyBuffer();
        lock.lock(); // numbers appear in their order
        try {
            ensureOpen();
            records.put(next, copy);
            return next++;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void acknowledge(Collection<Long> sequences) {
        ensureOpen();
        sequences.forEach(records::remove);
    }

    @Override
    public List<Entry> read(long after, int limit) {
        FileJournal.requireLimit(limit);
        ensureOpen();
        return records.tailMap(after, false).entrySet().stream()
                .limit(limit)
                .map(record -> new Entry(record.getKey(), record.getValue().duplicate()))
                .toList();
    }

    private void ensureOpen() {
        if (closed) {
            throw new JournalException(JournalException.Reason.CLOSED, "journal in memory is closed", null);
        }
    }

    @Override
    public long size() {
        return records.size();
    }

    @Override
    public void close() {
        closed = true;
    }
}
