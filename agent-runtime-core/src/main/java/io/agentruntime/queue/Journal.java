package io.agentruntime.queue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/**
 * Keeps records until they are acknowledged, also beyond the life of the process. A record is known by its sequence number, which
 * grows with every append and is never given twice, not even after a restart.
 *
 * <p>Thread-safe. One journal belongs to one queue, which closes it.
 */
public interface Journal extends AutoCloseable {

    /**
     * A record that is kept.
     *
     * @param sequence its number, 1 or more
     * @param bytes what was appended, read-only
     */
    record Entry(long sequence, ByteBuffer bytes) {}

    /**
     * The figures of a journal at one moment. Immutable and thread-safe.
     *
     * @param unacknowledged records that are kept
     * @param segments files that hold records
     * @param bytes what all its files take
     * @param corruptRecords damaged records that were passed over since it was opened
     * @param tornBytes bytes that belong to no record, such as those of a write that the end of the machine cut off
     */
    record Statistics(long unacknowledged, int segments, long bytes, long corruptRecords, long tornBytes) {}

    /**
     * Describes a journal in a folder of its own.
     *
     * @param folder the folder; made if it does not exist
     * @return a builder
     */
    static FileJournalBuilder inDirectory(Path folder) {
        return new FileJournalBuilder(folder);
    }

    /**
     * Makes a journal that lives and dies with the process, for tests.
     *
     * @return the journal
     */
    static Journal inMemory() {
        return new MemoryJournal();
    }

    /**
     * Keeps a record.
     *
     * @param bytes what to keep; copied
     * @return its sequence number; the record outlives the process from now on
     * @throws JournalException if the journal is full, closed or cannot be written; nothing is kept then
     */
    long append(byte[] bytes);

    /**
     * Forgets records, in whatever order they were appended. Numbers that are unknown, or were acknowledged before, are ignored.
     *
     * @param sequences what append returned
     * @throws JournalException if it could not be written down: the records may come again after a restart
     */
    void acknowledge(Collection<Long> sequences);

    /**
     * Reads the records that are not acknowledged, in the order of their numbers. A record that is damaged is passed over, and counted.
     *
     * @param after the number after which to begin; 0 for the first
     * @param limit how many to read at most, 1 or more
     * @return the records; empty if there are no more
     * @throws JournalException if the journal is closed or cannot be read
     */
    List<Entry> read(long after, int limit);

    /**
     * Tells how many records are not acknowledged.
     *
     * @return the records that a restart would find
     */
    long size();

    /**
     * Tells the figures.
     *
     * @return the figures of this moment; zero for what a journal does not have
     */
    default Statistics statistics() {
        return new Statistics(size(), 0, 0, 0, 0);
    }

    /** Lets go of what is open. Nothing that was kept is lost by it. */
    @Override
    void close();
}
