package io.agentruntime.cache;

import io.agentruntime.context.ContextSnapshot;
import io.agentruntime.executor.WorkloadExecutor;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of the cache's executor that one lower tier may hold, so that a tier whose calls hang leaves threads to compute on: half of a
 * workload's threads, or four of another executor. What finds none free waits here, without a thread. Lock-free.
 */
final class TierThreads implements Executor {

    private static final Logger log = LoggerFactory.getLogger(TieredCache.class);

    private static final int OF_UNKNOWN = 4;
    private static final int MAX_WAITING = 10_000;

    private final Executor executor;
    private final int width;
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waits = new AtomicInteger(); // a queue of this kind does not know its size
    private final AtomicInteger taken = new AtomicInteger();

    TierThreads(Executor executor) {
        this.executor = executor;
        this.width = executor instanceof WorkloadExecutor workload
                ? Math.max(1, workload.statistics().threads() / 2)
                : OF_UNKNOWN;
    }

    /** Runs a call on the next thread that is free, in the caller's context. */
    @Override
    public void execute(Runnable call) {
        Runnable task = ContextSnapshot.capture().wrap(call);
        if (waits.incrementAndGet() > MAX_WAITING) {
            waits.decrementAndGet();
            throw new RejectedExecutionException(MAX_WAITING + " calls of the tier wait already");
        }
        waiting.add(task);
        if (take()) {
            try {
                executor.execute(this::work);
            } catch (RejectedExecutionException e) {
                taken.decrementAndGet();
                if (waiting.remove(task)) { // else another thread has taken it
                    waits.decrementAndGet();
                    throw e;
                }
            }
        }
    }

    private boolean take() {
        int now = taken.get();
        while (now < width) {
            if (taken.compareAndSet(now, now + 1)) {
                return true;
            }
            now = taken.get();
        }
        return false;
    }

    private void work() {
        do {
            try {
                Runnable task = waiting.poll();
                while (task != null) {
                    waits.decrementAndGet();
                    run(task);
                    task = waiting.poll();
                }
            } finally {
                taken.decrementAndGet();
            }
        } while (!waiting.isEmpty() && take()); // one that came when no thread was free, and this one not gone yet
    }

    /** Whatever one call does, those that wait behind it are made. */
    private static void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            log.error("a call of a cache's tier failed outside of its future", failure);
        }
    }
}
