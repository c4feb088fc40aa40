package io.agentruntime.executor;

import java.lang.ref.WeakReference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A future of a workload. Its stages run in the context of the code that attached them, the asynchronous ones on the workload; a
 * task that waits for it lends its seat.
 */
class WorkloadFuture<T> extends CompletableFuture<T> {

    final WorkloadExecutor workload;

    /** What this one is a stage of; weak, for a long chain must not hold on to its beginning. What still runs is held elsewhere. */
    private final @Nullable WeakReference<WorkloadFuture<?>> source;

    private volatile @Nullable WeakReference<WorkloadFuture<?>> otherSource;

    WorkloadFuture(WorkloadExecutor workload) {
        this.workload = workload;
        this.source = null;
    }

    private WorkloadFuture(WorkloadFuture<?> source) {
        this.workload = source.workload;
        this.source = new WeakReference<>(source);
    }

    /** Called when a task waits for this future: the tasks that it comes from may take the seats of those that wait. */
    final void awaited() {
        WorkloadFuture<?> future = this;
        while (future != null && !future.isDone()) {
            future.promote();
            WorkloadFuture<?> other = future.get(future.otherSource);
            if (other != null) {
                other.awaited();
            }
            future = future.get(future.source);
        }
    }

    private @Nullable WorkloadFuture<?> get(@Nullable WeakReference<WorkloadFuture<?>> reference) {
        return reference == null ? null : reference.get();
    }

    /** Lets the task behind this future, if there is one and it waits, take a lent seat. */
    void promote() {}

    /** Remembers the second source of a stage that has two. */
    private static <U> CompletableFuture<U> with(CompletionStage<?> other, CompletableFuture<U> stage) {
        if (other instanceof WorkloadFuture<?> second && stage instanceof WorkloadFuture<U> future) {
            future.otherSource = new WeakReference<>(second);
        }
        return stage;
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        if (isDone() || Worker.current() == null) {
            return super.get();
        }
        try (SeatLoan loan = SeatLoan.by(Worker.current(), this)) {
            return super.get();
        }
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (isDone() || Worker.current() == null) {
            return super.get(timeout, unit);
        }
        try (SeatLoan loan = SeatLoan.by(Worker.current(), this)) {
            return super.get(timeout, unit);
        }
    }

    @Override
    public T join() {
        if (isDone() || Worker.current() == null) {
            return super.join();
        }
        try (SeatLoan loan = SeatLoan.by(Worker.current(), this)) {
            return super.join();
        }
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new WorkloadFuture<>(this);
    }

