package io.agentruntime.queue;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The checked settings of a journal in a folder; {@code syncEvery} is null if nothing is ever forced, zero for every record. */
record JournalSettings(
        Path folder,
        int segmentBytes,
        long maxBytes,
        @Nullable Duration syncEvery,
        JournalFile.Opener opener) {

    /** What appends may fill: the rest is for the copy of a segment that is written anew. */
    long room() {
        return maxBytes - segmentBytes;
    }
}
