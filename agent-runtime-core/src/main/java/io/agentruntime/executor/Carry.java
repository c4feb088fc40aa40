package io.agentruntime.executor;

import static java.util.Objects.requireNonNull;

import io.agentruntime.context.ContextSnapshot;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Binds the functions of stages to the context of the code that attaches them. */
final class Carry {

    private static final ThreadLocal<Boolean> dropping = new ThreadLocal<>();

    private Carry() {}

    /** Runs an asynchronous stage so that its function is not called, and its future is cancelled. */
    static void drop(Runnable stage) {
        dropping.set(true);
        try {
            stage.run();
        } finally {
            dropping.remove();
        }
    }

    /** Only the function of the dropped stage itself is not called; what hangs on it runs as it always does. */
    private static void checkDropped() {
        if (dropping.get() != null) {
            dropping.remove();
            throw new CancellationException("the workload was stopped before this stage could run");
        }
    }

    static Runnable runnable(Runnable task) {
        Runnable carried = ContextSnapshot.capture().wrap(task);
        return () -> {
            checkDropped();
            carried.run();
        };
    }

    static <R> Supplier<R> supplier(Supplier<? extends R> task) {
        ContextSnapshot snapshot = ContextSnapshot.capture();
        return () -> {
            checkDropped();
            return snapshot.call(task);
        };
    }

    static <A, R> Function<A, R> function(Function<? super A, ? extends R> fn) {
        requireNonNull(fn, "fn");
        ContextSnapshot snapshot = ContextSnapshot.capture();
        return a -> {
            checkDropped();
            return snapshot.call(() -> fn.apply(a));
        };
    }

    /** Like {@link #function}, for one that returns a stage: the stage it is a part of waits for that one. */
    static <A, R> Function<A, R> composition(Function<? super A, ? extends R> fn) {
        Function<A, R> carried = function(fn);
        return a -> {
            R inner = carried.apply(a);
            if (inner instanceof WorkloadFuture<?> future) {
                future.awaited();
            }
            return inner;
        };
    }

    static <A, B, R> BiFunction<A, B, R> function(BiFunction<? super A, ? super B, ? extends R> fn) {
        requireNonNull(fn, "fn");
        ContextSnapshot snapshot = ContextSnapshot.capture();
        return (a, b) -> {
            checkDropped();
            return snapshot.call(() -> fn.apply(a, b));
        };
    }

    static <A> Consumer<A> consumer(Consumer<? super A> action) {
        requireNonNull(action, "action");
        ContextSnapshot snapshot = ContextSnapshot.capture();
        return a -> {
            checkDropped();
            snapshot.run(() -> action.accept(a));
        };
    }

    static <A, B> BiConsumer<A, B> consumer(BiConsumer<? super A, ? super B> action) {
        requireNonNull(action, "action");
        ContextSnapshot snapshot = ContextSnapshot.capture();
        return (a, b) -> {
            checkDropped();
            snapshot.run(() -> action.accept(a, b));
        };
    }
}
