package io.agentruntime.context;

import org.jspecify.annotations.Nullable;

/**
 * The stretch in which a thread runs a task that was handed to it: begins with what was captured, and gives the thread back as it
 * was. Never leaves the method that makes it, so that the compiler need not allocate it.
 */
final class ContextVisit implements AutoCloseable {

    private final ContextFrame frame;
    private final @Nullable UsageContext before;
    private final ContextLocal.@Nullable Value localsBefore;
    private final @Nullable ContextScope outer;
    private final @Nullable Runnable undo;

    private ContextVisit(ContextFrame frame, @Nullable Runnable undo) {
        this.frame = frame;
        this.before = frame.context;
        this.localsBefore = frame.locals;
        this.outer = frame.innermost;
        this.undo = undo;
    }

    static ContextVisit begin(
            @Nullable UsageContext context,
            ContextLocal.@Nullable Value locals,
            @Nullable Object @Nullable [] carried) {
        ContextFrame frame = ContextFrame.current();
        ContextVisit visit = new ContextVisit(frame, Carriers.install(carried));
        frame.context = context;
        frame.locals = locals;
        frame.innermost = null;
        return visit;
    }

    @Override
    public void close() {
        ContextScope leftOpen = frame.innermost;
        Carriers.restore(undo);
        frame.context = before;
        frame.locals = localsBefore;
        frame.innermost = outer;
        if (leftOpen != null) {
            leftOpen.reportLeftOpen(null);
        }
    }
}
