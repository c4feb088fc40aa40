package io.agentruntime.context;

import org.jspecify.annotations.Nullable;

/**
 * The stretch in which a thread runs a task that was handed to it: begins with what was captured, and gives the thread back as it
 * was. Never leaves the method that makes it, so that the compiler need not allocate it.
 */
final class ContextVisit implements AutoCloseable {

    private final ContextFrame frame;
    private final ContextSnapshot before;
    private final @Nullable ContextScope outer;
    private final @Nullable Runnable undo;

    private ContextVisit(ContextFrame frame, @Nullable Runnable undo) {
        this.frame = frame;
        this.before = frame.now;
        this.outer = frame.innermost;
        this.undo = undo;
    }

    static ContextVisit begin(ContextSnapshot snapshot) {
        ContextFrame frame = ContextFrame.current();
        ContextVisit visit = new ContextVisit(frame, Carriers.install(snapshot.carried()));
        frame.now = snapshot.plain();
        frame.innermost = null;
        return visit;
    }

    @Override
    public void close() {
        ContextScope leftOpen = frame.innermost;
        Carriers.restore(undo);
        frame.now = before;
        frame.innermost = outer;
        if (leftOpen != null) {
            leftOpen.reportLeftOpen(null);
        }
    }
}
