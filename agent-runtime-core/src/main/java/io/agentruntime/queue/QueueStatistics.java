package io.agentruntime.queue;

/**
 * The figures of a {@link BackgroundQueue} at one moment, consistent with each other: {@code accepted = delivered + dead +
 * pending}. Immutable and thread-safe.
 *
 * @param name the queue
 * @param accepted events that the queue took
 * @param delivered events that the handler took
 * @param dead events that the handler refused until its attempts were used up
 * @param pending events that wait or are being handled
 * @param rejectedFull events that were refused because the queue was full
 * @param rejectedClosed events that were refused because the queue was closed
 */
public record QueueStatistics(
        String name, long accepted, long delivered, long dead, long pending, long rejectedFull, long rejectedClosed) {}
