package io.agentruntime.testkit;

import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a {@link ManualScheduler} was asked to run at a time, once or again and again. */
final class ManualTask<V extends @Nullable Object> extends FutureTask<V> implements ScheduledFuture<V> {

    private final ManualQueue queue;
    private final long periodNanos; // as in the JDK: 0 for once, above 0 for a fixed rate, below 0 for a fixed delay
    private volatile long dueNanos;

    ManualTask(ManualQueue queue, Callable<V> action, long dueNanos, long periodNanos) {
        super(action);
        this.queue = queue;
        this.dueNanos = dueNanos;
        this.periodNanos = periodNanos;
    }

    long dueNanos() {
        return dueNanos;
    }

    @Override
    public void run() {
        if (periodNanos == 0) {
            super.run();
        } else if (runAndReset()) {
            dueNanos = periodNanos > 0 ? dueNanos + periodNanos : queue.nanos() - periodNanos;
            if (!queue.offer(this, dueNanos)) {
                cancel(false);
            }
        }
    }

    @Override
    protected void done() {
        queue.remove(this);
    }

    @Override
    public long getDelay(TimeUnit unit) {
        return unit.convert(dueNanos - queue.nanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
        return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
}
