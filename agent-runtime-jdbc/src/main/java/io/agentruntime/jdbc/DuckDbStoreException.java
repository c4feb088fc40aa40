package io.agentruntime.jdbc;

import io.agentruntime.base.AgentRuntimeException;
import org.jspecify.annotations.Nullable;

/** Thrown when a store in a DuckDB file cannot do what it was asked. Says which one in its message, which is a single line. */
public final class DuckDbStoreException extends AgentRuntimeException {

    private static final long serialVersionUID = 1L;

    /** Whether the same call may succeed a little later. */
    private final boolean retryable;

    DuckDbStoreException(String message, @Nullable Throwable cause, boolean retryable) {
        super(message, cause);
        this.retryable = retryable;
    }

    /**
     * Says whether the same call may succeed a little later: true if something outside stood in the way, such as another process that
     * has the file open, false if the file or the data cannot be used at all.
     */
    @Override
    public boolean retryable() {
        return retryable;
    }
}
