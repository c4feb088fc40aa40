package io.agentruntime.cache;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * Writes values as bytes and reads them back. Thread-safe.
 *
 * @param <V> the type of the values
 */
public interface CacheCodec<V> {

    /**
     * Makes a codec of JSON, by Jackson.
     *
     * @param <V> the type of the values
     * @param type their class; a record is best
     * @return the codec
     */
    static <V> CacheCodec<V> json(Class<V> type) {
        return new JsonCodec<>(new ObjectMapper(), requireNonNull(type, "type"));
    }

    /**
     * Writes a value.
     *
     * @param value what to write
     * @return its bytes
     * @throws IOException if it cannot be written
     */
    byte[] encode(V value) throws IOException;

    /**
     * Reads a value that was written by this codec, or by an earlier version of it.
     *
     * @param bytes what was written
     * @return the value
     * @throws IOException if it cannot be read; the entry counts as corrupt then
     */
    V decode(byte[] bytes) throws IOException;
}
