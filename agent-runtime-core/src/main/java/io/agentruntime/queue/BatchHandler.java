package io.agentruntime.queue;

import java.util.List;

/**
 * What a {@link BackgroundQueue} does with its events.
 *
 * @param <T> the type of the events
 */
@FunctionalInterface
public interface BatchHandler<T> {

    /**
     * Handles a batch, whole or not at all: after an exception the same batch comes again. Called on the queue's worker thread, one
     * call at a time.
     *
     * @param batch the events in the order of their acceptance, at least one; unmodifiable
     * @throws Exception if the batch could not be handled
     */
    void handle(List<T> batch) throws Exception;
}
