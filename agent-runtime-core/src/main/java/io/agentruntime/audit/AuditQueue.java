package io.agentruntime.audit;

import static java.util.Objects.requireNonNull;

import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import io.agentruntime.queue.BackgroundQueue;
import io.agentruntime.queue.BackgroundQueueBuilder;
import io.agentruntime.queue.EnqueueResult;
import io.agentruntime.queue.EventCodec;
import io.agentruntime.queue.Journal;
import io.agentruntime.queue.Overflow;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Brings audit entries to their {@link AuditStore}, one batch at a time and in their order, and never drops one: whoever finds it full
 * waits up to {@value #PATIENCE_SECONDS} seconds; then the entry stays in the journal until the store has caught up. Without a journal it is
 * refused then, and the caller is told. An entry that the store refuses for good is written into the log.
 *
 * <p>Thread-safe.
 */
public final class AuditQueue implements Managed {

    /** How long a caller waits for room at most. */
    public static final int PATIENCE_SECONDS = 5;

    private static final Duration PATIENCE = Duration.ofSeconds(PATIENCE_SECONDS);
    private static final int CAPACITY = 10_000;

    private final BackgroundQueue<AuditEntry> queue;
    private final InstantSource clock;

    private AuditQueue(AuditStore store, @Nullable Journal journal, InstantSource clock) {
        BackgroundQueueBuilder<AuditEntry> builder =
                BackgroundQueue.<AuditEntry>builder("audit-queue", store::store).capacity(CAPACITY);
        if (journal == null) {
            builder.overflow(Overflow.block(PATIENCE));
        } else {
            builder.journal(journal, EventCodec.json(AuditEntry.class)).overflow(Overflow.blockThenSpill(PATIENCE));
        }
        this.queue = builder.build();
        this.clock = clock;
    }

    /**
     * Makes a queue that keeps what is on its way in memory.
     *
     * @param store where the entries go
     * @param clock where the times of entries come from
     * @return the queue, not started
     */
    public static AuditQueue create(AuditStore store, InstantSource clock) {
        return new AuditQueue(requireNonNull(store, "store"), null, requireNonNull(clock, "clock"));
    }

    /**
     * Makes a queue that loses nothing, not even with the process.
     *
     * @param store where the entries go
     * @param journal for this queue alone, which closes it
     * @param clock where the times of entries come from
     * @return the queue, not started
     */
    public static AuditQueue create(AuditStore store, Journal journal, InstantSource clock) {
        return new AuditQueue(
                requireNonNull(store, "store"), requireNonNull(journal, "journal"), requireNonNull(clock, "clock"));
    }

    @Override
    public String name() {
        return queue.name();
    }

    @Override
    public void start() {
        queue.start();
    }

    /**
     * Notes that the owner whose context is open has done something now.
     *
     * @param action what was done
     * @param subject to what, or empty
     * @param outcome how it ended
     * @return what became of the entry
     * @throws io.agentruntime.context.MissingContextException if no context is open
     */
    public EnqueueResult record(String action, String subject, String outcome) {
        return record(AuditEntry.of(clock.instant(), action, subject, outcome));
    }

    /**
     * Takes an entry.
     *
     * @param entry the entry
     * @return what became of it
     */
    public EnqueueResult record(AuditEntry entry) {
        return queue.enqueue(entry);
    }

    /**
     * Waits until the store has everything that was recorded before.
     *
     * @param timeout how long at most
     * @return true if it has
     * @throws InterruptedException if interrupted while waiting
     */
    public boolean flush(Duration timeout) throws InterruptedException {
        return queue.flush(timeout);
    }

    /**
     * Tells the figures.
     *
     * @return the figures of this moment
     */
    public BackgroundQueue.Statistics statistics() {
        return queue.statistics();
    }

    @Override
    public long stop(Deadline deadline) throws InterruptedException {
        return queue.stop(deadline);
    }
}
