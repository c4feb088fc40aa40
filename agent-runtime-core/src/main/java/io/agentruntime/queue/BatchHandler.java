package io.agentruntime.queue;

import java.util.List;

/**
 * What a {@link BackgroundQueue} does with its events, many at once.
 *
 * @param <T> the type of the events
 */
@FunctionalInterface
public interface BatchHandler<T> {

    /**
     * Handles a batch, whole or not at all: after an exception the same events come again. Called on a worker thread of the queue, as
     * many calls at a time as the queue's concurrency. No context is open: a batch holds events of many owners.
     *
     * @param batch the events in the order of their acceptance, at least one; unmodifiable
     * @throws Exception if the batch could not be handled
     */
    void handle(List<T> batch) throws Exception;
}
