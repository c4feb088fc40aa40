package io.agentruntime.executor;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The states of a task, in every interleaving that a model checker finds: whoever claims, completes, fails, cancels or aborts it, it
 * behaves as if they did so one after another.
 */
@Tag("flaw-6")
@Tag("flaw-8")
public class TaskStateLincheckTest {

    /** Loads the classes, and with them the logging, before Lincheck instruments what is loaded. */
    @BeforeAll
    static void load() throws InterruptedException {
        Task unused = new Task();
        unused.run();
        unused.workload.stop(Deadline.after(Duration.ofSeconds(1)));
    }

    @Test
    void claimCancelComplete_modelChecked_isLinearizable() {
        new ModelCheckingOptions()
                .sequentialSpecification(OneTaskAtATime.class)
                .threads(3)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(1)
                .iterations(10)
                .invocationsPerIteration(300)
                .check(Task.class);
    }

    /** A task without its pool: nothing runs it but the operations. */
    public static final class Task {

        private final WorkloadExecutor workload = WorkloadExecutor.create(new Workload("model", 1, 10));
        private final Worker worker =
                new Worker(workload.pool(), new WorkloadTask<>(() -> "unused", workload), Thread::new);
        private final WorkloadTask<String> task = new WorkloadTask<>(() -> "returned", workload);

        @Operation(nonParallelGroup = "pool") // which gives a task to one worker only
        public void run() {
            task.runOn(worker);
        }

        @Operation
        public boolean cancel() {
            return task.cancel(true);
        }

        @Operation
        public boolean complete() {
            return task.complete("completed");
        }

        @Operation
        public boolean fail() {
            return task.completeExceptionally(new IllegalStateException("asked for"));
        }

        @Operation
        public boolean abort() {
            return task.abort();
        }

        @Operation
        public String outcome() {
            return TaskStateLincheckTest.outcome(task);
        }

        @Validate
        public void countedOnceIfDone() {
            WorkloadCounters counters = workload.counters();
            long counted =
                    counters.completed.sum() + counters.failed.sum() + counters.cancelled.sum() + worker.completed();
            if (counted
                    != (task.isDone() ? 1 : 0)) { // no assertion library here: the model checker would instrument it
                throw new IllegalStateException("counted " + counted + " times: " + task);
            }
        }
    }

    /** What a task must be like: its first end is its only one. */
    public static final class OneTaskAtATime {

        private String outcome = "open";

        private boolean end(String how) {
            boolean first = outcome.equals("open");
            outcome = first ? how : outcome;
            return first;
        }

        public void run() {
            end("returned");
        }

        public boolean cancel() {
            return end("cancelled") || outcome.equals("cancelled");
        }

        public boolean complete() {
            return end("completed");
        }

        public boolean fail() {
            return end("failed");
        }

        public boolean abort() {
            return end("cancelled");
        }

        public String outcome() {
            return outcome;
        }
    }

    private static String outcome(CompletableFuture<String> task) {
        if (!task.isDone()) {
            return "open";
        } else if (task.isCancelled()) {
            return "cancelled";
        }
        return task.isCompletedExceptionally() ? "failed" : task.join();
    }
}
