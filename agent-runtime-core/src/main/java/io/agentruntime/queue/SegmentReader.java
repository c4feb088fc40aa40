package io.agentruntime.queue;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads records, one segment after another, some at a time. Not thread-safe. */
final class SegmentReader {

    private static final int WINDOW = 64 * 1024;
    private static final RecordWindow NOTHING = new RecordWindow(0, 0, new byte[0], 0);

    private final JournalFolder folder;
    private byte[] buffer = new byte[0];
    private @Nullable JournalFile file;
    private long fileOf;
    private RecordWindow window = NOTHING;

    SegmentReader(JournalFolder folder) {
        this.folder = folder;
    }

    /** Forgets what was read ahead: a segment may have grown since. */
    void refresh() {
        window = NOTHING;
    }

    /** Reads a record's payload; null if it is damaged. */
    byte @Nullable [] read(Segment.Slot slot) throws IOException {
        if (!holds(slot)) {
            fill(slot);
        }
        int at = (int) (slot.place() - window.start());
        boolean whole = window.hasHead(at)
                && window.sequence(at) == slot.sequence()
                && window.recordLength(at) == slot.length()
                && window.hasRecord(at);
        return whole ? window.payload(at) : null;
    }

    private boolean holds(Segment.Slot slot) {
        return window.segment() == slot.segment().first()
                && window.start() <= slot.place()
                && slot.place() + (long) slot.length() <= window.start() + window.length();
    }

    private void fill(Segment.Slot slot) throws IOException {
        JournalFile source = file(slot.segment().first());
        int wanted = Math.max(WINDOW, slot.length());
        if (buffer.length < wanted || buffer.length > 16 * wanted) {
            buffer = new byte[wanted];
        }
        int length = source.read(slot.place(), buffer, wanted);
        window = new RecordWindow(slot.segment().first(), slot.place(), buffer, length);
    }

    private JournalFile file(long segment) throws IOException {
        if (file == null || fileOf != segment) {
            close();
            file = folder.openRecords(segment);
            fileOf = segment;
        }
        return file;
    }

    /** Lets go of a file that is about to be replaced or deleted. */
    void release(long segment) throws IOException {
        if (fileOf == segment) {
            close();
        }
    }

    void close() throws IOException {
        JournalFile open = file;
        file = null;
        refresh();
        if (open != null) {
            open.close();
        }
    }
}
