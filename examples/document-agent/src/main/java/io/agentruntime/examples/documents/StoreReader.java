package io.agentruntime.examples.documents;

import io.agentruntime.AgentRuntime;
import io.agentruntime.audit.AuditEntry;
import io.agentruntime.queue.BackgroundQueue;
import io.agentruntime.usage.UsageTotal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;

/** Reads back what all runs have stored, this one included; says so if some of it could not be stored. */
final class StoreReader {
    private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(30);

    private StoreReader() {}

    /** Adds up what the model calls have cost. */
    static List<UsageTotal> usage(Application application) throws InterruptedException {
        AgentRuntime runtime = application.runtime();
        runtime.usageQueue().flush(FLUSH_TIMEOUT);
        check(application.console(), runtime.usageQueue().statistics(), "the usage", "model call");
        return read(runtime, "usage", () -> runtime.usageStore().totals());
    }

    /** Lists what an organisation has done, the oldest first. */
    static List<AuditEntry> audit(Application application, String organisation) throws InterruptedException {
        AgentRuntime runtime = application.runtime();
        runtime.audit().flush(FLUSH_TIMEOUT);
        check(application.console(), runtime.audit().statistics(), "the audit", "action");
        return read(runtime, "audit", () -> application.stores().audit().entries(organisation));
    }

    private static void check(Console console, BackgroundQueue.Statistics queue, String what, String noun) {
        long lost = queue.dead() + queue.rejected();
        if (lost > 0) {
            console.problem(what + " of " + Table.count(lost, noun) + " could not be stored");
        }
        if (queue.pending() > 0) {
            console.problem(what + " of " + Table.count(queue.pending(), noun)
                    + " could not be stored yet; the next command tries again");
        }
    }

    private static <T> T read(AgentRuntime runtime, String what, Callable<T> reading) {
        try {
            return runtime.executors().query().submit(reading).join();
        } catch (CompletionException e) {
            throw CannotRunException.failed("the " + what + " cannot be read: " + Made.reason(e));
        }
    }
}
