package io.agentruntime.context;

import org.jspecify.annotations.Nullable;

/**
 * What is current on one thread. Confined to its thread; made once per thread, so that running a task inside a context allocates
 * nothing.
 */
final class ContextFrame {

    private static final ThreadLocal<ContextFrame> FRAMES = ThreadLocal.withInitial(ContextFrame::new);

    /** The context and what the work on this thread has besides, as a snapshot without anything carried: handing it over is free. */
    ContextSnapshot now = ContextSnapshot.EMPTY;

    /** The innermost open scope since the thread, or the task it runs, began; the others hang on it. */
    @Nullable
    ContextScope innermost;

    static ContextFrame current() {
        return FRAMES.get();
    }

    /**
     * Begins a task that was handed to this thread: what was captured for it becomes current.
     *
     * @return how to undo what the carriers did; null if there is nothing to undo
     */
    @Nullable
    Runnable enter(ContextSnapshot snapshot) {
        Runnable undo = Carriers.install(snapshot.carried());
        now = snapshot.plain();
        innermost = null;
        return undo;
    }

    /** Ends that task, and gives the thread back as it was. */
    void leave(@Nullable Runnable undo, ContextSnapshot before, @Nullable ContextScope outer) {
        ContextScope leftOpen = innermost;
        Carriers.restore(undo);
        now = before;
        innermost = outer;
        if (leftOpen != null) {
            leftOpen.reportLeftOpen(null);
        }
    }

    /** Ends a task that has failed; what is wrong with its scopes comes second. */
    void leaveAfter(Throwable failure, @Nullable Runnable undo, ContextSnapshot before, @Nullable ContextScope outer) {
        try {
            leave(undo, before, outer);
        } catch (ContextScopeException leftOpen) {
            failure.addSuppressed(leftOpen);
        }
    }
}
