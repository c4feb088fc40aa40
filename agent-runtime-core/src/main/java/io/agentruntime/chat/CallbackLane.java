package io.agentruntime.chat;

import io.agentruntime.context.ContextSnapshot;
import io.agentruntime.executor.WorkloadExecutor;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs the callbacks of one stream one after another on the I/O workload, each as a task of its own. Thread-safe. */
final class CallbackLane {

    /*
     * Who takes the count from 0 to 1 sees to it that a task runs; the task hands over to another one while there is more, so that
     * many streams take turns, and goes on by itself if the workload is too full for another. A task that the workload refuses, or
     * accepts and then drops, ends the lane: the count stays above 0, and nothing runs any more.
     */
    private final WorkloadExecutor workload;
    private final ContextSnapshot context;
    private final Consumer<RejectedExecutionException> onRefusal;
    private final Queue<Runnable> callbacks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    /**
     * Makes a lane of the calling thread's context.
     *
     * @param onRefusal is told, once, that the workload takes no more; on any thread
     */
    CallbackLane(WorkloadExecutor workload, ContextSnapshot context, Consumer<RejectedExecutionException> onRefusal) {
        this.workload = workload;
        this.context = context;
        this.onRefusal = onRefusal;
    }

    /** Runs a callback, which must not throw, after those before it. */
    void submit(Runnable callback) {
        callbacks.add(callback);
        if (count.getAndIncrement() == 0) {
            RejectedExecutionException refusal = handOver();
            if (refusal != null) {
                refused(refusal);
            }
        }
    }

    private @Nullable RejectedExecutionException handOver() {
        Task task = new Task();
        try {
            context.run(() -> {
                CompletableFuture<?> unused = workload.submit(task).whenComplete(task::ended);
            });
            return null;
        } catch (RejectedExecutionException e) {
            return e;
        }
    }

    private void refused(RejectedExecutionException refusal) {
        callbacks.clear();
        onRefusal.accept(refusal);
    }

    private void runNext() {
        do {
            Runnable next = callbacks.poll();
            if (next != null) { // cannot be: each is counted after it was added
                next.run();
            }
        } while (count.decrementAndGet() > 0 && handOver() != null);
    }

    private final class Task implements Runnable {

        private final AtomicBoolean begun = new AtomicBoolean();

        @Override
        public void run() {
            if (begun.compareAndSet(false, true)) {
                runNext();
            }
        }

        void ended(Object nothing, @Nullable Throwable failure) {
            if (failure instanceof CancellationException && begun.compareAndSet(false, true)) {
                refused(new RejectedExecutionException("workload '" + workload.name() + "' was stopped", failure));
            }
        }
    }
}
