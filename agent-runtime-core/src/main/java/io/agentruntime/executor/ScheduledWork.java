package io.agentruntime.executor;

import io.agentruntime.context.ContextSnapshot;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that is to run later, once or again and again, each time as a task of the workload and in the context of the code that
 * scheduled it. A run that the workload rejects is skipped if there is a next one, and ends the future if there is none.
 */
final class ScheduledWork<T> extends WorkloadFuture<T> implements ScheduledFuture<T> {

    private static final Logger log = LoggerFactory.getLogger(WorkloadExecutor.class);

    /** How the time of the next run is found. */
    enum Repeat {
        NEVER,
        AT_FIXED_RATE,
        WITH_FIXED_DELAY
    }

    private final ContextSnapshot snapshot = ContextSnapshot.capture();
    private final Callable<? extends T> task;
    private final Repeat repeat;
    private final long periodNanos;
    private final AtomicInteger skipped = new AtomicInteger();
    private volatile boolean wanted; // by a task that waits for it
    private volatile long dueAt;
    private volatile @Nullable Runnable disarm;
    private volatile @Nullable CompletableFuture<T> run;
    private volatile boolean due; // once it was: the first run is under way, or about to be
    private volatile boolean interrupt; // whether who cancelled wanted it

    ScheduledWork(WorkloadExecutor workload, Callable<? extends T> task, Repeat repeat, long periodNanos) {
        super(workload);
        this.task = task;
        this.repeat = repeat;
        this.periodNanos = periodNanos;
    }

    /** Sets the alarm for the next run. */
    void arm(long delayNanos) {
        dueAt = System.nanoTime() + delayNanos;
        disarm = workload.alarm(this::fire, delayNanos);
        if (isDone()) {
            disarmNow();
        }
    }

    private void fire() {
        due = true;
        if (isDone()) {
            return;
        }
        WorkloadTask<T> next = new WorkloadTask<>(this::callUnlessDone, workload, snapshot);
        next.inside = wanted;
        try {
            workload.execute(next);
        } catch (RejectedExecutionException e) {
            rejected(e);
            return;
        }
        run = next; // only now, for a run must not be ended and counted before the workload has it
        if (wanted) { // since it was handed over
            next.promote();
        }
        if (isDone()) { // who ended the schedule meanwhile did not see this run
            next.cancel(interrupt);
        }
        CompletableFuture<T> unused = next.whenComplete(this::ran);
    }

    /** A task waits for this one: its runs may take the seats of tasks that wait. */
    @Override
    void promote() {
        wanted = true;
        if (run instanceof WorkloadTask<T> current) {
            current.promote();
        }
    }

    /** Who has given up does not see a run begin. */
    private T callUnlessDone() throws Exception {
        if (isDone()) {
            throw new CancellationException("the schedule was ended before this run could begin");
        }
        return task.call();
    }

    private void rejected(RejectedExecutionException e) {
        if (repeat == Repeat.NEVER || workload.isShutdown()) {
            completeExceptionally(e);
        } else {
            int count = skipped.incrementAndGet();
            if (Integer.bitCount(count) == 1) { // a full workload may skip thousands
                log.warn("a scheduled run was skipped ({} so far): {}", count, e.getMessage());
            }
            armAgain();
        }
    }

    private void ran(T value, @Nullable Throwable failure) {
        if (failure != null) {
            completeExceptionally(failure);
        } else if (repeat == Repeat.NEVER) {
            complete(value);
        } else {
            armAgain();
        }
    }

    private void armAgain() {
        long now = System.nanoTime();
        long next = repeat == Repeat.AT_FIXED_RATE ? dueAt + periodNanos : now + periodNanos;
        long delay = Math.max(0, next - now);
        arm(delay);
        dueAt = next; // a late run does not move the ones after it
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (mayInterruptIfRunning) {
            interrupt = true;
        }
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        disarmNow();
        CompletableFuture<T> current = run;
        if (current != null) {
            current.cancel(mayInterruptIfRunning);
        }
        return cancelled;
    }

    /** Ends the schedule; a run under way goes on to its end, and ends the future of a task that runs once. */
    void cancelUnlessRunning() {
        boolean underWay = due;
        disarmNow();
        if (repeat != Repeat.NEVER || !underWay) {
            super.cancel(false);
        }
    }

    private void disarmNow() {
        Runnable off = disarm;
        if (off != null) {
            off.run();
        }
    }

    @Override
    public long getDelay(TimeUnit unit) {
        return unit.convert(dueAt - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
        return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
}
