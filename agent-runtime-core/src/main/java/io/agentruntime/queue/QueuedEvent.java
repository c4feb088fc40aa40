package io.agentruntime.queue;

import io.agentruntime.context.UsageContext;
import org.jspecify.annotations.Nullable;

/**
 * An event that was offered, with what the queue knows of it. The fields that change belong to the lock of {@link QueueState} while the
 * event waits, and to the worker that has it in hand then.
 */
final class QueuedEvent<T> {

    final T event;
    final @Nullable UsageContext context;
    final @Nullable Object key;
    final long bytes;

    /** When it was accepted, in elapsed time. */
    long acceptedNanos;

    /** Its number in the journal; 0 without one. */
    long sequence;

    /** Where it stands among all that were accepted: what a flush compares. */
    long position;

    boolean waiting;
    boolean settled;

    /** In how many calls the handler had it. */
    int attempts;

    /** How the last of them failed, when it was alone. */
    @Nullable
    Throwable failure;

    QueuedEvent(T event, @Nullable UsageContext context, @Nullable Object key, long bytes) {
        this.event = event;
        this.context = context;
        this.key = key;
        this.bytes = bytes;
    }
}
