package io.agentruntime.queue;

import java.io.IOException;

/** Appends to the newest segment. Guarded by the lock of its journal, but for {@link #force}. */
final class SegmentWriter {

    private final Segment segment;
    private final JournalFile file;
    private final RecordFormat format;
    private volatile boolean broken;
    private volatile boolean retired;

    SegmentWriter(Segment segment, JournalFile file, RecordFormat format) {
        this.segment = segment;
        this.file = file;
        this.format = format;
    }

    Segment segment() {
        return segment;
    }

    /** Tells if a record belongs here: a segment has a bound, unless one record alone is larger, and so have its numbers. */
    boolean takes(long sequence, int length, int segmentBytes) {
        boolean empty = segment.size() == RecordFormat.FILE_HEAD;
        return !broken
                && (empty || segment.size() + length <= segmentBytes)
                && sequence - segment.first() < RecordFormat.MAX_RECORDS;
    }

    /** Writes a record; one that could not be written whole is taken back. */
    void append(long sequence, byte[] payload) throws IOException {
        int length = format.encode(segment.first(), segment.size(), sequence, payload);
        boolean written = false;
        try {
            file.append(format.encoded(), RecordFormat.encodedFrom(), length);
            written = true;
        } finally {
            if (!written) {
                takeBack();
            }
        }
        segment.added(sequence, length);
    }

    private void takeBack() throws IOException {
        broken = true;
        file.truncate(segment.size());
        broken = false;
    }

    /** Forces what was appended to the disk. After a failure the system may have dropped it, so the file is not used any further. */
    void force() throws IOException {
        boolean forced = false;
        try {
            file.force();
            forced = true;
        } catch (IOException e) {
            forced = retired; // closed by another thread, which had forced it
            if (!forced) {
                throw e;
            }
        } finally {
            broken |= !forced;
        }
    }

    /** Ends the writing: everything is forced, if that is wanted at all. */
    void retire(boolean force) throws IOException {
        if (force) {
            force();
        }
        retired = true;
        file.close();
    }

    void close() throws IOException {
        file.close();
    }
}
