package io.agentruntime.queue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** An open file of a journal. What the tests replace to let a disk be full or broken. */
interface JournalFile extends Closeable {

    /** Opens a file at its beginning; one that is to be written is made if it does not exist. */
    @FunctionalInterface
    interface Opener {
        JournalFile open(Path path, boolean writable) throws IOException;
    }

    /** Writes at the place where the last append or {@link #truncate} ended; the bytes have reached the operating system after it. */
    void append(byte[] bytes, int from, int length) throws IOException;

    /** Reads from a place on, and tells how many bytes there were; fewer than wanted at the end of the file only. */
    int read(long position, byte[] into, int length) throws IOException;

    /** Cuts the file; the next append begins at its end. */
    void truncate(long size) throws IOException;

    /** Returns when everything that was appended has reached the disk. */
    void force() throws IOException;

    /** Tells the length in bytes. */
    long size() throws IOException;
}
