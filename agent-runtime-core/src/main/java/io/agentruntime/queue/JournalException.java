package io.agentruntime.queue;

import io.agentruntime.base.AgentRuntimeException;
import org.jspecify.annotations.Nullable;

/** Thrown when a {@link Journal} cannot do what it was asked. */
public final class JournalException extends AgentRuntimeException {

    private static final long serialVersionUID = 1L;

    /** Why a journal could not do what it was asked. */
    public enum Reason {
        /** It holds as much as it may. */
        FULL,
        /** It was closed. */
        CLOSED,
        /** Another owner has it open. */
        IN_USE,
        /** The storage below failed. */
        FAILED
    }

    /** Why. */
    private final Reason reason;

    /**
     * Makes an exception.
     *
     * @param reason why
     * @param message which journal, what failed, and what was allowed
     * @param cause what went wrong below, or null
     */
    public JournalException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /**
     * Tells why.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    /** True unless the journal was closed: a full one is emptied, and a disk recovers. */
    @Override
    public boolean retryable() {
        return reason != Reason.CLOSED;
    }
}
