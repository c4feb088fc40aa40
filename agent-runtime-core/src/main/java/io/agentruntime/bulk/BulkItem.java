package io.agentruntime.bulk;

import org.jspecify.annotations.Nullable;

/**
 * One item of a job on its way through the queue, or the end of the job, which comes behind all its items.
 *
 * @param job the job
 * @param index its place in the job, from 0; that of the end is the number of items
 * @param value the item; null for the end
 */
record BulkItem<T, R>(BulkJob<R> job, int index, @Nullable T value) {

    static <T, R> BulkItem<T, R> endOf(BulkJob<R> job) {
        return new BulkItem<>(job, job.total(), null);
    }

    boolean isEnd() {
        return value == null;
    }
}
