package io.agentruntime.executor;

import static java.util.Objects.requireNonNull;

import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool of one {@link Workload}: bounded in threads and in waiting tasks, and every task runs in the context of the code that
 * submitted it.
 *
 * <p>A task that finds neither a thread nor room in the queue is rejected at once with a {@link WorkloadRejectedException}.
 * Cancelling a future with an interrupt interrupts its running task; its slot is free when the task has really ended. After
 * {@link #stop} every future that {@code submit} ever returned is done. Thread-safe.
 */
public final class WorkloadExecutor extends AbstractExecutorService implements Managed {

    private static final Logger log = LoggerFactory.getLogger(WorkloadExecutor.class);

    private final Workload workload;
    private final ThreadPoolExecutor pool;
    private final Set<WorkloadTask<?>> running = ConcurrentHashMap.newKeySet();
    private final LongAdder submitted = new LongAdder();
    private final LongAdder completed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private volatile boolean aborted;

    private WorkloadExecutor(Workload workload) {
        this.workload = workload;
        BlockingQueue<Runnable> queue = workload.queueCapacity() == 0
                ? new SynchronousQueue<>()
                : new ArrayBlockingQueue<>(workload.queueCapacity());
        this.pool = new ThreadPoolExecutor(
                workload.threads(),
                workload.threads(),
                0,
                TimeUnit.NANOSECONDS,
                queue,
                RuntimeThreads.of(workload.name()),
                (task, full) -> reject());
    }

    /**
     * Makes a pool; its threads come into being as tasks do.
     *
     * @param workload the name and the bounds
     * @return the pool
     */
    public static WorkloadExecutor create(Workload workload) {
        return new WorkloadExecutor(requireNonNull(workload, "workload"));
    }

    @Override
    public String name() {
        return workload.name();
    }

    /**
     * Runs a task in the caller's context.
     *
     * @param <T> the type of the result
     * @param task what to call
     * @return the future of its result
     * @throws WorkloadRejectedException if the workload is full or closed
     */
    @Override
    public <T> CompletableFuture<T> submit(Callable<T> task) {
        WorkloadTask<T> future = new WorkloadTask<>(requireNonNull(task, "task"), this);
        execute(future);
        return future;
    }

    /**
     * Runs a task in the caller's context.
     *
     * @param task what to run
     * @return a future that ends, with null, when the task does
     * @throws WorkloadRejectedException if the workload is full or closed
     */
    @Override
    public CompletableFuture<?> submit(Runnable task) {
        return submit(Executors.callable(task));
    }

    /**
     * Runs a task in the caller's context.
     *
     * @param <T> the type of the result
     * @param task what to run
     * @param result what the future yields
     * @return the future of that result
     * @throws WorkloadRejectedException if the workload is full or closed
     */
    @Override
    public <T> CompletableFuture<T> submit(Runnable task, T result) {
        return submit(Executors.callable(task, result));
    }

    /**
     * Runs a task in the caller's context. What it throws is logged, for nobody waits for it.
     *
     * @param task what to run
     * @throws WorkloadRejectedException if the workload is full or closed
     */
    @Override
    public void execute(Runnable task) {
        submitted.increment();
        pool.execute(task instanceof WorkloadTask<?> ? task : logged(requireNonNull(task, "task")));
    }

    private WorkloadTask<?> logged(Runnable task) {
        return new WorkloadTask<>(
                () -> {
                    try {
                        task.run();
                        return Boolean.TRUE; // a future needs a value; nobody sees this one
                    } catch (Throwable failure) {
                        log.warn("a task of workload '{}' failed", name(), failure);
                        throw failure;
                    }
                },
                this);
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> task) {
        return new WorkloadTask<>(task, this);
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Runnable task, T result) {
        return new WorkloadTask<>(Executors.callable(task, result), this);
    }

    private void reject() {
        rejected.increment();
        throw new WorkloadRejectedException(statistics(), pool.isShutdown());
    }

    void began(WorkloadTask<?> task) {
        running.add(task);
        if (aborted) { // the stop may have looked for running tasks before this one was added
            task.cancel(true);
        }
    }

    void ended(WorkloadTask<?> task) {
        running.remove(task);
    }

    void forget(WorkloadTask<?> task) {
        pool.remove(task);
    }

    void count(WorkloadTask<?> task) {
        if (task.isCancelled()) {
            cancelled.increment();
        } else if (task.isCompletedExceptionally()) {
            failed.increment();
        } else {
            completed.increment();
        }
    }

    /**
     * Tells the live figures.
     *
     * @return the figures of this moment; they are read one after another while tasks go on
     */
    public WorkloadStatistics statistics() {
        return new WorkloadStatistics(
                workload.name(),
                workload.threads(),
                pool.getActiveCount(),
                pool.getQueue().size(),
                submitted.sum(),
                completed.sum(),
                failed.sum(),
                cancelled.sum(),
                rejected.sum());
    }

    /**
     * Takes no more tasks, finishes those it has as far as the deadline allows, then cancels and interrupts the rest.
     *
     * @param deadline when to be done
     * @return how many tasks were cancelled
     * @throws InterruptedException if interrupted; what was left has been cancelled by then
     */
    @Override
    public long stop(Deadline deadline) throws InterruptedException {
        pool.shutdown();
        try {
            return pool.awaitTermination(deadline.remainingNanos(), TimeUnit.NANOSECONDS) ? 0 : abort();
        } catch (InterruptedException e) {
            abort();
            throw e;
        }
    }

    /** Cancels and interrupts whatever is left; does nothing where nothing is. */
    long abort() {
        aborted = true;
        long before = cancelled.sum();
        running.forEach(task -> task.cancel(true)); // before the pool interrupts, or they would end as failed
        pool.shutdownNow().forEach(WorkloadExecutor::cancelTask);
        return cancelled.sum() - before;
    }

    private static void cancelTask(Runnable waiting) {
        if (waiting instanceof WorkloadTask<?> task) {
            task.cancel(true);
        }
    }

    @Override
    public void shutdown() {
        pool.shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
        List<Runnable> waiting = pool.shutdownNow();
        waiting.forEach(WorkloadExecutor::cancelTask);
        return waiting;
    }

    @Override
    public boolean isShutdown() {
        return pool.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return pool.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return pool.awaitTermination(timeout, unit);
    }

    @Override
    public String toString() {
        return statistics().toString();
    }
}
