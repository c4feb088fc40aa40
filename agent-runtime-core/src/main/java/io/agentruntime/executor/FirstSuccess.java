package io.agentruntime.executor;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Several tasks of which one success is wanted. Closing it cancels those that are left. */
final class FirstSuccess<T> implements AutoCloseable {

    private final CompletableFuture<T> first;
    private final List<CompletableFuture<T>> tasks = new ArrayList<>();
    private final AtomicInteger left;

    private FirstSuccess(WorkloadExecutor workload, int count) {
        this.first = workload.promise();
        this.left = new AtomicInteger(count);
    }

    static <T> FirstSuccess<T> of(WorkloadExecutor workload, Collection<? extends Callable<T>> tasks) {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("invokeAny needs at least one task");
        }
        tasks.forEach(task -> requireNonNull(task, "task"));
        FirstSuccess<T> race = new FirstSuccess<>(workload, tasks.size());
        boolean complete = false;
        try {
            tasks.forEach(task -> race.add(workload.submit(task)));
            complete = true;
            return race;
        } finally {
            if (!complete) {
                race.close();
            }
        }
    }

    private void add(CompletableFuture<T> task) {
        tasks.add(task);
        CompletableFuture<T> unused = task.whenComplete(this::ended);
    }

    private void ended(T value, Throwable failure) {
        if (failure == null) {
            first.complete(value);
        } else if (left.decrementAndGet() == 0) {
            first.completeExceptionally(failure);
        }
    }

    T get() throws InterruptedException, ExecutionException {
        return first.get();
    }

    T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        return first.get(timeout, unit);
    }

    @Override
    public void close() {
        tasks.forEach(task -> task.cancel(true));
    }
}
