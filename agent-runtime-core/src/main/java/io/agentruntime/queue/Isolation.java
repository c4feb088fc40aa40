package io.agentruntime.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the events that make a batch fail, by halves: what fails is halved until an event fails alone, in the order of the events, so one
 * among n costs about 2 log n calls and the others are delivered.
 *
 * <p>An event that fails alone is a suspect, no more: the store behind the handler may be down for all of them. It is poison if its failure is
 * not retryable, or if the handler takes another event after it. If as many suspects as allowed fail in a row it is an outage: the
 * examination ends, and none of them is given up. Used by one worker, for one batch.
 */
final class Isolation<T> {

    private final Courier<T> courier;
    private final int allowedSuspects;
    private final List<QueuedEvent<T>> suspects = new ArrayList<>(); // since the handler took something
    private boolean taken;

    Isolation(Courier<T> courier, int allowedSuspects, boolean othersTaken) {
        this.courier = courier;
        this.allowedSuspects = allowedSuspects;
        this.taken = othersTaken;
    }

    /** Looks for the guilty among events that have just failed together. */
    void examine(List<QueuedEvent<T>> events, Throwable failure) {
        if (events.size() == 1) {
            suspect(events.get(0), failure);
        } else {
            int middle = events.size() / 2;
            hear(events.subList(0, middle));
            hear(events.subList(middle, events.size()));
        }
    }

    private void suspect(QueuedEvent<T> event, Throwable failure) {
        event.failure = failure;
        if (Courier.retryable(failure)) {
            suspects.add(event);
        } else if (!courier.abandoned()) {
            courier.bury(event, failure);
        }
    }

    /** Tries events of the batch, or a witness: one that waited behind it. */
    void hear(List<QueuedEvent<T>> events) {
        if (courier.abandoned() || outage()) {
            return;
        }
        Throwable failure = courier.attempt(events);
        if (failure != null) {
            examine(events, failure);
            return;
        }
        taken = true;
        if (courier.keyed()) {
            condemn(); // none of them may be delivered behind an event of their key
        } else {
            tryOnceMore();
        }
    }

    private boolean outage() {
        return suspects.size() >= allowedSuspects;
    }

    /** Says whether a witness would help. */
    boolean undecided() {
        return !suspects.isEmpty() && !outage() && !courier.abandoned();
    }

    /** Decides about suspects that nothing came after: few of them behind events that were taken are poison. */
    void conclude() {
        if (taken && undecided()) {
            tryOnceMore();
        }
    }

    /** An outage may just have ended: without this an event would be given up for having been tried a moment too early. */
    private void tryOnceMore() {
        for (QueuedEvent<T> event : suspects) {
            Throwable failure = courier.attempt(List.of(event));
            if (failure != null && !courier.abandoned()) {
                courier.bury(event, failure);
            }
        }
        suspects.clear();
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
