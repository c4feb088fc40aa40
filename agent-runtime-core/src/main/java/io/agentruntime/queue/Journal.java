package io.agentruntime.queue;

import java.nio.ByteBuffer;
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

    /** Lets go of what is open. Nothing that was kept is lost by it. */
    @Override
    void close();
}
