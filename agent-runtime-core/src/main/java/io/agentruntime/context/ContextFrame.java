package io.agentruntime.context;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is current on one thread. Confined to its thread; made once per thread, so that running a task inside a context allocates
 * nothing.
 */
final class ContextFrame {

    private static final Logger log = LoggerFactory.getLogger(ContextScope.class);
    private static final ThreadLocal<ContextFrame> FRAMES = ThreadLocal.withInitial(ContextFrame::new);

    @Nullable
    UsageContext context;

    /** The innermost open scope since the thread, or the task it runs, began; the others hang on it. */
    @Nullable
    ContextScope innermost;

    static ContextFrame current() {
        return FRAMES.get();
    }

    /** Begins a task that was handed over. What it returns, and the context before, go to {@link #leave}. */
    @Nullable
    ContextScope enter(@Nullable UsageContext carried) {
        ContextScope outer = innermost;
        context = carried;
        innermost = null;
        return outer;
    }

    /** Ends a task that was handed over, and gives the thread back as it was. */
    void leave(@Nullable UsageContext before, @Nullable ContextScope outer) {
        closeScopesInside(null);
        context = before;
        innermost = outer;
    }

    /** Closes the scopes opened inside the given one, or all of the running task, where their code has not. */
    void closeScopesInside(@Nullable ContextScope outer) {
        for (ContextScope scope = innermost; scope != null && scope != outer; scope = scope.outer()) {
            scope.markClosed();
            log.warn("a context scope of {} was left open and is closed by what was around it", context);
        }
    }
}
