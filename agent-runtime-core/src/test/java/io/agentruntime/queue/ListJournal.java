package io.agentruntime.queue;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** A journal in memory that can be opened again, as after a restart, and that fails as a test tells it to. */
final class ListJournal implements Journal {

    /** What outlives the process. */
    private record Disk(ReentrantLock lock, TreeMap<Long, byte[]> records, AtomicLong last) {}

    private final Disk disk;
    volatile boolean closed;
    volatile int capacity = Integer.MAX_VALUE;
    volatile BooleanSupplier appendFails = () -> false;
    volatile BooleanSupplier readFails = () -> false;
    volatile BooleanSupplier acknowledgeFails = () -> false;
    volatile Runnable beforeReturn = () -> {}; // of append, when the record has its number

    ListJournal() {
        this(new Disk(new ReentrantLock(), new TreeMap<>(), new AtomicLong()));
    }

    private ListJournal(Disk disk) {
        this.disk = disk;
    }

    /** The journal as the next process finds it. */
    ListJournal reopen() {
        return new ListJournal(disk);
    }

    /** Spoils a record so that it is passed over, although it was counted. */
    void lose(long sequence) {
        disk.records.remove(sequence);
    }

    void put(byte[] record) {
        disk.records.put(disk.last.addAndGet(3), record);
    }

    @Override
    public long append(byte[] bytes) {
        long sequence;
        disk.lock.lock();
        try {
            check(appendFails);
            if (disk.records.size() >= capacity) {
                throw new JournalException(JournalException.Reason.FULL, "full", null);
            }
            sequence = disk.last.addAndGet(1 + disk.last.get() % 3); // with gaps
            disk.records.put(sequence, bytes.clone());
        } finally {
            disk.lock.unlock();
        }
        beforeReturn.run();
        return sequence;
    }

    private void check(BooleanSupplier fails) {
        if (closed) {
            throw new JournalException(JournalException.Reason.CLOSED, "closed", null);
        }
        if (fails.getAsBoolean()) {
            throw new JournalException(JournalException.Reason.FAILED, "asked for", null);
        }
    }

    @Override
    public void acknowledge(Collection<Long> sequences) {
        disk.lock.lock();
        try {
            check(acknowledgeFails);
            sequences.forEach(disk.records::remove);
        } finally {
            disk.lock.unlock();
        }
    }

    @Override
    public List<Entry> read(long after, int limit) {
        disk.lock.lock();
        try {
            check(readFails);
            return disk.records.tailMap(after, false).entrySet().stream()
                    .limit(limit)
                    .map(e ->
                            new Entry(e.getKey(), ByteBuffer.wrap(e.getValue()).asReadOnlyBuffer()))
                    .toList();
        } finally {
            disk.lock.unlock();
        }
    }

    @Override
    public long size() {
        disk.lock.lock();
        try {
            return disk.records.size();
        } finally {
            disk.lock.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
