package io.agentruntime.queue;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a folder to one owner: in this process by a set of folders, in others by a lock on a file, which the system lets go when the
 * process dies.
 */
final class FolderLock implements AutoCloseable {

    /**
     * The one thing that journals of a process share: a lock on a file belongs to the process, and closing any handle to the file
     * loses it, so the file must not even be opened for a folder that is taken.
     */
    private static final Set<Path> TAKEN = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    static FolderLock take(Path folder) throws IOException {
        Path real = folder.toRealPath();
        if (!TAKEN.add(real)) {
            throw inUse(real, "this process");
        }
        boolean taken = false;
        try {
            FolderLock lock = new FolderLock(real, lock(real));
            taken = true;
            return lock;
        } finally {
            if (!taken) {
                TAKEN.remove(real);
            }
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        FileChannel channel = FileChannel.open(folder.resolve("lock"), CREATE, WRITE);
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            throw inUse(folder, "this process, under another class loader");
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        if (!locked) {
            throw inUse(folder, "another process");
        }
        return channel;
    }

    private static JournalException inUse(Path folder, String owner) {
        String message = "journal '" + folder + "' is open in " + owner + "; a folder belongs to one journal at a time";
        return new JournalException(JournalException.Reason.IN_USE, message, null);
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            TAKEN.remove(folder);
        }
    }
}
