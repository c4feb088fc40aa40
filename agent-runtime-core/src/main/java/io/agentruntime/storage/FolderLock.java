package io.agentruntime.storage;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Lets one change of a folder happen at a time, whatever thread of whatever process makes it. Held only while files are looked at,
 * moved and removed, never while one is written.
 *
 * <p>The operating system's lock is the process's: it does not keep threads apart, and closing any channel on the file gives it up. So a
 * lock of the JVM goes before it. Those are common to all stores, for two stores may have the same folder.
 */
final class FolderLock {

    /** A change. */
    interface Change<T> {
        T make() throws IOException;
    }

    private static final ReentrantLock[] LOCKS =
            IntStream.range(0, 64).mapToObj(i -> new ReentrantLock()).toArray(ReentrantLock[]::new);

    private final Path file;
    private final ReentrantLock lock;

    private FolderLock(Path file, ReentrantLock lock) {
        this.file = file;
        this.lock = lock;
    }

    /** Makes the lock of a folder, by a file that stays. */
    static FolderLock in(Path folder) throws IOException {
        Path file = folder.resolve(".lock");
        FileChannel.open(file, CREATE, WRITE).close();
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        int hash = (key == null ? file.toRealPath() : key).hashCode();
        return new FolderLock(file, LOCKS[Math.floorMod(hash, LOCKS.length)]);
    }

    <T> T hold(Change<T> change) throws IOException {
        lockInterruptibly();
        try (FileChannel channel = FileChannel.open(file, CREATE, WRITE)) {
            var unused = channel.lock(); // given up when the channel is closed
            return change.make();
        } finally {
            lock.unlock();
        }
    }

    private void lockInterruptibly() throws ClosedByInterruptException {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClosedByInterruptException();
        }
    }
}
