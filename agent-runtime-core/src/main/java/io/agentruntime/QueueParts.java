package io.agentruntime;

import io.agentruntime.audit.AuditQueue;
import io.agentruntime.queue.BackgroundQueue;
import io.agentruntime.queue.BackgroundQueueBuilder;
import io.agentruntime.queue.EventCodec;
import io.agentruntime.queue.Journal;
import io.agentruntime.queue.Overflow;
import io.agentruntime.usage.UsageEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The queues of a runtime, and their journals. */
final class QueueParts {

    private static final int USAGE_BATCH = 2_000;

    private final @Nullable Path folder; // null without journals
    private final List<Journal> journals = new CopyOnWriteArrayList<>();
    private final BackgroundQueue<UsageEvent> usage;
    private final AuditQueue audit;
    private final BulkQueues bulk;

    QueueParts(AgentRuntimeBuilder builder, AgentRuntimeConfig config) {
        this.folder = builder.journals();
        this.bulk = new BulkQueues(config.bulkConcurrency(), name -> journal("bulk-" + name));
        boolean complete = false;
        try {
            this.usage = usageQueue(builder, config);
            this.audit = auditQueue(builder);
            complete = true;
        } finally {
            if (!complete) {
                closeJournals();
            }
        }
    }

    private BackgroundQueue<UsageEvent> usageQueue(AgentRuntimeBuilder builder, AgentRuntimeConfig config) {
        BackgroundQueueBuilder<UsageEvent> queue = BackgroundQueue.<UsageEvent>builder(
                        "usage-queue", builder.usageStore()::store)
                .capacity(config.usageQueueCapacity())
                .batchSize(USAGE_BATCH);
        Journal journal = journal("usage");
        if (journal != null) {
            queue.journal(journal, EventCodec.json(UsageEvent.class)).overflow(Overflow.spill());
        }
        return queue.build();
    }

    private AuditQueue auditQueue(AgentRuntimeBuilder builder) {
        Journal journal = journal("audit");
        return journal == null
                ? AuditQueue.create(builder.auditStore(), builder.clock())
                : AuditQueue.create(builder.auditStore(), journal, builder.clock());
    }

    private @Nullable Journal journal(String name) {
        if (folder == null) {
            return null;
        }
        Journal journal = Journal.inDirectory(folder.resolve(name)).open();
        journals.add(journal);
        return journal;
    }

    BackgroundQueue<UsageEvent> usage() {
        return usage;
    }

    AuditQueue audit() {
        return audit;
    }

    BulkQueues bulk() {
        return bulk;
    }

    /** Lets go of the folders. A queue that was stopped has done so; one that was never started has not. */
    void closeJournals() {
        journals.forEach(Journal::close);
    }
}
