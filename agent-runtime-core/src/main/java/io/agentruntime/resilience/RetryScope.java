package io.agentruntime.resilience;

import io.agentruntime.context.ContextLocal;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The stretch in which something is being tried, and will be tried again if it fails in certain ways. What is tried inside must not be
 * multiplied by retries of its own. A scope is bound to a thread, goes with the context to other threads, and is over with the call
 * that made it.
 */
final class RetryScope {

    private static final ContextLocal<RetryScope> current = new ContextLocal<>();

    private final @Nullable RetryScope outer;
    private final Predicate<Throwable> repeated;
    private volatile boolean over;

    RetryScope(@Nullable RetryScope outer, Predicate<Throwable> repeated) {
        this.outer = outer;
        this.repeated = repeated;
    }

    /** Finds the innermost scope of this thread that is not over, or null if there is none. */
    static @Nullable RetryScope current() {
        RetryScope scope = current.get();
        while (scope != null && scope.over) {
            scope = scope.outer;
        }
        return scope;
    }

    /** Gives this thread a scope, or none; returns what it had. */
    static @Nullable RetryScope enter(@Nullable RetryScope scope) {
        return current.set(scope);
    }

    /** Says whether a failure is one that this scope, or one around it, answers with another attempt. */
    boolean repeats(Throwable failure) {
        return (!over && repeated.test(failure)) || (outer != null && outer.repeats(failure));
    }

    /** Nothing will be tried again. */
    void end() {
        over = true;
    }
}
