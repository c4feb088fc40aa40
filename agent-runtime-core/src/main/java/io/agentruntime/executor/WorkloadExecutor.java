package io.agentruntime.executor;

import static java.util.Objects.requireNonNull;

import io.agentruntime.executor.ScheduledWork.Repeat;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool of one {@link Workload}: bounded in running and in waiting tasks, and every task runs in the context of the code that
 * submitted it.
 *
 * <p><b>Rejection.</b> A task that finds no room is rejected at once with a {@link WorkloadRejectedException}; {@link
 * #submitWaiting} waits for room instead.
 *
 * <p><b>Futures.</b> What {@code submit} returns is a {@link CompletableFuture} whose stages run in the context of the code that
 * attached them, the asynchronous ones on this workload. Cancelling it with an interrupt interrupts its task, which keeps its slot
 * until it has really ended. After {@link #stop} every such future is done. So are its stages, except one that waits for something
 * foreign and one whose function runs and ignores the interrupt.
 *
 * <p><b>Waiting.</b> A task may wait for the future of another task of this or any other workload, to any depth: while it waits
 * ({@code get}, {@code join}, {@code invokeAll}, {@code invokeAny}), its slot is free for the tasks it waits for. A task
 * that waits for tasks of its own by {@link CompletableFuture#allOf} and the like is noticed after some milliseconds, and its slot is
 * taken. Waiting for anything else holds the slot. Where tasks take less than 20 microseconds, a thread from outside that waits for
 * one may look for its end for as long before it goes to sleep.
 *
 * <p><b>Schedules.</b> Each run of a scheduled task is a task of this workload, in the context of the code that scheduled it. Runs of
 * one schedule never overlap; one that finds the workload full is skipped, with a warning. Schedules end with {@link #shutdown} and
 * {@link #stop}: what has not begun by then is cancelled.
 *
 * <p>Thread-safe.
 */
public final class WorkloadExecutor extends AbstractExecutorService implements ScheduledExecutorService, Managed {

    private static final Logger log = LoggerFactory.getLogger(WorkloadExecutor.class);

    private final Workload workload;
    private final WorkerPool pool;
    private final Alarm alarm;
    private final WorkloadCounters counters = new WorkloadCounters();
    private final Executor stages = this::runStage;
    private final Set<ScheduledWork<?>> scheduled = ConcurrentHashMap.newKeySet();

    private WorkloadExecutor(Workload workload) {
        this.workload = workload;
        this.alarm = new Alarm(workload.name());
        boolean virtual = workload.virtualThreads() && VirtualThreads.areThere();
        this.pool = new WorkerPool(
                workload,
                virtual ? RuntimeThreads.virtual(workload.name()) : RuntimeThreads.of(workload.name()),
                !virtual,
                alarm);
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

    int threads() {
        return workload.threads();
    }

    WorkerPool pool() {
        return pool;
    }

    WorkloadCounters counters() {
        return counters;
    }

    /** Runs asynchronous stages. */
    Executor stages() {
        return stages;
    }

    /** Makes a future of this workload that is completed by hand. */
    <T> CompletableFuture<T> promise() {
        return new WorkloadFuture<>(this);
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
     * Runs a task in the caller's context, until a deadline: it does not begin after it, is interrupted when it passes, and its
     * future fails with a {@link TimeoutException} then.
     *
     * @param <T> the type of the result
     * @param task what to call
     * @param deadline when to be done
     * @return the future of its result
     * @throws WorkloadRejectedException if the workload is full or closed
     */
    public <T> CompletableFuture<T> submit(Callable<T> task, Deadline deadline) {
        WorkloadTask<T> future = new WorkloadTask<>(requireNonNull(task, "task"), this);
        long nanos = deadline.remainingNanos();
        if (nanos == 0) {
            pool.countEnded();
            future.completeExceptionally(timeout(Duration.ZERO));
            return future;
        }
        execute(future);
        future.stopWith(alarm(() -> future.completeExceptionally(timeout(Duration.ofNanos(nanos))), nanos));
        return future;
    }

    /**
     * Runs a task in the caller's context, until a deadline, like {@link #submit(Callable, Deadline)}.
     *
     * @param task what to run
     * @param deadline when to be done
     * @return a future that ends, with null, when the task does
     * @throws WorkloadRejectedException if the workload is full or closed
     */
    public CompletableFuture<?> submit(Runnable task, Deadline deadline) {
        return submit(Executors.callable(requireNonNull(task, "task")), deadline);
    }

    private TimeoutException timeout(Duration after) {
        return new TimeoutException("a task of workload '" + name() + "' was not done within " + after);
    }

    /**
     * Runs a task in the caller's context, and waits for room if the workload is full.
     *
     * @param <T> the type of the result
     * @param task what to call
     * @param patience how long to wait for room at most
     * @return the future of its result
     * @throws WorkloadRejectedException if the workload is closed, or still full when the time is up
     * @throws InterruptedException if interrupted while waiting
     */
    public <T> CompletableFuture<T> submitWaiting(Callable<T> task, Duration patience) throws InterruptedException {
        WorkloadTask<T> future = new WorkloadTask<>(requireNonNull(task, "task"), this);
        place(future);
        check(pool.submitWaiting(future, Deadline.after(patience).remainingNanos()));
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
        return submit(Executors.callable(requireNonNull(task, "task")));
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
        return submit(Executors.callable(requireNonNull(task, "task"), result));
    }

    /**
     * Runs a task in the caller's context. What it throws is logged, for nobody waits for it.
     *
     * @param task what to run
     * @throws WorkloadRejectedException if the workload is full or closed
     */
    @Override
    public void execute(Runnable task) {
        WorkloadTask<?> future = task instanceof WorkloadTask<?> t ? t : logged(requireNonNull(task, "task"));
        place(future);
        check(pool.submit(future));
    }

    private static void place(WorkloadTask<?> task) {
        Worker worker = Worker.current();
        if (worker != null) {
            task.inside = true;
            task.parent = worker.task;
        }
    }

    private void check(Admission admission) {
        if (admission != Admission.ACCEPTED) {
            throw new WorkloadRejectedException(statistics(), admission == Admission.CLOSED);
        }
    }

    private void runStage(Runnable stage) {
        StageTask task = new StageTask(stage, this);
        place(task);
        task.inside = true;
        check(pool.submit(task));
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
        return new WorkloadTask<>(requireNonNull(task, "task"), this);
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Runnable task, T result) {
        return new WorkloadTask<>(Executors.callable(task, result), this);
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks) throws InterruptedException, ExecutionException {
        try (FirstSuccess<T> first = FirstSuccess.of(this, tasks)) {
            return first.get();
        }
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        try (FirstSuccess<T> first = FirstSuccess.of(this, tasks)) {
            return first.get(timeout, unit);
        }
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        return schedule(new ScheduledWork<>(this, requireNonNull(task, "task"), Repeat.NEVER, 0), unit.toNanos(delay));
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return schedule(Executors.callable(requireNonNull(task, "task")), delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long initialDelay, long period, TimeUnit unit) {
        return schedule(repeated(task, Repeat.AT_FIXED_RATE, unit.toNanos(period)), unit.toNanos(initialDelay));
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long initialDelay, long delay, TimeUnit unit) {
        return schedule(repeated(task, Repeat.WITH_FIXED_DELAY, unit.toNanos(delay)), unit.toNanos(initialDelay));
    }

    private ScheduledWork<Object> repeated(Runnable task, Repeat repeat, long periodNanos) {
        if (periodNanos <= 0) {
            throw new IllegalArgumentException("the period is not positive: " + periodNanos + " ns");
        }
        return new ScheduledWork<>(this, Executors.callable(requireNonNull(task, "task")), repeat, periodNanos);
    }

    private <V> ScheduledWork<V> schedule(ScheduledWork<V> work, long delayNanos) {
        if (pool.isShutdown()) {
            check(Admission.CLOSED);
        }
        scheduled.add(work);
        CompletableFuture<V> unused = work.whenComplete((value, failure) -> scheduled.remove(work));
        work.arm(Math.max(0, delayNanos));
        if (pool.isShutdown()) {
            work.cancel(false);
        }
        return work;
    }

    Runnable alarm(Runnable action, long delayNanos) {
        return alarm.set(action, delayNanos);
    }

    /**
     * Tells the live figures.
     *
     * @return the figures of this moment; they are read one after another while tasks go on
     */
    public WorkloadStatistics statistics() {
        return counters.statistics(workload, pool.load());
    }

    /**
     * Takes no more tasks from outside, finishes those it has as far as the deadline allows, then cancels and interrupts the rest.
     *
     * @param deadline when to be done
     * @return how many tasks were cancelled
     * @throws InterruptedException if interrupted; what was left has been cancelled by then
     */
    @Override
    public long stop(Deadline deadline) throws InterruptedException {
        shutdown();
        try {
            return pool.awaitTermination(deadline.remainingNanos()) ? 0 : abort();
        } catch (InterruptedException e) {
            abort();
            throw e;
        } finally {
            alarm.close();
        }
    }

    /** Cancels and interrupts whatever is left; does nothing where nothing is. */
    long abort() {
        return pool.abort().ended();
    }

    /** Takes no more tasks from outside and ends all schedules; what was accepted goes on. */
    @Override
    public void shutdown() {
        pool.shutdown();
        scheduled.forEach(work -> work.cancelUnlessRunning());
    }

    /** Stops at once; the futures of the tasks that never started are cancelled. */
    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        return pool.abort().neverStarted();
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
        return pool.awaitTermination(unit.toNanos(timeout));
    }

    @Override
    public String toString() {
        return statistics().toString();
    }
}
