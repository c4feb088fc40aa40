package io.agentruntime.gcs;

import io.agentruntime.storage.StorageException;
import io.agentruntime.storage.StorageException.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** Turns what Google's client throws into the exception of the store's contract. */
final class GcsFailure {

    private GcsFailure() {}

    static StorageException interrupted(String what, String uri, RuntimeException cause) {
        return new StorageException(Reason.INTERRUPTED, "cannot " + what + " " + uri + ": interrupted", cause);
    }

    static StorageException corrupt(String uri, String why) {
        return new StorageException(Reason.CORRUPT, "cannot read " + uri + ": corrupt, " + why, null);
    }

    /** A bucket without versioning keeps the current generation only. */
    static StorageException gone(String uri, Exception cause) {
        return new StorageException(
                Reason.UNAVAILABLE, "cannot read " + uri + ": it was replaced or removed while it was read", cause);
    }

    static StorageException of(String what, String uri, Exception failure) {
        com.google.cloud.storage.StorageException client =
                find(com.google.cloud.storage.StorageException.class, failure);
        int status = client == null ? 0 : client.getCode();
        String said = status > 0 ? "status " + status + ", " : "";
        return new StorageException(
                reason(status, failure), "cannot " + what + " " + uri + ": " + said + firstLine(failure), failure);
    }

    /** Gives the HTTP status that a failure goes back to, or 0 if it goes back to none. */
    static int status(Exception failure) {
        com.google.cloud.storage.StorageException client =
                find(com.google.cloud.storage.StorageException.class, failure);
        return client == null ? 0 : Math.max(0, client.getCode());
    }

    private static Reason reason(int status, Exception failure) {
        StorageException ours = find(StorageException.class, failure);
        if (ours != null) {
            return ours.reason();
        }
        return switch (status) {
            case 401, 403 -> Reason.PERMISSION;
            case 412 -> Reason.PRECONDITION_FAILED;
            case 408, 504 -> Reason.TIMEOUT;
            case 429 -> Reason.UNAVAILABLE;
            default -> status >= 500 ? Reason.UNAVAILABLE : status >= 400 ? Reason.INVALID : lost(failure);
        };
    }

    /** There was no answer, or no whole one, or not the right one. */
    private static Reason lost(Exception failure) {
        boolean timeout = find(SocketTimeoutException.class, failure) != null;
        boolean interrupted = !timeout && find(InterruptedIOException.class, failure) != null;
        IOException onTheWay = find(IOException.class, failure);
        if (interrupted || Thread.currentThread().isInterrupted()) {
            return Reason.INTERRUPTED;
        }
        if (onTheWay != null && isMismatch(failure)) {
            return Reason.CORRUPT;
        }
        return timeout ? Reason.TIMEOUT : onTheWay != null ? Reason.UNAVAILABLE : Reason.INVALID;
    }

    /** The client compares checksums too, and hides the type that says so. */
    private static boolean isMismatch(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getClass().getSimpleName().equals("ChecksumMismatchException")) {
                return true;
            }
        }
        return false;
    }

    private static <T extends Throwable> @Nullable T find(Class<T> type, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
        }
        return null;
    }

    /** The client appends the request and the body of the answer, which may be long. */
    private static String firstLine(Exception failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("no message");
    }
}
