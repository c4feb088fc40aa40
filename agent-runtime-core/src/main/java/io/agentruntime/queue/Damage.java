package io.agentruntime.queue;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Counts what was passed over because it is damaged, and says so at its first, second, fourth, eighth … time. Thread-safe. */
final class Damage {

    private static final Logger log = LoggerFactory.getLogger(Journal.class);

    private final AtomicLong times = new AtomicLong();
    private final AtomicLong corruptRecords = new AtomicLong();
    private final AtomicLong tornBytes = new AtomicLong();

    /** Notes what a file turned out to hold; nothing if both are zero. */
    void found(Path file, long records, long bytes) {
        if (records == 0 && bytes == 0) {
            return;
        }
        corruptRecords.addAndGet(records);
        tornBytes.addAndGet(bytes);
        if (Long.bitCount(times.incrementAndGet()) == 1) {
            Level level =
                    records == 0 ? Level.WARN : Level.ERROR; // a killed process may leave half a write, but no more
            log.atLevel(level)
                    .log(
                            "journal file '{}' is damaged: skipping {} records, and {} bytes besides",
                            file,
                            records,
                            bytes);
        }
    }

    long corruptRecords() {
        return corruptRecords.get();
    }

    long tornBytes() {
        return tornBytes.get();
    }
}
