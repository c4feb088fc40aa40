package io.agentruntime;

import io.agentruntime.audit.AuditQueue;
import io.agentruntime.bulk.BulkQueue;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import io.agentruntime.queue.BackgroundQueue;
import io.agentruntime.queue.BackgroundQueueBuilder;
import io.agentruntime.queue.EventCodec;
import io.agentruntime.queue.Journal;
import io.agentruntime.queue.Overflow;
import io.agentruntime.usage.UsageEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The queues of a runtime, and their journals. As a component it is the bulk queues, which are made when the runtime runs. */
final class QueueParts implements Managed {

    private static final int USAGE_BATCH = 2_000;

    /** What is safe as the name of a folder, too. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    private final int bulkConcurrency;
    private final @Nullable Path folder; // null without journals
    private final List<Journal> journals = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final List<BulkQueue<?, ?>> bulk = new ArrayList<>(); // guarded by lock
    private final BackgroundQueue<UsageEvent> usage;
    private final AuditQueue audit;
    private boolean stopped; // guarded by lock

    QueueParts(AgentRuntimeBuilder builder, AgentRuntimeConfig config) {
        this.folder = builder.journals();
        this.bulkConcurrency = config.bulkConcurrency();
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

    <T, R> BulkQueue<T, R> bulk(String name, Class<T> items, BulkQueue.Handler<? super T, ? extends R> handler) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a bulk queue is named '" + name + "', allowed: " + NAME);
        }
        lock.lock();
        try {
            if (stopped) {
                throw new IllegalStateException("the runtime has stopped: it takes no bulk queue '" + name + "'");
            }
            BulkQueue.Builder<T, R> builder =
                    BulkQueue.<T, R>builder(name, handler).concurrency(bulkConcurrency);
            Journal journal = journal("bulk-" + name);
            if (journal != null) {
                builder.journal(journal, EventCodec.json(items));
            }
            BulkQueue<T, R> queue = builder.build();
            bulk.add(queue);
            queue.start();
            return queue;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String name() {
        return "bulk-queues";
    }

    @Override
    public long stop(Deadline deadline) throws InterruptedException {
        List<BulkQueue<?, ?>> all;
        lock.lock();
        try {
            stopped = true;
            all = List.copyOf(bulk);
        } finally {
            lock.unlock();
        }
        long lost = 0;
        for (BulkQueue<?, ?> queue : all) {
            lost += queue.stop(deadline);
        }
        return lost;
    }

    /** Lets go of the folders. A queue that was stopped has done so; one that was never started has not. */
    void closeJournals() {
        journals.forEach(Journal::close);
    }
}
