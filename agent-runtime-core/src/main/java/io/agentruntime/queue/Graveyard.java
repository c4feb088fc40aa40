package io.agentruntime.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives dead events to the dead letter. What it does not take stays in the journal, if there is one. Thread-safe. */
final class Graveyard<T> {

    private static final Logger log = LoggerFactory.getLogger(BackgroundQueue.class);

    private final QueueState<T> state;
    private final String queue;
    private final @Nullable DeadLetter<T> deadLetter;
    private final @Nullable Records<T> records;
    private final Rarely untaken;

    Graveyard(QueueState<T> state) {
        this.state = state;
        this.queue = state.config.name();
        this.deadLetter = state.config.deadLetter();
        this.records = state.config.records();
        this.untaken = new Rarely(state.clock);
    }

    void bury(QueuedEvent<T> event, Throwable cause) {
        boolean taken = taken(new DeadEvent<>(event.event, event.context, cause, event.attempts, null));
        forget(event.sequence, taken);
        state.settleDead(event, taken);
    }

    void buryRecord(Journal.Entry record, Throwable cause, long position) {
        boolean taken = taken(new DeadEvent<>(null, null, cause, 0, record.bytes()));
        forget(record.sequence(), taken);
        state.settleUnread(position, taken);
    }

    /** Accounts for records that the journal had counted but could not give back. */
    void missing(long count) {
        log.error("queue '{}': its journal could not give back {} events", queue, count);
        for (long i = 0; i < count; i++) {
            state.settleUnread(0, false);
        }
    }

    private void forget(long sequence, boolean taken) {
        if (records != null && taken) {
            records.acknowledge(List.of(sequence));
        }
    }

    private boolean taken(DeadEvent<T> dead) {
        if (deadLetter == null) {
            warn("gives up an event after " + dead.attempts() + " attempts, and has no dead letter", dead.cause());
            return false;
        }
        try {
            Delivery.inContext(dead.context(), () -> deadLetter.accept(dead));
            return true;
        } catch (Throwable failure) { // nothing that the host does ends the worker
            failure.addSuppressed(dead.cause());
            warn("gives up an event, and its dead letter failed", failure);
            return false;
        } finally {
            boolean unused = Thread.interrupted(); // not meant for the next batch
        }
    }

    private void warn(String what, Throwable cause) {
        if (untaken.now()) {
            log.error("queue '{}' {} ({} so far)", queue, what, untaken.count(), cause);
        }
    }
}
