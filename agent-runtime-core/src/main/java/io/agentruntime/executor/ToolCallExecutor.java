package io.agentruntime.executor;

import static java.util.Objects.requireNonNull;

import io.agentruntime.context.ContextSnapshot;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs each tool call exactly once: where it is told to, or, if that cannot be or could not end, on the caller. */
final class ToolCallExecutor implements Executor {

    private static final Logger log = LoggerFactory.getLogger(ToolCallExecutor.class);

    /** The tools that wait for what this thread does, each by the executor that it may hold a thread of. */
    private static final ThreadLocal<@Nullable Holder> waiting = new ThreadLocal<>();

    /** How long a tool waits for another executor to begin its call: two tools may hold what the other one waits for. */
    private static final long PATIENCE_MILLIS = 100;

    private final Executor delegate;

    ToolCallExecutor(Executor delegate) {
        this.delegate = delegate;
    }

    @Override
    public void execute(Runnable task) {
        Holder outer = waiting.get();
        ToolCall call = new ToolCall(requireNonNull(task, "task"), new Holder(delegate, outer));
        if (isHeld(outer) || runsOnDelegate()) {
            call.runOnCaller();
            return;
        }
        try {
            delegate.execute(call);
        } catch (Throwable rejection) { // an Error too must not cost the turn a result
            log.debug("a tool call was rejected, and runs on its caller unless it has run", rejection);
            call.runOnCaller();
            return;
        }
        if (outer != null) {
            call.runOnCallerUnlessItBegins();
        }
    }

    private boolean isHeld(@Nullable Holder innermost) {
        for (Holder holder = innermost; holder != null; holder = holder.outer) {
            if (holder.executor == delegate) {
                return true;
            }
        }
        return false;
    }

    /** A turn that runs on a workload waits for its tools in a way that does not lend its slot. */
    private boolean runsOnDelegate() {
        Worker worker = Worker.current();
        return worker != null && delegate instanceof WorkloadExecutor workload && worker.pool == workload.pool();
    }

    private record Holder(Executor executor, @Nullable Holder outer) {}

    /** One tool call in the context of its caller. */
    private static final class ToolCall implements Runnable {

        private final Runnable task;
        private final Holder holder;
        private final ContextSnapshot context = ContextSnapshot.capture();
        private final AtomicBoolean started = new AtomicBoolean();
        private final CountDownLatch begun = new CountDownLatch(1);

        ToolCall(Runnable task, Holder holder) {
            this.task = task;
            this.holder = holder;
        }

        @Override
        public void run() {
            if (started.compareAndSet(false, true)) { // an executor may take a task and throw all the same
                begun.countDown();
                Holder before = waiting.get();
                waiting.set(holder);
                try {
                    context.run(task);
                } finally {
                    restore(before);
                }
            }
        }

        private static void restore(@Nullable Holder before) {
            if (before == null) {
                waiting.remove();
            } else {
                waiting.set(before);
            }
        }

        void runOnCallerUnlessItBegins() {
            boolean begins = false;
            try {
                begins = begun.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (!begins) {
                runOnCaller();
            }
        }

        void runOnCaller() {
            try {
                run();
            } catch (Throwable failure) { // the caller is in the middle of a turn, and must get to its end
                log.warn("a tool call failed outside of its future", failure);
            }
        }
    }
}
