package io.agentruntime.queue;

import static java.util.Objects.requireNonNull;

import io.agentruntime.context.UsageContext;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An event that a {@link BackgroundQueue} has given up. Immutable as far as the event is; thread-safe.
 *
 * @param <T> the type of the event
 * @param event the event, or null if the record in the journal could not be read as one
 * @param context the context in which it was enqueued, or null if there was none or it is not known
 * @param cause why it was given up: the last failure of the handler, or why the record could not be read
 * @param attempts in how many calls the handler had it
 * @param record what the journal has of it, if it could not be read; null otherwise
 */
public record DeadEvent<T>(
        @Nullable T event,
        @Nullable UsageContext context,
        Throwable cause,
        int attempts,
        @Nullable ByteBuffer record) {

    /** Checks what it is given. */
    public DeadEvent {
        requireNonNull(cause, "cause");
    }
}
