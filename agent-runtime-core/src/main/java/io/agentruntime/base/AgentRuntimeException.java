package io.agentruntime.base;

import org.jspecify.annotations.Nullable;

/**
 * The root of every exception that this library throws on its own account.
 *
 * <p>Each leaf lives beside the type that throws it and names who failed, on what, and with which numbers.
 */
public abstract class AgentRuntimeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception that has no cause of its own.
     *
     * @param message who failed, on what, and what was allowed
     */
    protected AgentRuntimeException(String message) {
        this(message, null);
    }

    /**
     * Makes an exception that passes on its cause.
     *
     * @param message who failed, on what, and what was allowed
     * @param cause what went wrong below, or null
     */
    protected AgentRuntimeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * Says whether the same call may succeed when it is made again, unchanged, a little later.
     *
     * @return true if repeating the call makes sense
     */
    public boolean retryable() {
        return false;
    }
}
