package io.agentruntime.queue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * A file of the operating system.
 *
 * <p>Not a FileChannel: an interrupt of any thread that uses one closes it for all. Not a mapping: a full disk would be an error of
 * the JVM, and the handle would outlive {@link #close}.
 */
final class DiskFile implements JournalFile {

    private final RandomAccessFile file;

    private DiskFile(RandomAccessFile file) {
        this.file = file;
    }

    static DiskFile open(Path path, boolean writable) throws IOException {
        return new DiskFile(new RandomAccessFile(path.toFile(), writable ? "rw" : "r"));
    }

    @Override
    public void append(byte[] bytes, int from, int length) throws IOException {
        file.write(bytes, from, length);
    }

    @Override
    public int read(long position, byte[] into, int length) throws IOException {
        file.seek(position);
        int done = 0;
        while (done < length) {
            int count = file.read(into, done, length - done);
            if (count < 0) {
                break;
            }
            done += count;
        }
        return done;
    }

    @Override
    public void truncate(long size) throws IOException {
        file.setLength(size);
        file.seek(size);
    }

    @Override
    public void force() throws IOException {
        file.getFD().sync();
    }

    @Override
    public long size() throws IOException {
        return file.length();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
