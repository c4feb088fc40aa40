package io.agentruntime.gcs;

import io.agentruntime.storage.StorageException;
import java.io.IOException;

/** Turns what Google's client throws into the exception of the store's contract. */
final class GcsFailure {

    private GcsFailure() {}

    static StorageException interrupted(String what, String uri, RuntimeException cause) {
        return new StorageException("cannot " + what + " " + uri + ": interrupted", cause, false);
    }

    static StorageException of(String what, String uri, com.google.cloud.storage.StorageException cause) {
        String status = cause.getCode() > 0 ? "status " + cause.getCode() + ", " : "";
        return new StorageException(
                "cannot " + what + " " + uri + ": " + status + firstLine(cause), cause, retryable(cause));
    }

    private static boolean retryable(com.google.cloud.storage.StorageException cause) {
        int code = cause.getCode();
        boolean lostOnTheWay = code <= 0 && cause.getCause() instanceof IOException;
        return lostOnTheWay || code == 408 || code == 429 || code >= 500;
    }

    /** The client appends the request and the body of the answer, which may be long. */
    private static String firstLine(com.google.cloud.storage.StorageException cause) {
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("no message");
    }
}
