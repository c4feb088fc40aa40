package io.agentruntime.cache;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** Values as JSON. */
record JsonCodec<V>(ObjectMapper json, Class<V> type) implements CacheCodec<V> {

    @Override
    public byte[] encode(V value) throws IOException {
        return json.writeValueAsBytes(value);
    }

    @Override
    public V decode(byte[] bytes) throws IOException {
        V value = json.readValue(bytes, type);
        if (value == null) {
            throw new IOException("the value is null");
        }
        return value;
    }
}
