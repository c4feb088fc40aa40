package io.agentruntime.queue;

import io.agentruntime.context.UsageContext;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The journal of a queue, with what turns events into records and back. Thread-safe; every method but encode and decode does I/O. */
final class Records<T> {

    private static final Logger log = LoggerFactory.getLogger(BackgroundQueue.class);

    private final Journal journal;
    private final EventCodec<T> codec;
    private final Rarely failures = new Rarely(QueueClock.SYSTEM);

    Records(Journal journal, EventCodec<T> codec) {
        this.journal = journal;
        this.codec = codec;
    }

    Journal journal() {
        return journal;
    }

    byte[] encode(T event, @Nullable UsageContext context, long acceptedMillis) throws IOException {
        return Envelope.write(new Envelope.Content<>(event, context, acceptedMillis), codec);
    }

    Envelope.Content<T> decode(Journal.Entry entry) throws IOException {
        return Envelope.read(new DataInputStream(new ByteArrayInputStream(bytes(entry.bytes()))), codec);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    void acknowledge(Collection<QueuedEvent<T>> events) {
        acknowledge(events.stream().map(event -> event.sequence).toList());
    }

    /** Forgets records. If that fails they come again after a restart: at least once is what a journal promises. */
    void acknowledge(List<Long> sequences) {
        try {
            journal.acknowledge(sequences);
        } catch (RuntimeException e) {
            if (failures.now()) {
                log.warn(
                        "a journal could not forget {} events ({} failures so far)",
                        sequences.size(),
                        failures.count(),
                        e);
            }
        }
    }

    void close() {
        try {
            journal.close();
        } catch (RuntimeException e) {
            log.warn("a journal could not be closed", e);
        }
    }
}
