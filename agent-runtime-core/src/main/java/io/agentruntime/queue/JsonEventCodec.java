package io.agentruntime.queue;

import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.function.Function;

/** Events as JSON, in UTF-8. */
record JsonEventCodec<T>(ObjectMapper mapper, Class<T> type) implements EventCodec<T> {

    /** What Jackson can do by itself, and the times of events, for which it wants a module that hosts need not have. */
    static ObjectMapper standardMapper() {
        SimpleModule times = new SimpleModule();
        text(times, Instant.class, Instant::parse);
        text(times, Duration.class, Duration::parse);
        text(times, LocalDate.class, LocalDate::parse);
        return new ObjectMapper().registerModule(times).disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    }

    private static <V> void text(SimpleModule module, Class<V> type, Function<String, V> parser) {
        module.addSerializer(type, ToStringSerializer.instance);
        module.addDeserializer(type, new Text<>(type, parser));
    }

    @Override
    public byte[] encode(T event) throws IOException {
        return mapper.writeValueAsBytes(event);
    }

    @Override
    public T decode(byte[] bytes) throws IOException {
        T event = mapper.readValue(bytes, type);
        if (event == null) {
            throw new IOException("the event is null");
        }
        return event;
    }

    private static final class Text<V> extends FromStringDeserializer<V> {

        private static final long serialVersionUID = 1L;

        private final transient Function<String, V> parser;

        Text(Class<V> type, Function<String, V> parser) {
            super(type);
            this.parser = parser;
        }

        @Override
        protected V _deserialize(String text, DeserializationContext context) throws IOException {
            try {
                return parser.apply(text);
            } catch (DateTimeException e) {
                throw new IOException("not a " + handledType().getSimpleName() + ": " + text, e);
            }
        }
    }
}
