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
}
