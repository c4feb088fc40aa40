package io.agentruntime.resilience;

import io.agentruntime.context.ContextLocal;
import org.jspecify.annotations.Nullable;

/**
 * The stretch in which something is being tried, and will be tried again if it fails. What is tried inside must not be multiplied by
 * retries of its own. A scope is bound to a thread, goes with the context to other threads, and is over with the call that made it.
 */
final class RetryScope {

    private static final ContextLocal<RetryScope> current = new ContextLocal<>();

    private volatile boolean over;

    /** Says whether what this thread does is part of an attempt that is repeated if it fails. */
    static boolean inside() {
        RetryScope scope = current.get();
        return scope != null && !scope.over;
    }

    /** Finds the scope of this thread, or null if there is none that is not over. */
    static @Nullable RetryScope current() {
        RetryScope scope = current.get();
        return scope == null || scope.over ? null : scope;
    }

    /** Gives this thread a scope, or none; returns what it had. */
    static @Nullable RetryScope enter(@Nullable RetryScope scope) {
        return current.set(scope);
    }

    /** Nothing will be tried again. */
    void end() {
        over = true;
    }
}
