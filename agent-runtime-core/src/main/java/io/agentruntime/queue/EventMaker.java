package io.agentruntime.queue;

import io.agentruntime.context.UsageContext;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Finds out what a queue has to know of an event. Calls functions of the host's; thread-safe if they are. */
final class EventMaker<T> {

    private final @Nullable ToLongFunction<? super T> sizer;
    private final @Nullable Function<? super T, ?> key;
    private final QueueClock clock;

    EventMaker(QueueConfig<T> config) {
        sizer = config.bounds().sizer();
        key = config.batching().key();
        clock = config.clock();
    }

    /** An event that comes in now. */
    QueuedEvent<T> make(T event, @Nullable UsageContext context, long recordBytes) {
        long bytes = sizer == null ? recordBytes : Math.max(0, sizer.applyAsLong(event));
        QueuedEvent<T> made = new QueuedEvent<>(event, context, key == null ? null : key.apply(event), bytes);
        made.acceptedNanos = clock.nanos();
        return made;
    }

    /** An event that the journal had. */
    QueuedEvent<T> make(Journal.Entry entry, Envelope.Content<T> content) {
        QueuedEvent<T> made =
                make(content.event(), content.context(), entry.bytes().remaining());
        long age = Math.max(0, clock.millis() - content.acceptedMillis());
        made.acceptedNanos -= TimeUnit.MILLISECONDS.toNanos(age);
        made.sequence = entry.sequence();
        return made;
    }
}
