package io.agentruntime.context;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stretch of one thread's work in which a {@link UsageContext} is current. Ends with {@link #close()}.
 *
 * <p>Confined to the thread that opened it. Closing it a second time does nothing. Closing it on another thread does nothing but
 * log a warning: neither thread's context changes. Closing it while scopes opened inside are still open closes those too, with a
 * warning, so that the thread always gets back exactly what it had before.
 */
public final class ContextScope implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ContextScope.class);

    /** The innermost open scope of each thread; the others hang on it by {@link #outer}. */
    private static final ThreadLocal<@Nullable ContextScope> innermost = new ThreadLocal<>();

    private final Thread owner = Thread.currentThread();
    private final @Nullable UsageContext context;
    private final @Nullable ContextScope outer;
    private boolean closed; // read and written by the owner only

    private ContextScope(@Nullable UsageContext context, @Nullable ContextScope outer) {
        this.context = context;
        this.outer = outer;
    }

    static ContextScope open(@Nullable UsageContext context) {
        ContextScope scope = new ContextScope(context, innermost.get());
        innermost.set(scope);
        return scope;
    }

    static @Nullable UsageContext currentContext() {
        ContextScope scope = innermost.get();
        return scope == null ? null : scope.context;
    }

    /** Restores the context that was current when this scope was opened. Never throws. */
    @Override
    public void close() {
        if (Thread.currentThread() != owner) {
            log.warn(
                    "a context scope opened on thread '{}' was closed on '{}': ignored",
                    owner.getName(),
                    Thread.currentThread().getName());
        } else if (!closed) {
            closeInner();
            closed = true;
            restoreOuter();
        }
    }

    private void closeInner() {
        for (ContextScope scope = innermost.get(); scope != null && scope != this; scope = scope.outer) {
            scope.closed = true;
            log.warn("a context scope of {} was left open and is closed by the one around it", scope.context);
        }
    }

    private void restoreOuter() {
        if (outer == null) {
            innermost.remove();
        } else {
            innermost.set(outer);
        }
    }
}
