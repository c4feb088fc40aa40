package io.agentruntime.queue;

/** What became of an event that was offered to a {@link BackgroundQueue}. */
public enum EnqueueResult {
    /** The queue has it and will hand it to its handler. */
    ACCEPTED,
    /** The queue was full; the event is still the caller's. */
    FULL,
    /** The queue was closed; the event is still the caller's. */
    CLOSED;

    /**
     * Says whether the queue has the event.
     *
     * @return true for {@link #ACCEPTED}
     */
    public boolean accepted() {
        return this == ACCEPTED;
    }
}
