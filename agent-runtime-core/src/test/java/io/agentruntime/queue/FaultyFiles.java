package io.agentruntime.queue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Real files on a disk that is full, or fails, when a test says so. */
final class FaultyFiles implements JournalFile.Opener {

    /** How many bytes may still be written, by one thread; what does not fit is written in part. */
    long room = Long.MAX_VALUE;

    volatile boolean truncateFails;
    volatile boolean forceFails;

    /** A force takes one, if there are any to take from. */
    volatile @Nullable Semaphore forcePermits;

    final AtomicInteger forces = new AtomicInteger();
    final AtomicInteger open = new AtomicInteger();

    @Override
    public JournalFile open(Path path, boolean writable) throws IOException {
        JournalFile file = DiskFile.open(path, writable);
        open.incrementAndGet();
        return new Faulty(file);
    }

    private final class Faulty implements JournalFile {
        private final JournalFile file;
        private boolean closed;

        Faulty(JournalFile file) {
            this.file = file;
        }

        @Override
        public void append(byte[] bytes, int from, int length) throws IOException {
            int fits = (int) Math.min(length, room);
            file.append(bytes, from, fits);
            room -= room == Long.MAX_VALUE ? 0 : fits;
            if (fits < length) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public int read(long position, byte[] into, int length) throws IOException {
            return file.read(position, into, length);
        }

        @Override
        public void truncate(long size) throws IOException {
            if (truncateFails) {
                throw new IOException("Input/output error");
            }
            file.truncate(size);
        }

        @Override
        public void force() throws IOException {
            forces.incrementAndGet();
            if (forcePermits != null) {
                forcePermits.acquireUninterruptibly();
            }
            if (forceFails) {
                throw new IOException("Input/output error");
            }
            file.force();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
            }
            file.close();
        }
    }
}
