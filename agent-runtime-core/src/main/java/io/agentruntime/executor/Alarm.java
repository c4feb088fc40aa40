package io.agentruntime.executor;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The clock of one workload: a thread, made when it is first needed, that ends tasks whose time is up. */
final class Alarm {

    private final ScheduledThreadPoolExecutor timer;

    Alarm(String workload) {
        timer = new ScheduledThreadPoolExecutor(1, RuntimeThreads.of(workload + "-timer"));
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Lets an action, which must be quick, happen after a time; returns how to switch it off. Does nothing once closed. */
    Runnable set(Runnable action, long delayNanos) {
        try {
            var pending = timer.schedule(action, delayNanos, TimeUnit.NANOSECONDS);
            return () -> pending.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {};
        }
    }

    void close() {
        timer.shutdownNow();
    }
}
