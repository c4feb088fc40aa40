package io.agentruntime.storage;

import io.agentruntime.storage.StorageException.Reason;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/** What the stores of this package throw, in one wording. */
final class Failures {

    private Failures() {}

    static void checkRange(long offset, int length) {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException(
                    "a range of " + length + " bytes at " + offset + " (allowed: 0 or more of both)");
        }
    }

    /** The current version is null if there is no blob of the name. */
    static StorageException refused(String path, Object store, Precondition precondition, @Nullable String current) {
        String found = current == null ? "there is none" : "there is version " + current;
        return new StorageException(
                Reason.PRECONDITION_FAILED,
                "cannot change '" + path + "' in " + store + " " + precondition + ": " + found,
                null);
    }

    static StorageException corrupt(String path, Object store, String why) {
        return new StorageException(
                Reason.CORRUPT, "cannot read '" + path + "' in " + store + ": corrupt, " + why, null);
    }

    /** What the file system says, without the paths it repeats. */
    static StorageException of(String what, Object store, IOException e) {
        String why = e instanceof AccessDeniedException
                ? "permission denied"
                : e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.toString();
        return new StorageException(reason(e), "cannot " + what + " in " + store + ": " + why, e);
    }

    private static Reason reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return Reason.PERMISSION;
        }
        if (e instanceof ClosedByInterruptException || e instanceof FileLockInterruptionException) {
            return Reason.INTERRUPTED;
        }
        boolean inTheWay = e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException;
        return inTheWay ? Reason.INVALID : Reason.UNAVAILABLE;
    }
}
