package io.agentruntime.queue;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Describes a {@link Journal} in a folder. By default it takes at most 1 GiB in segments of 16 MiB, and leaves it to the operating
 * system when its files reach the disk: what was appended outlives the process, even one that is killed, but not the machine. Not
 * thread-safe.
 *
 * <p>The files hold what was appended as it is, not encrypted.
 */
public final class FileJournalBuilder {

    private static final int MIN_SEGMENT = 512;
    private static final int SEGMENTS = 8;

    private final Path folder;
    private int segmentBytes = 16 * 1024 * 1024;
    private long maxBytes = 1024L * 1024 * 1024;
    private @Nullable Duration syncEvery;
    private JournalFile.Opener opener = DiskFile::open;

    FileJournalBuilder(Path folder) {
        this.folder = requireNonNull(folder, "folder");
    }

    /**
     * Sets the size of a file of records. A file is deleted when all its records are acknowledged. A record that is larger has a
     * file of its own.
     *
     * @param bytes 512 to 64 MiB; no more than an eighth of {@link #maxBytes} is used
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public FileJournalBuilder segmentBytes(int bytes) {
        if (bytes < MIN_SEGMENT || bytes > RecordFormat.MAX_SEGMENT) {
            throw new IllegalArgumentException(
                    "segmentBytes is not " + MIN_SEGMENT + " to " + RecordFormat.MAX_SEGMENT + ": " + bytes);
        }
        segmentBytes = bytes;
        return this;
    }

    /**
     * Bounds all files together. Records that are not acknowledged have half of it for sure; more than that as far as
     * acknowledged ones do not lie between them. One segment's worth is kept free for tidying up.
     *
     * @param bytes 4,096 or more
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public FileJournalBuilder maxBytes(long bytes) {
        if (bytes < MIN_SEGMENT * SEGMENTS) {
            throw new IllegalArgumentException("maxBytes < " + MIN_SEGMENT * SEGMENTS + ": " + bytes);
        }
        maxBytes = bytes;
        return this;
    }

    /**
     * Sets how much may be lost if the machine ends without warning. With zero, append returns when the record is on the disk; those
     * who append at the same time share the wait. With more, it is on the disk so much later.
     *
     * @param time zero or more
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public FileJournalBuilder syncEvery(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time is negative: " + time);
        }
        syncEvery = time;
        return this;
    }

    /** Replaces the files of the operating system. */
    FileJournalBuilder files(JournalFile.Opener newOpener) {
        opener = newOpener;
        return this;
    }

    /**
     * Opens the journal, and finds what an earlier one has left in the folder. Damaged records are skipped, logged and counted; the
     * intact ones are all found.
     *
     * @return the journal; its queue, or else the caller, closes it
     * @throws JournalException if another journal has the folder, here or in another process, or if it cannot be read or locked
     */
    public Journal open() {
        int segment = (int) Math.min(segmentBytes, maxBytes / SEGMENTS);
        return FileJournal.open(new JournalSettings(folder, segment, maxBytes, syncEvery, opener));
    }
}
