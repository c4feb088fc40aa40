package io.agentruntime.context;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What was current on one thread at one moment, to be made current on another.
 *
 * <p>Taken when work is handed over, not when it runs; "nothing was current" is carried as faithfully as a context. Immutable and
 * thread-safe; one snapshot may be opened many times and on many threads at once.
 */
public final class ContextSnapshot {

    private final @Nullable UsageContext context;

    private ContextSnapshot(@Nullable UsageContext context) {
        this.context = context;
    }

    /**
     * Takes a snapshot of the calling thread.
     *
     * @return the snapshot
     */
    public static ContextSnapshot capture() {
        return new ContextSnapshot(ContextFrame.current().context);
    }

    /**
     * Makes the snapshot current for the calling thread.
     *
     * @return the scope; closing it restores what was current before
     */
    public ContextScope open() {
        return ContextScope.open(context);
    }

    /**
     * Binds a task to this snapshot.
     *
     * @param task what to run
     * @return a task that runs the given one inside this snapshot, and restores its thread afterwards, also when it throws
     */
    public Runnable wrap(Runnable task) {
        requireNonNull(task, "task");
        UsageContext carried = context; // so that the task, and not the snapshot, is all that lives on
        return () -> {
            ContextFrame frame = ContextFrame.current();
            UsageContext before = frame.context;
            ContextScope outer = frame.enter(carried);
            try {
                task.run();
            } finally {
                frame.leave(before, outer);
            }
        };
    }

    /**
     * Binds a task with a result to this snapshot.
     *
     * @param <T> the type of the result
     * @param task what to call
     * @return a task that calls the given one inside this snapshot, and restores its thread afterwards, also when it throws
     */
    public <T extends @Nullable Object> Callable<T> wrap(Callable<T> task) {
        requireNonNull(task, "task");
        UsageContext carried = context;
        return () -> {
            ContextFrame frame = ContextFrame.current();
            UsageContext before = frame.context;
            ContextScope outer = frame.enter(carried);
            try {
                return task.call();
            } finally {
                frame.leave(before, outer);
            }
        };
    }
}
