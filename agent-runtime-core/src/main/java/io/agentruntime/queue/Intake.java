package io.agentruntime.queue;

import io.agentruntime.context.UsageContext;
import io.agentruntime.queue.Backlog.Append;
import io.agentruntime.queue.Entrance.Admission;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens on the caller's thread. Calls the journal and functions of the host's; the lock is not held then. Thread-safe. */
final class Intake<T> {

    private static final Logger log = LoggerFactory.getLogger(BackgroundQueue.class);

    private final QueueConfig<T> config;
    private final @Nullable Records<T> records;
    private final EventMaker<T> maker;
    private final Entrance<T> entrance;
    private final Rarely refusals;

    Intake(QueueState<T> state, EventMaker<T> maker) {
        this.config = state.config;
        this.records = config.records();
        this.maker = maker;
        this.entrance = new Entrance<>(state);
        this.refusals = new Rarely(config.clock());
    }

    EnqueueResult offer(T event) {
        UsageContext context = UsageContext.current().orElse(null);
        if (records == null) {
            return told(entrance.offer(maker.make(event, context, 0)), null);
        }
        byte[] record;
        try {
            record = records.encode(event, context, config.clock().millis());
        } catch (Exception e) { // of the codec, which is the host's
            return told(entrance.refuse(EnqueueResult.JOURNAL_FAILED), e);
        }
        return keep(records, maker.make(event, context, record.length), record);
    }

    private EnqueueResult keep(Records<T> journal, QueuedEvent<T> event, byte[] record) {
        Admission<T> admission = entrance.begin(event);
        if (config.bounds().overflow().drops()) {
            journal.acknowledge(entrance.takeDroppedRecords());
        }
        Append<T> append = admission.append();
        return append == null ? told(admission.result(), null) : append(journal, append, record);
    }

    private EnqueueResult append(Records<T> journal, Append<T> append, byte[] record) {
        long sequence = 0;
        try {
            sequence = journal.journal().append(record);
        } catch (RuntimeException e) {
            return told(entrance.notAppended(append, reason(e)), e);
        } catch (Error e) {
            EnqueueResult unused = entrance.notAppended(append, EnqueueResult.JOURNAL_FAILED);
            throw e;
        }
        return entrance.appended(append, sequence);
    }

    private static EnqueueResult reason(RuntimeException failure) {
        if (failure instanceof JournalException known) {
            return switch (known.reason()) {
                case FULL -> EnqueueResult.JOURNAL_FULL;
                case CLOSED -> EnqueueResult.CLOSED;
                default -> EnqueueResult.JOURNAL_FAILED;
            };
        }
        return EnqueueResult.JOURNAL_FAILED;
    }

    /** Logs a refusal now and then: a flood of events must not become a flood of lines. */
    private EnqueueResult told(EnqueueResult result, @Nullable Throwable cause) {
        if (!result.accepted() && refusals.now()) {
            String reason = result.name().toLowerCase(Locale.ROOT).replace('_', ' ');
            log.warn(
                    "queue '{}' refuses an event: {} ({} refused so far)",
                    config.name(),
                    reason,
                    refusals.count(),
                    cause);
        }
        return result;
    }
}
