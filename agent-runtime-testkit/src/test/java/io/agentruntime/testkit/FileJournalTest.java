package io.agentruntime.testkit;

import io.agentruntime.queue.Journal;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class FileJournalTest extends JournalContract {

    @TempDir
    private Path folder;

    @Override
    protected Journal create() {
        return Journal.inDirectory(folder.resolve("journal")).open();
    }

    /** The same with so small segments that they come and go, and that sparse ones are written anew. */
    @Nested
    class SmallSegments extends JournalContract {

        @Override
        protected Journal create() {
            return Journal.inDirectory(folder.resolve("small"))
                    .segmentBytes(512)
                    .maxBytes(2 * 1024 * 1024)
                    .open();
        }
    }

    /** The same with records that are on the disk before append returns. */
    @Nested
    class Forced extends JournalContract {

        @Override
        protected Journal create() {
            return Journal.inDirectory(folder.resolve("forced"))
                    .syncEvery(Duration.ZERO)
                    .open();
        }
    }
}
