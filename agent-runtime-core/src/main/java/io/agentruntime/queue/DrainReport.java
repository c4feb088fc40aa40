package io.agentruntime.queue;

/**
 * What had become of the events of a {@link BackgroundQueue} when it was stopped. Immutable and thread-safe. {@code accepted = delivered +
 * dead + dropped + pending}.
 *
 * @param accepted events that the queue had taken in its life, those that its journal had at the start included
 * @param delivered events that the handler took
 * @param dead events that were given up
 * @param dropped events that made room for others
 * @param pending events that were waiting, or in the hands of a handler that did not come back
 * @param leftInJournal events that the journal still has, and hands over after a restart: the pending ones, and dead ones that no dead
 *     letter took
 * @param lost events that nobody has: without a journal the pending ones, and dead ones that no dead letter took
 */
public record DrainReport(
        long accepted, long delivered, long dead, long dropped, long pending, long leftInJournal, long lost) {

    /**
     * Says whether everything was settled in time.
     *
     * @return true if nothing was left, in the journal or in memory
     */
    public boolean drained() {
        return pending == 0;
    }
}
