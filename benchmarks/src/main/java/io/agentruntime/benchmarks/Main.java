package io.agentruntime.benchmarks;

import io.agentruntime.benchmarks.cache.CacheHit;
import io.agentruntime.benchmarks.cache.CacheOutage;
import io.agentruntime.benchmarks.cache.CacheStale;
import io.agentruntime.benchmarks.cache.ContentChecks;
import io.agentruntime.benchmarks.cache.ContentHit;
import io.agentruntime.benchmarks.chat.ModelCall;
import io.agentruntime.benchmarks.chat.StreamCallbacks;
import io.agentruntime.benchmarks.context.ContextCarry;
import io.agentruntime.benchmarks.executor.ExecutorIsolation;
import io.agentruntime.benchmarks.executor.ExecutorSubmit;
import io.agentruntime.benchmarks.harness.CommandLine;
import io.agentruntime.benchmarks.harness.Goal;
import io.agentruntime.benchmarks.queue.QueueDrain;
import io.agentruntime.benchmarks.queue.QueueJournal;
import io.agentruntime.benchmarks.queue.QueueOffer;
import io.agentruntime.benchmarks.runtime.Startup;
import io.agentruntime.benchmarks.usage.UsageIngest;
import java.util.List;

/** The program behind {@code benchmarks/run}, and the list of all goals. */
final class Main {

    static final List<Goal> GOALS = List.of(
            ContextCarry.goal(),
            ExecutorSubmit.goal(),
            ExecutorIsolation.goal(),
            ModelCall.goal(),
            StreamCallbacks.goal(),
            QueueOffer.goal(),
            QueueJournal.goal(),
            QueueDrain.goal(),
            UsageIngest.goal(),
            CacheHit.goal(),
            CacheStale.goal(),
            CacheOutage.goal(),
            ContentHit.goal(),
            ContentChecks.goal(),
            Startup.goal());

    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(GOALS, System.out, System.err).run(args));
    }
}
