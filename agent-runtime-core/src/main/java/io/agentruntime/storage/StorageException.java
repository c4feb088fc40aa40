package io.agentruntime.storage;

import static java.util.Objects.requireNonNull;

import io.agentruntime.base.AgentRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a {@link BlobStore} cannot do what it was asked; {@link #reason} says why, in the same words for every store. That there is
 * no blob of a name is no failure: it is an empty result.
 */
public final class StorageException extends AgentRuntimeException {

    private static final long serialVersionUID = 1L;

    /** Why it failed. */
    private final Reason reason;

    /** Why a store could not do what it was asked. */
    public enum Reason {
        /** There is a blob that was not to be there, or another version than the expected one. */
        PRECONDITION_FAILED(false),
        /** What is stored, or what arrived, is not what was written: cut off, changed, or of another blob. */
        CORRUPT(false),
        /** The storage below does not allow it to this process. */
        PERMISSION(false),
        /** It took longer than it may; whether it was done is not known. */
        TIMEOUT(true),
        /** The storage below is not there, not ready, or full. */
        UNAVAILABLE(true),
        /** It can never be done: the place does not exist, or the storage below refuses the request as such. */
        INVALID(false),
        /** The calling thread was interrupted; its interrupt is still set. */
        INTERRUPTED(false);

        private final boolean retryable;

        Reason(boolean retryable) {
            this.retryable = retryable;
        }

        /**
         * Says whether the same call may succeed a little later.
         *
         * @return true if repeating it makes sense
         */
        public boolean retryable() {
            return retryable;
        }
    }

    /**
     * Makes an exception.
     *
     * @param reason why it failed
     * @param message what failed, on which blob or folder, and why
     * @param cause what went wrong below, or null
     */
    public StorageException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = requireNonNull(reason, "reason");
    }

    /**
     * Tells why it failed.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    @Override
    public boolean retryable() {
        return reason.retryable();
    }
}
