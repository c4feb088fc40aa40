package io.agentruntime.queue;

/** What became of an event that was offered to a {@link BackgroundQueue}. All but {@link #ACCEPTED} leave the event with its caller. */
public enum EnqueueResult {
    /** The queue has it and will hand it to its handler. */
    ACCEPTED,
    /** The queue was full for as long as its {@link Overflow} lets the caller wait. */
    FULL,
    /** The queue was closed. */
    CLOSED,
    /** The caller was interrupted while it waited for room; its interrupt is still set. */
    INTERRUPTED,
    /** The journal holds as much as it may. */
    JOURNAL_FULL,
    /** The journal could not keep the event, or the codec could not encode it. */
    JOURNAL_FAILED;

    /**
     * Says whether the queue has the event.
     *
     * @return true for {@link #ACCEPTED}
     */
    public boolean accepted() {
        return this == ACCEPTED;
    }
}
