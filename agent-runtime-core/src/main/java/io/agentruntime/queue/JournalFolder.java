package io.agentruntime.queue;

import static java.nio.file.StandardOpenOption.READ;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The files of a journal: per segment one of records and one of acknowledgements, named after the segment's first number. */
final class JournalFolder {

    private static final String RECORDS = ".journal";
    private static final String ACKNOWLEDGEMENTS = ".acks";
    private static final String TEMPORARY = ".tmp";
    private static final String NAME = "[0-9]{19}";

    private final Path folder;
    private final JournalFile.Opener opener;

    JournalFolder(Path folder, JournalFile.Opener opener) {
        this.folder = folder;
        this.opener = opener;
    }

    Path path() {
        return folder;
    }

    Path records(long segment) {
        return file(segment, RECORDS);
    }

    Path acknowledgements(long segment) {
        return file(segment, ACKNOWLEDGEMENTS);
    }

    private Path file(long segment, String suffix) {
        return folder.resolve(String.format(Locale.ROOT, "%019d", segment) + suffix);
    }

    /** Lists the segments in their order, and removes what a crash has left between two steps. */
    List<Long> segments() throws IOException {
        List<String> names;
        try (Stream<Path> files = Files.list(folder)) {
            names = files.map(file -> String.valueOf(file.getFileName())).toList();
        }
        for (String name : names) {
            boolean alone = name.matches(NAME + ACKNOWLEDGEMENTS) && !names.contains(name.substring(0, 19) + RECORDS);
            if (alone || name.matches(NAME + TEMPORARY)) {
                Files.delete(folder.resolve(name));
            }
        }
        return names.stream()
                .filter(name -> name.matches(NAME + RECORDS))
                .map(name -> Long.parseLong(name.substring(0, 19)))
                .sorted()
                .toList();
    }

    /**
     * Makes the file of a new segment, to be appended to; leaves none behind if that fails. Its name survives the machine: numbers would
     * come again if it did not.
     */
    JournalFile create(long segment) throws IOException {
        JournalFile file = null;
        try {
            file = write(records(segment), 0, RecordFormat.fileHead(RecordFormat.VERSION));
            force();
            return file;
        } catch (IOException e) {
            if (file != null) {
                file.close();
            }
            Files.deleteIfExists(records(segment));
            throw e;
        }
    }

    /** Opens a file, cuts it and appends to it. */
    private JournalFile write(Path path, long at, byte[] bytes) throws IOException {
        JournalFile file = opener.open(path, true);
        try {
            file.truncate(at);
            file.append(bytes, 0, bytes.length);
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    JournalFile openRecords(long segment) throws IOException {
        return opener.open(records(segment), false);
    }

    byte[] readRecords(long segment) throws IOException {
        return read(records(segment));
    }

    byte[] readAcknowledgements(long segment) throws IOException {
        Path path = acknowledgements(segment);
        return Files.exists(path) ? read(path) : new byte[0];
    }

    private byte[] read(Path path) throws IOException {
        try (JournalFile file = opener.open(path, false)) {
            byte[] bytes = new byte[Math.toIntExact(Math.min(file.size(), Integer.MAX_VALUE - 8))];
            if (file.read(0, bytes, bytes.length) < bytes.length) {
                throw new EOFException(path + " became shorter while it was read");
            }
            return bytes;
        }
    }

    /** Writes acknowledgements down behind the given bytes; what is there of an earlier attempt is overwritten. */
    void writeAcknowledgements(long segment, long at, byte[] bytes) throws IOException {
        write(acknowledgements(segment), at, bytes).close();
    }

    /** Gives a segment other content, in one step. */
    void replace(long segment, byte[] content) throws IOException {
        Path temporary = file(segment, TEMPORARY);
        try {
            try (JournalFile file = write(temporary, 0, content)) {
                file.force();
            }
            Files.move(
                    temporary, records(segment), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Removes the acknowledgements of a segment that was replaced: not before the disk has its new content, or the old comes again. */
    void deleteAcknowledgements(long segment) throws IOException {
        force();
        Files.deleteIfExists(acknowledgements(segment));
    }

    /** Removes a segment. The records go first: acknowledgements alone do no harm. */
    void delete(long segment) throws IOException {
        Files.deleteIfExists(records(segment));
        Files.deleteIfExists(acknowledgements(segment));
    }

    /** Makes new names survive a crash of the machine. Windows has no such call on folders, and needs none. */
    private void force() throws IOException {
        if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            while (!forced()) {
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean forced() throws IOException {
        try (FileChannel channel = FileChannel.open(folder, READ)) {
            channel.force(true);
            return true;
        } catch (ClosedByInterruptException e) {
            return false;
        }
    }

    /** Says in the words of the system what went wrong. */
    JournalException failure(String what, IOException e) {
        String message = "journal '" + folder + "' " + what + ": " + reason(e);
        return new JournalException(JournalException.Reason.FAILED, message, e);
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException exists) {
            return "'" + exists.getFile() + "' is not a folder";
        }
        return e instanceof FileSystemException f && f.getReason() != null
                ? f.getReason()
                : String.valueOf(e.getMessage());
    }
}
