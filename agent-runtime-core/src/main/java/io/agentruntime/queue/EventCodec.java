package io.agentruntime.queue;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * Turns events into the bytes that a {@link Journal} keeps, and back. Thread-safe.
 *
 * @param <T> the type of the events
 */
public interface EventCodec<T> {

    /**
     * Writes an event.
     *
     * @param event the event
     * @return its bytes; not used by the codec any more
     * @throws IOException if it cannot be written
     */
    byte[] encode(T event) throws IOException;

    /**
     * Reads an event of this version or an older one.
     *
     * @param bytes what {@link #encode} made
     * @return the event
     * @throws IOException if the bytes are none
     */
    T decode(byte[] bytes) throws IOException;

    /**
     * Tells the version of what {@link #encode} makes. It is kept with each event; an event of a newer version than this is not given to
     * {@link #decode}, but to the dead letter.
     *
     * @return 1 unless the codec says otherwise; 1 to 65535
     */
    default int version() {
        return 1;
    }

    /**
     * Makes a codec for JSON, with the times of {@code java.time} as ISO-8601. Fields that the type does not know are passed over, so that
     * an older application can read what a newer one wrote.
     *
     * @param <T> the type of the events
     * @param type their class, as Jackson can read and write it: records, for instance
     * @return the codec, of version 1
     */
    static <T> EventCodec<T> json(Class<T> type) {
        return new JsonEventCodec<>(JsonEventCodec.standardMapper(), requireNonNull(type, "type"));
    }

    /**
     * Makes a codec for JSON as the host writes it.
     *
     * @param <T> the type of the events
     * @param type their class
     * @param mapper what reads and writes them; not to be configured any more
     * @return the codec, of version 1
     */
    static <T> EventCodec<T> json(Class<T> type, ObjectMapper mapper) {
        return new JsonEventCodec<>(requireNonNull(mapper, "mapper"), requireNonNull(type, "type"));
    }
}
