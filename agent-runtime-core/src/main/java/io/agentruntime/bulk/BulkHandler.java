package io.agentruntime.bulk;

/**
 * What a {@link BulkQueue} does with an item.
 *
 * @param <T> the type of the items
 * @param <R> the type of the results
 */
@FunctionalInterface
public interface BulkHandler<T, R> {

    /**
     * Handles one item. Called on a worker thread of the queue, in the {@link io.agentruntime.context.UsageContext} in which the item was
     * submitted. After a failure, and after the end of a process that was in the middle of it, the same item comes again: what it does
     * must bear that.
     *
     * @param item the item
     * @return its result, not null
     * @throws Exception if it could not be handled; a rate limit, as {@link io.agentruntime.resilience.ModelFailure} tells, lets the whole
     *     queue pause and costs the item no attempt
     */
    R handle(T item) throws Exception;
}
