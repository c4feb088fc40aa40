package io.agentruntime.queue;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that is done with the files of a journal but appending: reading, acknowledging, and giving space back, by deleting
 * segments of which nothing is wanted and writing those anew of which little is. One at a time; appends go on meanwhile.
 */
final class JournalFiles implements Closeable {

    private static final Logger log = LoggerFactory.getLogger(Journal.class);

    /** Garbage is left alone up to so many segments: what is acknowledged in about the order of its numbers goes by itself. */
    private static final int TOLERATED_SEGMENTS = 2;

    private final JournalSettings settings;
    private final JournalFolder folder;
    private final Segments segments;
    private final Damage damage;
    private final SegmentReader reader;
    private final RecordFormat format = new RecordFormat();
    private long failures;

    JournalFiles(JournalSettings settings, JournalFolder folder, Segments segments, Damage damage) {
        this.settings = settings;
        this.folder = folder;
        this.segments = segments;
        this.damage = damage;
        this.reader = new SegmentReader(folder);
    }

    /** Reads records; those that are damaged are left out, and looked at no more. */
    List<Journal.Entry> read(List<Segment.Slot> slots) throws IOException {
        reader.refresh();
        List<Journal.Entry> entries = new ArrayList<>();
        for (Segment.Slot slot : slots) {
            byte[] payload = payload(slot);
            if (payload != null) {
                entries.add(new Journal.Entry(
                        slot.sequence(), ByteBuffer.wrap(payload).asReadOnlyBuffer()));
            } else {
                segments.change(() -> segments.drop(slot));
            }
        }
        return entries;
    }

    private byte @Nullable [] payload(Segment.Slot slot) throws IOException {
        byte[] payload = reader.read(slot);
        if (payload == null) {
            damage.found(folder.records(slot.segment().first()), 1, 0);
        }
        return payload;
    }

    /** Writes down what has been forgotten, as far as its segment is still there after {@link #sweep}. */
    void writeAcknowledgements() throws IOException {
        IOException failure = null;
        for (Segment segment : segments.look(segments::unwritten)) {
            try {
                write(segment);
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void write(Segment segment) throws IOException {
        byte[] bytes = Acknowledgement.encode(segment.first(), Acknowledgement.of(segment.unwritten()));
        long at = segment.acknowledgementBytes();
        folder.writeAcknowledgements(segment.first(), at, bytes);
        segments.change(() -> {
            segment.acknowledged(at + bytes.length);
            segments.resized(bytes.length);
        });
    }

    /** Deletes the segments of which nothing is wanted. */
    void sweep() {
        for (Segment segment : segments.look(segments::done)) {
            try {
                reader.release(segment.first());
                folder.delete(segment.first());
                segments.change(() -> segments.remove(segment));
            } catch (IOException e) {
                warn("could not delete a segment that is done", e);
            }
        }
    }

    /** Writes segments anew until garbage is in proportion to what is wanted. The given one, which is appended to, is left alone. */
    void tidy(@Nullable Segment active) {
        while (segments.look(this::isWasteful) && makeRoom(active)) {
            sweep();
        }
    }

    private boolean isWasteful() {
        long garbage = segments.garbage();
        long wanted = segments.bytes() - garbage;
        return segments.bytes() > settings.room()
                || garbage > Math.max(wanted, (long) TOLERATED_SEGMENTS * settings.segmentBytes());
    }

    /** Writes the sparsest segment anew; false if there is none that is worth it, or if it failed. */
    boolean makeRoom(@Nullable Segment active) {
        Optional<Segment> sparsest = segments.look(() -> segments.sparsest(active));
        if (sparsest.isEmpty()) {
            return false;
        }
        try {
            writeAnew(sparsest.get());
            return true;
        } catch (IOException e) {
            warn("could not write a sparse segment anew", e);
            return false;
        }
    }

    private void writeAnew(Segment segment) throws IOException {
        long first = segment.first();
        RecordIndex index = new RecordIndex();
        byte[] content = wanted(segment, index);
        reader.release(first);
        folder.replace(first, content);
        segments.change(() -> {
            segments.remove(segment);
            segment.replaced(index, content.length);
            segments.add(segment);
        });
        folder.deleteAcknowledgements(first);
        segments.change(() -> {
            segments.resized(-segment.acknowledgementBytes());
            segment.acknowledged(0);
        });
    }

    private byte[] wanted(Segment segment, RecordIndex index) throws IOException {
        List<Segment.Slot> slots = segments.look(() -> segment.slots(0, Long.MAX_VALUE, Integer.MAX_VALUE));
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.write(RecordFormat.fileHead(RecordFormat.VERSION));
        reader.refresh();
        for (Segment.Slot slot : slots) {
            byte[] payload = payload(slot);
            if (payload != null) {
                int length = format.encode(segment.first(), content.size(), slot.sequence(), payload);
                index.add((int) (slot.sequence() - segment.first()), content.size(), length);
                content.write(format.encoded(), RecordFormat.encodedFrom(), length);
            }
        }
        return content.toByteArray();
    }

    private void warn(String what, IOException e) {
        if (Long.bitCount(++failures) == 1) {
            log.warn("journal '{}' {} ({} failures so far)", folder.path(), what, failures, e);
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
