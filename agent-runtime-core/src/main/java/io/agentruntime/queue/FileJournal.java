package io.agentruntime.queue;

import io.agentruntime.queue.JournalException.Reason;
import io.agentruntime.queue.JournalSync.Batch;
import io.agentruntime.queue.JournalSync.Group;
import io.agentruntime.queue.Segment.Slot;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps records in a folder: appended to the newest of several segments, and deleted with their segment when all in it are
 * acknowledged.
 *
 * <p>Locks, in the order in which they are taken: that of {@link JournalSync}, around a force; {@code files}, around everything that
 * is done with files but appending; the lock of {@link Segments}, around appending one record and around looks at the index.
 *
 * <p>Numbers: a segment is named after the first number in it, and holds fewer than {@link RecordFormat#MAX_RECORDS}. The newest
 * segment is never deleted, and never appended to after a restart. So the number that follows all that it could have held has not
 * been given before, whatever became of its content.
 */
final class FileJournal implements Journal, JournalSync.Target {

    private static final Logger log = LoggerFactory.getLogger(Journal.class);
    private static final int CHUNK = 1_024;

    /** What became of an append; the number is 0 if there was no room for it. */
    private record Appended(long sequence, Group group) {}

    private final JournalSettings settings;
    private final JournalFolder folder;
    private final FolderLock owner;
    private final Damage damage = new Damage();
    private final ReentrantLock files = new ReentrantLock();
    private final JournalFiles content;
    private final JournalSync sync;

    // guarded by the lock of the segments
    private final Segments segments = new Segments();
    private final RecordFormat format = new RecordFormat();
    private @Nullable SegmentWriter writer;
    private Group group = new Group();
    private long next = 1;
    private long visible;
    private boolean closed;

    private FileJournal(JournalSettings settings, JournalFolder folder, FolderLock owner) {
        this.settings = settings;
        this.folder = folder;
        this.owner = owner;
        this.content = new JournalFiles(settings, folder, segments, damage);
        this.sync = new JournalSync(settings.syncEvery(), this);
    }

    static FileJournal open(JournalSettings settings) {
        JournalFolder folder = new JournalFolder(settings.folder(), settings.opener());
        try {
            Files.createDirectories(settings.folder());
            FolderLock owner = FolderLock.take(settings.folder());
            FileJournal journal = new FileJournal(settings, folder, owner);
            boolean loaded = false;
            try {
                journal.load();
                loaded = true;
                return journal;
            } finally {
                if (!loaded) {
                    owner.close();
                }
            }
        } catch (IOException e) {
            throw folder.failure("cannot be opened", e);
        }
    }

    private void load() throws IOException {
        for (long first : folder.segments()) {
            segments.add(SegmentScan.load(folder, first, damage));
            next = first + RecordFormat.MAX_RECORDS;
        }
        visible = next - 1;
        content.sweep();
    }

    @Override
    public long append(byte[] bytes) {
        if (bytes.length > RecordFormat.MAX_PAYLOAD) {
            throw new IllegalArgumentException(
                    "a record of more than " + RecordFormat.MAX_PAYLOAD + " bytes: " + bytes.length);
        }
        try {
            Appended appended = tryAppend(bytes);
            while (appended.sequence() == 0) {
                makeRoom(bytes.length);
                appended = tryAppend(bytes);
            }
            if (sync.beforeReturn()) {
                sync.await(appended.group());
            }
            return appended.sequence();
        } catch (IOException e) {
            throw folder.failure("cannot append", e);
        }
    }

    private Appended tryAppend(byte[] bytes) throws IOException {
        int length = RecordFormat.RECORD_HEAD + bytes.length;
        segments.lock().lock();
        try {
            ensureOpen();
            if (!hasRoom(length)) {
                return new Appended(0, group);
            }
            long sequence = next++;
            SegmentWriter target = writerFor(sequence, length);
            target.append(sequence, bytes);
            segments.appended(length);
            visible = sync.beforeReturn() ? visible : sequence;
            if (group.join(sequence)) {
                sync.begun();
            }
            return new Appended(sequence, group);
        } finally {
            segments.lock().unlock();
        }
    }

    private boolean hasRoom(int length) {
        return segments.bytes() + length + RecordFormat.FILE_HEAD <= settings.room();
    }

    private SegmentWriter writerFor(long sequence, int length) throws IOException {
        SegmentWriter newest = writer;
        if (newest != null && newest.takes(sequence, length, settings.segmentBytes())) {
            return newest;
        }
        return roll(sequence);
    }

    /** Begins a new segment. The one before is forced first, so that only the newest can hold what is not. */
    private SegmentWriter roll(long first) throws IOException {
        retireWriter();
        Segment segment = Segment.empty(first);
        SegmentWriter newWriter = new SegmentWriter(segment, folder.create(first), format);
        segments.add(segment);
        writer = newWriter;
        return newWriter;
    }

    private void retireWriter() throws IOException {
        if (writer != null) {
            writer.retire(sync.isOn());
            writer = null;
        }
    }

    /** Gives space back; throws if there is none to give. */
    private void makeRoom(int payload) throws IOException {
        int length = RecordFormat.RECORD_HEAD + payload;
        files.lock();
        try {
            content.sweep();
            while (!segments.look(() -> hasRoom(length))) {
                if (!content.makeRoom(active()) && !retireSparseWriter()) {
                    throw full(length);
                }
            }
        } finally {
            files.unlock();
        }
    }

    private @Nullable Segment active() {
        return segments.look(() -> writer == null ? null : writer.segment());
    }

    private boolean retireSparseWriter() throws IOException {
        segments.lock().lock();
        try {
            boolean sparse = writer != null && Segments.isSparse(writer.segment());
            if (sparse) {
                retireWriter();
            }
            return sparse;
        } finally {
            segments.lock().unlock();
        }
    }

    private JournalException full(int length) {
        String message = String.format(
                "journal '%s' is full: a record of %d bytes, %d bytes in %d records, and %d bytes allowed with %d kept free",
                folder.path(), length, bytes(), size(), settings.maxBytes(), settings.segmentBytes());
        return new JournalException(Reason.FULL, message, null);
    }

    private long bytes() {
        return segments.look(segments::bytes);
    }

    @Override
    public Batch nextBatch() {
        return segments.look(() -> {
            Group ending = group;
            group = new Group();
            return new Batch(writer, ending);
        });
    }

    @Override
    public void ended(Group ended, boolean forced) {
        if (forced) {
            segments.change(() -> {
                visible = Math.max(visible, ended.last());
            });
        } else { // those who appended are told so: it must not come again
            forget(LongStream.rangeClosed(ended.first(), ended.last()).toArray());
        }
    }

    @Override
    public void acknowledge(Collection<Long> sequences) {
        forget(sequences.stream().mapToLong(Long::longValue).sorted().toArray());
    }

    private void forget(long[] sequences) {
        files.lock();
        try {
            segments.change(() -> {
                ensureOpen();
                segments.forget(sequences);
            });
            IOException failure = writeAcknowledgements();
            content.sweep();
            content.tidy(active());
            if (failure != null && !segments.look(segments::unwritten).isEmpty()) {
                throw folder.failure("cannot write down what was acknowledged", failure);
            }
        } finally {
            files.unlock();
        }
    }

    /** Gives the failure rather than throw it: a segment that is deleted next needs no acknowledgements. */
    private @Nullable IOException writeAcknowledgements() {
        try {
            content.writeAcknowledgements();
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    @Override
    public List<Entry> read(long after, int limit) {
        requireLimit(limit);
        List<Entry> entries = new ArrayList<>();
        files.lock();
        try {
            List<Slot> slots = slots(after, limit);
            while (!slots.isEmpty()) {
                entries.addAll(content.read(slots));
                slots = slots(slots.get(slots.size() - 1).sequence(), limit - entries.size());
            }
            return entries;
        } catch (IOException e) {
            throw folder.failure("cannot be read", e);
        } finally {
            files.unlock();
        }
    }

    static void requireLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit < 1: " + limit);
        }
    }

    private List<Slot> slots(long after, int limit) {
        return segments.look(() -> {
            ensureOpen();
            return segments.slots(Math.max(0, after), visible, Math.min(limit, CHUNK));
        });
    }

    private void ensureOpen() {
        if (closed) {
            throw new JournalException(Reason.CLOSED, "journal '" + folder.path() + "' is closed", null);
        }
    }

    @Override
    public long size() {
        return segments.look(segments::live);
    }

    @Override
    public Statistics statistics() {
        return segments.look(() -> new Statistics(
                segments.live(), segments.count(), segments.bytes(), damage.corruptRecords(), damage.tornBytes()));
    }

    @Override
    public void close() {
        sync.stop(() -> {
            files.lock();
            try {
                segments.change(this::closeFiles);
            } finally {
                files.unlock();
            }
        });
    }

    private void closeFiles() {
        if (closed) {
            return;
        }
        closed = true;
        try (FolderLock last = owner;
                JournalFiles second = content;
                Closeable first = this::closeWriter) {
            content.writeAcknowledgements();
        } catch (IOException e) {
            log.error("journal '{}' could not be closed in order; what was appended is kept", folder.path(), e);
        }
    }

    private void closeWriter() throws IOException {
        SegmentWriter last = writer;
        try {
            retireWriter();
        } finally {
            if (last != null) {
                last.close();
            }
        }
    }
}
