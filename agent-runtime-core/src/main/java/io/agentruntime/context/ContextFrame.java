package io.agentruntime.context;

import org.jspecify.annotations.Nullable;

/**
 * What is current on one thread. Confined to its thread; made once per thread, so that running a task inside a context allocates
 * nothing.
 */
final class ContextFrame {

    private static final ThreadLocal<ContextFrame> FRAMES = ThreadLocal.withInitial(ContextFrame::new);

    @Nullable
    UsageContext context;

    /** What the work on this thread has besides. */
    ContextLocal.@Nullable Value locals;

    /** The innermost open scope since the thread, or the task it runs, began; the others hang on it. */
    @Nullable
    ContextScope innermost;

    /** The last snapshot of a context alone; code that hands over many tasks gets the same one each time. */
    private ContextSnapshot plain = new ContextSnapshot(null, null, null);

    /** Makes a snapshot of this frame and what the carriers gave. */
    ContextSnapshot snapshot(@Nullable Object @Nullable [] carried) {
        if (carried != null) {
            return new ContextSnapshot(context, locals, carried);
        }
        if (!plain.isOf(context, locals)) {
            plain = new ContextSnapshot(context, locals, null);
        }
        return plain;
    }

    static ContextFrame current() {
        return FRAMES.get();
    }
}
