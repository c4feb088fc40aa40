package io.agentruntime.context;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What was current on one thread at one moment, to be made current on another: the {@link UsageContext} and whatever the {@link
 * ContextCarrier}s carry.
 *
 * <p>Taken when work is handed over, not when it runs; "nothing was current" is carried as faithfully as a context. Immutable and
 * thread-safe; one snapshot may be opened many times and on many threads at once.
 */
public final class ContextSnapshot {

    private final @Nullable UsageContext context;
    private final ContextLocal.@Nullable Value locals;
    private final @Nullable Object @Nullable [] carried;

    ContextSnapshot(
            @Nullable UsageContext context,
            ContextLocal.@Nullable Value locals,
            @Nullable Object @Nullable [] carried) {
        this.context = context;
        this.locals = locals;
        this.carried = carried;
    }

    /**
     * Takes a snapshot of the calling thread.
     *
     * @return the snapshot
     */
    public static ContextSnapshot capture() {
        return ContextFrame.current().snapshot(Carriers.capture());
    }

    /**
     * Tells who the captured work belongs to.
     *
     * @return the context that was current, or nothing if there was none
     */
    public Optional<UsageContext> context() {
        return Optional.ofNullable(context);
    }

    @SuppressWarnings("ReferenceEquality") // an equal one would do as well, but is not worth the comparison
    boolean isOf(@Nullable UsageContext other, ContextLocal.@Nullable Value otherLocals) {
        return context == other && locals == otherLocals;
    }

    /**
     * Makes the snapshot current for the calling thread, whatever organisation was current there.
     *
     * @return the scope; closing it restores what was current before
     */
    public ContextScope open() {
        return ContextScope.open(context, locals, carried);
    }

    /**
     * Runs a task inside this snapshot, here and now, and restores the calling thread afterwards, also when the task throws.
     *
     * @param task what to run
     * @throws ContextScopeException in strict mode, if the task left a scope open
     */
    public void run(Runnable task) {
        try (ContextVisit visit = ContextVisit.begin(context, locals, carried)) {
            task.run();
        }
    }

    /**
     * Calls a supplier inside this snapshot, here and now, and restores the calling thread afterwards, also when it throws.
     *
     * @param <T> the type of the result
     * @param task what to call
     * @return what it returned
     * @throws ContextScopeException in strict mode, if the task left a scope open
     */
    public <T extends @Nullable Object> T call(Supplier<? extends T> task) {
        try (ContextVisit visit = ContextVisit.begin(context, locals, carried)) {
            return task.get();
        }
    }

    /**
     * Binds a task to this snapshot.
     *
     * @param task what to run
     * @return a task that runs the given one inside this snapshot, and restores its thread afterwards, also when it throws
     */
    public Runnable wrap(Runnable task) {
        requireNonNull(task, "task");
        UsageContext context = this.context; // so that the task, and not the snapshot, is all that lives on
        ContextLocal.Value locals = this.locals;
        @Nullable Object[] carried = this.carried;
        return () -> {
            try (ContextVisit visit = ContextVisit.begin(context, locals, carried)) {
                task.run();
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
        UsageContext context = this.context;
        ContextLocal.Value locals = this.locals;
        @Nullable Object[] carried = this.carried;
        return () -> {
            try (ContextVisit visit = ContextVisit.begin(context, locals, carried)) {
                return task.call();
            }
        };
    }
}
