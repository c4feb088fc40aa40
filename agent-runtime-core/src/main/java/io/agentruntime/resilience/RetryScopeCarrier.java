package io.agentruntime.resilience;

import io.agentruntime.context.ContextCarrier;
import org.jspecify.annotations.Nullable;

/**
 * Lets work that an attempt hands to other threads know that it is part of an attempt: retries inside of retries would multiply. Found
 * by {@link java.util.ServiceLoader}; nothing to call. Thread-safe.
 */
public final class RetryScopeCarrier implements ContextCarrier {

    /** For {@link java.util.ServiceLoader}. */
    public RetryScopeCarrier() {}

    @Override
    public @Nullable Object capture() {
        return RetryScope.current();
    }

    @Override
    public Runnable install(@Nullable Object captured) {
        RetryScope before = RetryScope.enter((RetryScope) captured);
        return () -> RetryScope.enter(before);
    }
}
