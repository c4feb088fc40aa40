package io.agentruntime.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the events that make a batch fail, by halves: what fails is halved until an event fails alone, in the order of the events, so one
 * among n costs about 2 log n calls and the others are delivered.
 *
 * <p>An event that fails alone is a suspect, no more: the store behind the handler may be down for all of them. It is poison if its failure is
 * not retryable, or if the handler takes other events meanwhile and it fails once more then. If as many suspects as allowed have failed
 * and nothing was taken, it is an outage: the examination ends, and nothing is given up. Used by one worker, for one batch.
 */
final class Isolation<T> {

    private final Courier<T> courier;
    private final int allowedSuspects;
    private final List<QueuedEvent<T>> suspects = new ArrayList<>();
    private boolean taken; // the handler took something

    Isolation(Courier<T> courier, int allowedSuspects, boolean taken) {
        this.courier = courier;
        this.allowedSuspects = allowedSuspects;
        this.taken = taken;
    }

    /** Looks for the guilty among events that have just failed together. */
    void examine(List<QueuedEvent<T>> events, Throwable failure) {
        if (events.size() == 1) {
            suspect(events.get(0), failure);
        } else {
            halve(events);
        }
    }

    private void halve(List<QueuedEvent<T>> events) {
        int middle = events.size() / 2;
        tryPart(events.subList(0, middle));
        tryPart(events.subList(middle, events.size()));
    }

    private void tryPart(List<QueuedEvent<T>> part) {
        if (courier.abandoned() || outage()) {
            return;
        }
        if (part.size() > courier.batchSize()) { // with the witnesses of a small batch
            halve(part);
            return;
        }
        Throwable failure = courier.attempt(part);
        if (failure == null) {
            taken = true;
            judge();
        } else {
            examine(part, failure);
        }
    }

    private boolean outage() {
        return !taken && suspects.size() >= allowedSuspects;
    }

    private void suspect(QueuedEvent<T> event, Throwable failure) {
        event.failure = failure;
        if (courier.abandoned()) {
            return;
        }
        if (!Courier.retryable(failure)) {
            courier.bury(event, failure);
        } else if (taken) {
            tryOnceMore(event);
        } else {
            suspects.add(event);
        }
    }

    /** The handler has just taken an event that came after the suspects. With keys, none of them may be delivered behind it. */
    private void judge() {
        if (courier.keyed()) {
            condemn();
        } else {
            suspects.forEach(this::tryOnceMore);
            suspects.clear();
        }
    }

    /** An outage may just have ended: without this an event would be given up for having been tried a moment too early. */
    private void tryOnceMore(QueuedEvent<T> event) {
        Throwable failure = courier.attempt(List.of(event));
        if (failure != null && !courier.abandoned()) {
            courier.bury(event, failure);
        }
    }

    /** Gives up all suspects. */
    void condemn() {
        for (QueuedEvent<T> event : suspects) {
            if (event.failure != null && !courier.abandoned()) {
                courier.bury(event, event.failure);
            }
        }
        suspects.clear();
    }
}
