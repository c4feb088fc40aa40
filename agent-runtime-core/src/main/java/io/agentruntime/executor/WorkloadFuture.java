package io.agentruntime.executor;

import java.util.Set;
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

    WorkloadFuture(WorkloadExecutor workload) {
        this.workload = workload;
    }

    /** Called when a task waits for this future: the tasks that it comes from may take the seats of those that wait. */
    final void awaited() {
        WorkloadFuture<?> future = this;
        while (future != null && !future.isDone()) {
            future.promote();
            WorkloadFuture<?> other = future.otherSource();
            if (other != null) {
                other.awaited();
            }
            future = future.source();
        }
    }

    /**
     * Whether this future cannot end before the task of a worker has: it is the future of that task, or of one that waits, without a
     * time limit, for such a future. Circles that run through the function of a stage are not seen.
     *
     * @param passed gets the workloads of the tasks on the way
     */
    final boolean endsOnlyAfter(Worker waiting, Set<String> passed) {
        WorkloadFuture<?> future = this;
        for (int steps = 0; future != null && !future.isDone() && steps <= WorkerPool.MAX_WAITING; steps++) {
            Worker runner = future.runner();
            if (runner == waiting) {
                return true;
            }
            if (runner != null) {
                passed.add(runner.pool.name());
            }
            WorkloadFuture<?> other = future.otherSource();
            if (other != null && future.needsBoth() && other.endsOnlyAfter(waiting, passed)) {
                return true;
            }
            future = runner != null ? runner.awaited() : other == null || future.needsBoth() ? future.source() : null;
        }
        return false;
    }

    /** Lets the task behind this future, if there is one and it waits, take a lent seat. */
    void promote() {}

    /** Who runs the task behind this future now; null if there is none, or it does not run. */
    @Nullable
    Worker runner() {
        return null;
    }

    /** What this one is a stage of. */
    @Nullable
    WorkloadFuture<?> source() {
        return null;
    }

    /** The second future that this one is a stage of. */
    @Nullable
    WorkloadFuture<?> otherSource() {
        return null;
    }

    /** Whether this one ends only when both of its sources have. */
    boolean needsBoth() {
        return false;
    }

    /** Remembers the second source of a stage that needs both. */
    private static <U> CompletableFuture<U> both(CompletionStage<?> other, CompletableFuture<U> stage) {
        if (other instanceof WorkloadFuture<?> second && stage instanceof WorkloadStage<U> future) {
            future.needs(second);
        }
        return stage;
    }

    /** Remembers the second source of a stage that needs one of both. */
    private static <U> CompletableFuture<U> either(CompletionStage<?> other, CompletableFuture<U> stage) {
        if (other instanceof WorkloadFuture<?> second && stage instanceof WorkloadStage<U> future) {
            future.mayUse(second);
        }
        return stage;
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        Worker worker = waiter();
        if (worker == null) {
            watch();
            return super.get();
        }
        try (SeatLoan loan = SeatLoan.untilDone(worker, this)) {
            return super.get();
        }
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        Worker worker = waiter();
        if (worker == null) {
            if (unit.toNanos(timeout) > Sampling.LONG_NANOS) {
                watch();
            }
            return super.get(timeout, unit);
        }
        try (SeatLoan loan = SeatLoan.forATime(worker, this)) {
            return super.get(timeout, unit);
        }
    }

    @Override
    public T join() {
        Worker worker = waiter();
        if (worker == null) {
            watch();
            return super.join();
        }
        try (SeatLoan loan = SeatLoan.untilDone(worker, this)) {
            return super.join();
        }
    }

    private void watch() {
        if (!isDone()) {
            workload.pool().shortWait.until(this);
        }
    }

    /** The worker that is about to wait for this future; null if there is nothing to wait for, or no worker waits. */
    private @Nullable Worker waiter() {
        return isDone() ? null : Worker.current();
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new WorkloadStage<>(this);
    }

    @Override
    public Executor defaultExecutor() {
        return workload.stages();
    }

    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        Supplier<T> carried = Carry.supplier(supplier);
        executor.execute(() -> completeWith(carried));
        return this;
    }

    private void completeWith(Supplier<T> supplier) {
        if (!isDone()) {
            try {
                complete(supplier.get());
            } catch (Throwable failure) { // an Error too must reach whoever waits
                completeExceptionally(failure);
            }
        }
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
        return both(other, super.thenCombine(other, Carry.function(fn)));
    }

    @Override
    public <U, V> CompletableFuture<V> thenCombineAsync(
            CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> fn) {
        return both(other, super.thenCombineAsync(other, Carry.function(fn)));
    }

    @Override
    public <U, V> CompletableFuture<V> thenCombineAsync(
            CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> fn, Executor executor) {
        return both(other, super.thenCombineAsync(other, Carry.function(fn), executor));
    }

    @Override
    public <U> CompletableFuture<Void> thenAcceptBoth(
            CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
        return both(other, super.thenAcceptBoth(other, Carry.consumer(action)));
    }

    @Override
    public <U> CompletableFuture<Void> thenAcceptBothAsync(
            CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action) {
        return both(other, super.thenAcceptBothAsync(other, Carry.consumer(action)));
    }

    @Override
    public <U> CompletableFuture<Void> thenAcceptBothAsync(
            CompletionStage<? extends U> other, BiConsumer<? super T, ? super U> action, Executor executor) {
        return both(other, super.thenAcceptBothAsync(other, Carry.consumer(action), executor));
    }

    @Override
    public CompletableFuture<Void> runAfterBoth(CompletionStage<?> other, Runnable action) {
        return both(other, super.runAfterBoth(other, Carry.runnable(action)));
    }

    @Override
    public CompletableFuture<Void> runAfterBothAsync(CompletionStage<?> other, Runnable action) {
        return both(other, super.runAfterBothAsync(other, Carry.runnable(action)));
    }

    @Override
    public CompletableFuture<Void> runAfterBothAsync(CompletionStage<?> other, Runnable action, Executor executor) {
        return both(other, super.runAfterBothAsync(other, Carry.runnable(action), executor));
    }

    @Override
    public <U> CompletableFuture<U> applyToEither(CompletionStage<? extends T> other, Function<? super T, U> fn) {
        return either(other, super.applyToEither(other, Carry.function(fn)));
    }

    @Override
    public <U> CompletableFuture<U> applyToEitherAsync(CompletionStage<? extends T> other, Function<? super T, U> fn) {
        return either(other, super.applyToEitherAsync(other, Carry.function(fn)));
    }

    @Override
    public <U> CompletableFuture<U> applyToEitherAsync(
            CompletionStage<? extends T> other, Function<? super T, U> fn, Executor executor) {
        return either(other, super.applyToEitherAsync(other, Carry.function(fn), executor));
    }

    @Override
    public CompletableFuture<Void> acceptEither(CompletionStage<? extends T> other, Consumer<? super T> action) {
        return either(other, super.acceptEither(other, Carry.consumer(action)));
    }

    @Override
    public CompletableFuture<Void> acceptEitherAsync(CompletionStage<? extends T> other, Consumer<? super T> action) {
        return either(other, super.acceptEitherAsync(other, Carry.consumer(action)));
    }

    @Override
    public CompletableFuture<Void> acceptEitherAsync(
            CompletionStage<? extends T> other, Consumer<? super T> action, Executor executor) {
        return either(other, super.acceptEitherAsync(other, Carry.consumer(action), executor));
    }

    @Override
    public CompletableFuture<Void> runAfterEither(CompletionStage<?> other, Runnable action) {
        return either(other, super.runAfterEither(other, Carry.runnable(action)));
    }

    @Override
    public CompletableFuture<Void> runAfterEitherAsync(CompletionStage<?> other, Runnable action) {
        return either(other, super.runAfterEitherAsync(other, Carry.runnable(action)));
    }

    @Override
    public CompletableFuture<Void> runAfterEitherAsync(CompletionStage<?> other, Runnable action, Executor executor) {
        return either(other, super.runAfterEitherAsync(other, Carry.runnable(action), executor));
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
