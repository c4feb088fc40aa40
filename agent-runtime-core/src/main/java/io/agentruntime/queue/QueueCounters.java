package io.agentruntime.queue;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a queue has counted. Guarded by the lock of its {@link QueueState}. */
final class QueueCounters {

    /** How an event that was accepted came to its end. */
    enum Outcome {
        DELIVERED,
        DEAD,
        DROPPED
    }

    long accepted;
    long recovered;
    long delivered;
    long dead;
    long untaken; // of the dead: no dead letter took them
    long dropped;
    long retried;
    long batches;
    long batched; // events in them
    int largestBatch;
    private final Map<EnqueueResult, Long> refused = new EnumMap<>(EnqueueResult.class);

    EnqueueResult refuse(EnqueueResult reason) {
        refused.merge(reason, 1L, Long::sum);
        return reason;
    }

    long refused(EnqueueResult reason) {
        return refused.getOrDefault(reason, 0L);
    }

    void settled(Outcome outcome) {
        switch (outcome) {
            case DELIVERED -> delivered++;
            case DEAD -> dead++;
            case DROPPED -> dropped++;
        }
    }

    /** Counts a record of the journal that nobody knew of, as it had not counted it. */
    void recoveredUnless(boolean known) {
        accepted += known ? 0 : 1;
        recovered += known ? 0 : 1;
    }

    /** Counts a call of the handler. */
    void called(List<? extends QueuedEvent<?>> events) {
        batches++;
        batched += events.size();
        largestBatch = Math.max(largestBatch, events.size());
        for (QueuedEvent<?> event : events) {
            retried += event.attempts > 1 ? 1 : 0;
        }
    }

    long pending() {
        return accepted - delivered - dead - dropped;
    }

    BackgroundQueue.Statistics statistics(Figures others, int queued, Duration oldestAge) {
        return new BackgroundQueue.Statistics(
                others.name(),
                others.state(),
                accepted,
                recovered,
                delivered,
                dead,
                dropped,
                pending(),
                queued,
                retried,
                refused(EnqueueResult.FULL),
                refused(EnqueueResult.CLOSED),
                refused(EnqueueResult.INTERRUPTED),
                refused(EnqueueResult.JOURNAL_FULL),
                refused(EnqueueResult.JOURNAL_FAILED),
                oldestAge,
                batches,
                batches == 0 ? 0 : (double) batched / batches,
                largestBatch,
                others.handlerTime(),
                others.startFailures());
    }

    DrainReport drainReport(boolean journal) {
        long left = pending() + untaken;
        return new DrainReport(accepted, delivered, dead, dropped, pending(), journal ? left : 0, journal ? 0 : left);
    }
}
