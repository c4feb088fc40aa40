package io.agentruntime.queue;

/**
 * What a {@link BackgroundQueue} does with its events, one by one.
 *
 * @param <T> the type of the events
 */
@FunctionalInterface
public interface EventHandler<T> {

    /**
     * Handles an event. Called on a worker thread of the queue, in the {@link io.agentruntime.context.UsageContext} in which the event
     * was enqueued, or in none if there was none. After an exception the same event comes again.
     *
     * @param event the event
     * @throws Exception if it could not be handled
     */
    void handle(T event) throws Exception;
}
