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

    static final ContextSnapshot EMPTY = new ContextSnapshot((UsageContext) null, null);

    final @Nullable UsageContext context;
    final ContextLocal.@Nullable Value locals;
    private final @Nullable Object @Nullable [] carried;
    private final ContextSnapshot plain; // the same without what is carried

    private ContextSnapshot(@Nullable UsageContext context, ContextLocal.@Nullable Value locals) {
        this.context = context;
        this.locals = locals;
        this.carried = null;
        this.plain = this;
    }

    private ContextSnapshot(ContextSnapshot plain, @Nullable Object[] carried) {
        this.context = plain.context;
        this.locals = plain.locals;
        this.carried = carried;
        this.plain = plain;
    }

    /**
     * Takes a snapshot of the calling thread.
     *
     * @return the snapshot
     */
    public static ContextSnapshot capture() {
        @Nullable Object[] carried = Carriers.capture();
        ContextSnapshot now = ContextFrame.current().now;
        return carried == null ? now : new ContextSnapshot(now, carried);
    }

    /** This one with another context, and nothing carried. */
    ContextSnapshot with(@Nullable UsageContext other) {
        return new ContextSnapshot(other, locals);
    }

    /** This one with other values of {@link ContextLocal}s, and nothing carried. */
    ContextSnapshot with(ContextLocal.@Nullable Value other) {
        return new ContextSnapshot(context, other);
    }

    /** What becomes current of this one. */
    ContextSnapshot plain() {
        return plain;
    }

    @Nullable
    Object @Nullable [] carried() {
        return carried;
    }

    /**
     * Tells who the captured work belongs to.
     *
     * @return the context that was current, or nothing if there was none
     */
    public Optional<UsageContext> context() {
        return Optional.ofNullable(context);
    }

    /**
     * Makes the snapshot current for the calling thread, whatever organisation was current there.
     *
     * @return the scope; closing it restores what was current before
     */
    public ContextScope open() {
        return ContextScope.open(this);
    }

    /**
     * Runs a task inside this snapshot, here and now, and restores the calling thread afterwards, also when the task throws.
     *
     * @param task what to run
     * @throws ContextScopeException in strict mode, if the task left a scope open
     */
    public void run(Runnable task) {
        ContextFrame frame = ContextFrame.current(); // nothing but locals: every task of a workload comes through here
        ContextSnapshot before = frame.now;
        ContextScope outer = frame.innermost;
        Runnable undo = frame.enter(this);
        try {
            task.run();
        } catch (Throwable failure) {
            frame.leaveAfter(failure, undo, before, outer);
            throw failure;
        }
        frame.leave(undo, before, outer);
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
        return inside(task::get);
    }

    /**
     * Binds a task to this snapshot.
     *
     * @param task what to run
     * @return a task that runs the given one inside this snapshot, and restores its thread afterwards, also when it throws
     */
    public Runnable wrap(Runnable task) {
        requireNonNull(task, "task");
        return () -> run(task);
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
        return () -> inside(task::call);
    }

    private interface Work<T extends @Nullable Object, X extends Exception> {
        T get() throws X;
    }

    private <T extends @Nullable Object, X extends Exception> T inside(Work<T, X> work) throws X {
        ContextFrame frame = ContextFrame.current();
        ContextSnapshot before = frame.now;
        ContextScope outer = frame.innermost;
        Runnable undo = frame.enter(this);
        T result;
        try {
            result = work.get();
        } catch (Throwable failure) {
            frame.leaveAfter(failure, undo, before, outer);
            throw failure;
        }
        frame.leave(undo, before, outer);
        return result;
    }
}
