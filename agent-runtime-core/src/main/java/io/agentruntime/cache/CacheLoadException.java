package io.agentruntime.cache;

import io.agentruntime.base.AgentRuntimeException;

/**
 * Thrown when a {@link TieredCache} has no value for a key: because the computation failed, which is the cause then; because it took
 * too long for the one who waited, with a {@link java.util.concurrent.TimeoutException} as the cause; or because the one who waited was
 * interrupted, with an {@link InterruptedException}.
 */
public final class CacheLoadException extends AgentRuntimeException {

    private static final long serialVersionUID = 1L;

    CacheLoadException(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean retryable() {
        return !(getCause() instanceof AgentRuntimeException cause) || cause.retryable();
    }
}
