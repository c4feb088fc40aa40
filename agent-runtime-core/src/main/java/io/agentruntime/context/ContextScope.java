package io.agentruntime.context;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stretch of one thread's work in which a {@link UsageContext} is current. Ends with {@link #close()}.
 *
 * <p>Confined to the thread, and to the task, that opened it. Closing it a second time does nothing. Closing it on another thread, or
 * in a task that it was handed to, does nothing but log a warning: no context changes. Closing it while scopes opened inside are
 * still open closes those too, with a warning, so that the thread always gets back exactly what it had before.
 */
public final class ContextScope implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ContextScope.class);

    private final ContextFrame frame;
    private final @Nullable UsageContext before;
    private final @Nullable ContextScope outer;
    private boolean closed; // read and written by the owner only

    private ContextScope(ContextFrame frame) {
        this.frame = frame;
        this.before = frame.context;
        this.outer = frame.innermost;
    }

    static ContextScope open(@Nullable UsageContext context) {
        ContextFrame frame = ContextFrame.current();
        ContextScope scope = new ContextScope(frame);
        frame.context = context;
        frame.innermost = scope;
        return scope;
    }

    /** Restores the context that was current when this scope was opened. Never throws. */
    @Override
    public void close() {
        if (ContextFrame.current() != frame) {
            log.warn("a context scope was closed on thread '{}', which did not open it: ignored", threadName());
        } else if (!closed && isOpenInThisTask()) {
            frame.closeScopesInside(this);
            closed = true;
            frame.context = before;
            frame.innermost = outer;
        }
    }

    private boolean isOpenInThisTask() {
        for (ContextScope scope = frame.innermost; scope != null; scope = scope.outer) {
            if (scope == this) {
                return true;
            }
        }
        log.warn("a context scope was closed by a task on thread '{}' that did not open it: ignored", threadName());
        return false;
    }

    private static String threadName() {
        return Thread.currentThread().getName();
    }

    @Nullable
    ContextScope outer() {
        return outer;
    }

    void markClosed() {
        closed = true;
    }
}
