package io.agentruntime.storage;

import io.agentruntime.base.AgentRuntimeException;
import org.jspecify.annotations.Nullable;

/** Thrown when a {@link BlobStore} cannot do what it was asked. */
public final class StorageException extends AgentRuntimeException {

    private static final long serialVersionUID = 1L;

    /** Whether the same call may succeed a little later. */
    private final boolean retryable;

    /**
     * Makes an exception.
     *
     * @param message what failed, on which blob or folder, and why
     * @param cause what went wrong below, or null
     * @param retryable whether the same call may succeed a little later
     */
    public StorageException(String message, @Nullable Throwable cause, boolean retryable) {
        super(message, cause);
        this.retryable = retryable;
    }

    @Override
    public boolean retryable() {
        return retryable;
    }
}
