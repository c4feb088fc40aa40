package io.agentruntime.examples.documents;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.ExecutorRegistry;
import io.agentruntime.executor.WorkloadExecutor;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/** Runs the steps of the work on the pools of the runtime, each for the owner that it belongs to. Thread-safe. */
final class Pools {
    /** A step that has been handed over. */
    private record Keeping<T>(CompletableFuture<T> kept) {}

    private final ExecutorRegistry executors;

    Pools(ExecutorRegistry executors) {
        this.executors = executors;
    }

    /** Runs what reads and writes files. */
    <T> CompletableFuture<T> io(UsageContext owner, Callable<T> step) {
        return submit(executors.io(), owner, step);
    }

    /**
     * Calls a model on the agent pool, and then keeps its answer on the io pool. The first step hands over to the second
     * itself, before it ends: what a model has answered is kept also when the pools are being stopped.
     */
    <A, B> CompletableFuture<B> agent(UsageContext owner, Callable<A> call, Function<A, B> keep) {
        return submit(executors.agent(), owner, () -> {
                    A answer = call.call();
                    return new Keeping<>(io(owner, () -> keep.apply(answer)));
                })
                .thenCompose(Keeping::kept);
    }

    /** Runs what searches and queries. */
    <T> CompletableFuture<T> query(UsageContext owner, Callable<T> step) {
        return submit(executors.query(), owner, step);
    }

    private static <T> CompletableFuture<T> submit(WorkloadExecutor pool, UsageContext owner, Callable<T> step) {
        try (ContextScope scope = owner.open()) {
            return pool.submit(step);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Waits, without a thread, for all of them; fails with the first failure when all have ended. */
    static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> parts) {
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(done -> parts.stream().map(CompletableFuture::join).toList());
    }
}
