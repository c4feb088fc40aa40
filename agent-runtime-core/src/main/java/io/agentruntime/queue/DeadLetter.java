package io.agentruntime.queue;

/**
 * Takes the events that a {@link BackgroundQueue} has given up.
 *
 * @param <T> the type of the events
 */
@FunctionalInterface
public interface DeadLetter<T> {

    /**
     * Takes an event. Called on a worker thread of the queue, in the context in which the event was enqueued. After an exception the event
     * counts as dead all the same; with a journal it stays there, and comes again after a restart.
     *
     * @param dead the event and why it was given up
     * @throws Exception if it could not be taken
     */
    void accept(DeadEvent<T> dead) throws Exception;
}