    @Override
    public Executor defaultExecutor() {
        return workload.stages();
    }

    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        return super.completeAsync(Carry.supplier(supplier), executor);
    }

    /** A copy: unlike the one of the JDK it carries the context, and completing it changes nothing here either. */
    @Override
    public CompletionStage<T> minimalCompletionStage() {
        return copy();
    }

    // Every stage below is the one of CompletableFuture, with its function carried.

    @Override
    public <U> CompletableFuture<U> thenApply(Function<? super T, ? extends U> fn) {
        return super.thenApply(Carry.function(fn));
    }

    @Override
    public <U> CompletableFuture<U> thenApplyAsync(Function<? super T, ? extends U> fn) {
        return super.thenApplyAsync(Carry.function(fn));
    }

    @Override
    public <U> CompletableFuture<U> thenApplyAsync(Function<? super T, ? extends U> fn, Executor executor) {
        return super.thenApplyAsync(Carry.function(fn), executor);
    }

    @Override
    public CompletableFuture<Void> thenAccept(Consumer<? super T> action) {
        return super.thenAccept(Carry.consumer(action));
    }

    @Override
    public CompletableFuture<Void> thenAcceptAsync(Consumer<? super T> action) {
        return super.thenAcceptAsync(Carry.consumer(action));
    }

    @Override
    public CompletableFuture<Void> thenAcceptAsync(Consumer<? super T> action, Executor executor) {
        return super.thenAcceptAsync(Carry.consumer(action), executor);
    }

    @Override
    public CompletableFuture<Void> thenRun(Runnable action) {
        return super.thenRun(Carry.runnable(action));
    }

    @Override
    public CompletableFuture<Void> thenRunAsync(Runnable action) {
        return super.thenRunAsync(Carry.runnable(action));
    }

    @Override
    public CompletableFuture<Void> thenRunAsync(Runnable action, Executor executor) {
        return super.thenRunAsync(Carry.runnable(action), executor);
    }

    @Override
    public <U, V> CompletableFuture<V> thenCombine(
            CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> fn) {
        return with(other, super.thenCombine(other, Carry.function(fn)));
    }

    @Override
    public <U, V> CompletableFuture<V> thenCombineAsync(
            CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> fn) {
        return with(other, super.thenCombineAsync(other, Carry.function(fn)));
    }

    @Override
    public <U, V> CompletableFuture<V> thenCombineAsync(
            CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> fn, Executor executor) {
        return with(other, super.thenCombineAsync(other, Carry.function(fn), executor));
    }

    @Override
    public <U> CompletableFuture<Void> thenAcceptBoth(
            CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
        return with(other, super.thenAcceptBoth(other, Carry.consumer(action)));
    }

    @Override
    public <U> CompletableFuture<Void> thenAcceptBothAsync(
            CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
        return with(other, super.thenAcceptBothAsync(other, Carry.consumer(action)));
    }

    @Override
    public <U> CompletableFuture<Void> thenAcceptBothAsync(
            CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action, Executor executor) {
        return with(other, super.thenAcceptBothAsync(other, Carry.consumer(action), executor));
    }

    @Override
    public CompletableFuture<Void> runAfterBoth(CompletionStage<?> other, Runnable action) {
        return with(other, super.runAfterBoth(other, Carry.runnable(action)));
    }

    @Override
    public CompletableFuture<Void> runAfterBothAsync(CompletionStage<?> other, Runnable action) {
        return with(other, super.runAfterBothAsync(other, Carry.runnable(action)));
    }

    @Override
    public CompletableFuture<Void> runAfterBothAsync(CompletionStage<?> other, Runnable action, Executor executor) {
        return with(other, super.runAfterBothAsync(other, Carry.runnable(action), executor));
    }

    @Override
    public <U> CompletableFuture<U> applyToEither(CompletionStage<? extends T> other, Function<? super T, U> fn) {
        return with(other, super.applyToEither(other, Carry.function(fn)));
    }

    @Override
    public <U> CompletableFuture<U> applyToEitherAsync(CompletionStage<? extends T> other, Function<? super T, U> fn) {
        return with(other, super.applyToEitherAsync(other, Carry.function(fn)));
    }

    @Override
    public <U> CompletableFuture<U> applyToEitherAsync(
            CompletionStage<? extends T> other, Function<? super T, U> fn, Executor executor) {
        return with(other, super.applyToEitherAsync(other, Carry.function(fn), executor));
    }

    @Override
    public CompletableFuture<Void> acceptEither(CompletionStage<? extends T> other, Consumer<? super T> action) {
        return with(other, super.acceptEither(other, Carry.consumer(action)));
    }

    @Override
    public CompletableFuture<Void> acceptEitherAsync(CompletionStage<? extends T> other, Consumer<? super T> action) {
        return with(other, super.acceptEitherAsync(other, Carry.consumer(action)));
    }

    @Override
    public CompletableFuture<Void> acceptEitherAsync(
            CompletionStage<? extends T> other, Consumer<? super T> action, Executor executor) {
        return with(other, super.acceptEitherAsync(other, Carry.consumer(action), executor));
    }

    @Override
    public CompletableFuture<Void> runAfterEither(CompletionStage<?> other, Runnable action) {
        return with(other, super.runAfterEither(other, Carry.runnable(action)));
    }

    @Override
    public CompletableFuture<Void> runAfterEitherAsync(CompletionStage<?> other, Runnable action) {
        return with(other, super.runAfterEitherAsync(other, Carry.runnable(action)));
    }

    @Override
    public CompletableFuture<Void> runAfterEitherAsync(CompletionStage<?> other, Runnable action, Executor executor) {
        return with(other, super.runAfterEitherAsync(other, Carry.runnable(action), executor));
    }

    @Override
    public <U> CompletableFuture<U> thenCompose(Function<? super T, ? extends CompletionStage<U>> fn) {
        return super.thenCompose(Carry.composition(fn));
    }

    @Override
    public <U> CompletableFuture<U> thenComposeAsync(Function<? super T, ? extends CompletionStage<U>> fn) {
        return super.thenComposeAsync(Carry.composition(fn));
    }

    @Override
    public <U> CompletableFuture<U> thenComposeAsync(
            Function<? super T, ? extends CompletionStage<U>> fn, Executor executor) {
        return super.thenComposeAsync(Carry.composition(fn), executor);
    }

    @Override
    public CompletableFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> action) {
        return super.whenComplete(Carry.consumer(action));
    }

    @Override
    public CompletableFuture<T> whenCompleteAsync(BiConsumer<? super T, ? super Throwable> action) {
        return super.whenCompleteAsync(Carry.consumer(action));
    }

    @Override
    public CompletableFuture<T> whenCompleteAsync(BiConsumer<? super T, ? super Throwable> action, Executor executor) {
        return super.whenCompleteAsync(Carry.consumer(action), executor);
    }

    @Override
    public <U> CompletableFuture<U> handle(BiFunction<? super T, Throwable, ? extends U> fn) {
        return super.handle(Carry.function(fn));
    }

    @Override
    public <U> CompletableFuture<U> handleAsync(BiFunction<? super T, Throwable, ? extends U> fn) {
        return super.handleAsync(Carry.function(fn));
    }

    @Override
    public <U> CompletableFuture<U> handleAsync(BiFunction<? super T, Throwable, ? extends U> fn, Executor executor) {
        return super.handleAsync(Carry.function(fn), executor);
    }

    @Override
    public CompletableFuture<T> exceptionally(Function<Throwable, ? extends T> fn) {
        return super.exceptionally(Carry.function(fn));
    }

    @Override
    public CompletableFuture<T> exceptionallyAsync(Function<Throwable, ? extends T> fn) {
        return super.exceptionallyAsync(Carry.function(fn));
    }

    @Override
    public CompletableFuture<T> exceptionallyAsync(Function<Throwable, ? extends T> fn, Executor executor) {
        return super.exceptionallyAsync(Carry.function(fn), executor);
    }

    @Override
    public CompletableFuture<T> exceptionallyCompose(Function<Throwable, ? extends CompletionStage<T>> fn) {
        return super.exceptionallyCompose(Carry.composition(fn));
    }

    @Override
    public CompletableFuture<T> exceptionallyComposeAsync(Function<Throwable, ? extends CompletionStage<T>> fn) {
        return super.exceptionallyComposeAsync(Carry.composition(fn));
    }

    @Override
    public CompletableFuture<T> exceptionallyComposeAsync(
            Function<Throwable, ? extends CompletionStage<T>> fn, Executor executor) {
        return super.exceptionallyComposeAsync(Carry.composition(fn), executor);
    }
}
