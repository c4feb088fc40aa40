package io.agentruntime.storage;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The folder of the files that are being written, whose name no blob can have: no segment of a name begins with a dot.
 *
 * <p>A writer locks its file. A file that is not locked was left by a process that is gone, and is removed when the folder is opened.
 * The operating system does not tell the locks of one process apart, so the files of this one are known by their names.
 */
final class IncomingFiles {

    private static final String FOLDER = ".incoming";
    private static final String OURS = UUID.randomUUID() + "-"; // of this process

    private final Path folder;

    private IncomingFiles(Path folder) {
        this.folder = folder;
    }

    /** Makes the folder if need be, and finds out whether it can be written to. */
    static IncomingFiles open(Path root) throws IOException {
        IncomingFiles files = new IncomingFiles(root.resolve(FOLDER));
        Files.createDirectories(files.folder);
        files.create().close();
        files.deleteAbandoned();
        return files;
    }

    Path folder() {
        return folder;
    }

    /** Makes a new file, and another one if it was taken for an abandoned one before it was locked. */
    Incoming create() throws IOException {
        while (true) {
            Incoming file = new Incoming(folder.resolve(OURS + UUID.randomUUID()));
            if (file.lock()) {
                return file;
            }
            file.close();
        }
    }

    private void deleteAbandoned() throws IOException {
        for (Path file : files()) {
            deleteUnlessLocked(file);
        }
    }

    private static void deleteUnlessLocked(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, WRITE)) {
            if (channel.tryLock() != null) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            return; // its writer, or another that looks for such files, was faster
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(IncomingFiles::maybeAbandoned).toList();
        }
    }

    private static boolean maybeAbandoned(Path file) {
        String name = String.valueOf(file.getFileName());
        return !name.startsWith(OURS) && !name.startsWith(".");
    }

    /** A file that is being written. Closing it removes it, unless it has been moved away. */
    static final class Incoming implements AutoCloseable {

        private final Path path;
        private final FileChannel channel;

        private Incoming(Path path) throws IOException {
            this.path = path;
            this.channel = FileChannel.open(path, CREATE_NEW, WRITE);
        }

        private boolean lock() throws IOException {
            return channel.tryLock() != null && Files.exists(path);
        }

        FileChannel channel() {
            return channel;
        }

        Path path() {
            return path;
        }

        /** Ends the writing; from here on the disk has the file. It stays locked, or it would be taken for an abandoned one. */
        void finish() throws IOException {
            channel.force(true);
        }

        @Override
        public void close() throws IOException {
            channel.close();
            Files.deleteIfExists(path);
        }
    }
}
