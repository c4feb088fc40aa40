package io.agentruntime.queue;

import io.agentruntime.queue.Backlog.Range;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Events that are handed over together, until each of them is settled. Belongs to the worker that has it in hand, or to the lock. */
final class Batch<T> {

    /** Where its events came from; null for {@link #refill}. */
    final @Nullable Lane<T> lane;

    /** What is to be read in the journal, if this is not a batch at all but the order to read on. */
    final @Nullable Range range;

    private final int size;
    private List<QueuedEvent<T>> events;

    /** How often it failed, and how often since it was last put together. */
    int failures;

    int tries;

    /** How often it was found that the handler takes nothing at all. */
    int outages;

    long firstFailureNanos;

    /** When it is to be tried again. */
    long dueNanos;

    /** How many events the queue had delivered when it last failed. */
    long deliveredBefore;

    Batch(Lane<T> lane, List<QueuedEvent<T>> events) {
        this(lane, null, events);
    }

    private Batch(@Nullable Lane<T> lane, @Nullable Range range, List<QueuedEvent<T>> events) {
        this.lane = lane;
        this.range = range;
        this.size = events.size();
        this.events = events;
    }

    static <T> Batch<T> refill(Range range) {
        return new Batch<>(null, range, List.of());
    }

    List<QueuedEvent<T>> events() {
        return events;
    }

    void addWitnesses(List<QueuedEvent<T>> more) {
        events.addAll(more);
    }

    /** Keeps what is not settled, and returns what of that came in as a witness. */
    List<QueuedEvent<T>> dismissWitnesses() {
        List<QueuedEvent<T>> witnesses =
                events.stream().skip(size).filter(event -> !event.settled).toList();
        events = unsettled(events.subList(0, size));
        return witnesses;
    }

    void dismissSettled() {
        events = unsettled(events);
    }

    private static <T> List<QueuedEvent<T>> unsettled(List<QueuedEvent<T>> events) {
        return new ArrayList<>(events.stream().filter(event -> !event.settled).toList());
    }
}
