package io.agentruntime.examples.documents;

import io.agentruntime.AgentRuntime;
import io.agentruntime.queue.BackgroundQueue;
import io.agentruntime.usage.UsageTotal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;

/** Reads back what the model calls of all runs have cost. */
final class UsageReader {
    private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(30);

    private UsageReader() {}

    /** Waits until the usage of this run is stored, and adds up that of all runs; says so if some could not be stored. */
    static List<UsageTotal> totals(Application application) throws InterruptedException {
        AgentRuntime runtime = application.runtime();
        runtime.usageQueue().flush(FLUSH_TIMEOUT);
        BackgroundQueue.Statistics queue = runtime.usageQueue().statistics();
        long lost = queue.dead() + queue.pending() + queue.rejected();
        if (lost > 0) {
            application.console().problem("the usage of " + Table.count(lost, "model call") + " could not be stored");
        }
        try {
            return runtime.executors()
                    .query()
                    .submit(() -> runtime.usageStore().totals())
                    .join();
        } catch (CompletionException e) {
            throw CannotRunException.failed("the usage cannot be read: " + Made.reason(e));
        }
    }
}
