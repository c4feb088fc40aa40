package io.agentruntime.chat;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.output.FinishReason;
import io.agentruntime.cache.CacheCodec;
import io.agentruntime.usage.TokenCounts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes of an answer what those get who did not ask the model, and writes it down for the lower tiers. */
final class KeptAnswer {

    private static final int OVERHEAD = 1_000; // bytes

    /** What is written. Whatever has another reason to end, or calls of tools, is never written. */
    record Written(
            String text,
            @Nullable String thinking,
            Map<String, Object> attributes,
            @Nullable String id,
            @Nullable String model,
            TokenCounts cost) {}

    static final CacheCodec<ChatResponse> CODEC = new Codec(CacheCodec.json(Written.class));

    private KeptAnswer() {}

    /** Makes an answer to keep; one that is not fit to be kept is for those who wait for it already. */
    static ChatResponse of(ChatResponse answer, boolean makeshift) {
        AiMessage message = answer.aiMessage();
        ChatResponseMetadata metadata = answer.metadata();
        Map<String, Object> attributes = frozen(message.attributes());
        boolean fit = !makeshift
                && metadata.finishReason() == FinishReason.STOP
                && !message.hasToolExecutionRequests()
                && message.text() != null
                && !message.text().isBlank()
                && message.getClass() == AiMessage.class
                && attributes != null;
        return ChatResponse.builder()
                .aiMessage(fit ? message.toBuilder().attributes(attributes).build() : message)
                .metadata(new KeptMetadata(
                        new KeptMetadata.Origin(metadata.id(), metadata.modelName(), metadata.finishReason()),
                        TokenCounts.of(metadata.tokenUsage()),
                        fit))
                .build();
    }

    static boolean isFit(ChatResponse answer) {
        return answer.metadata() instanceof KeptMetadata metadata && metadata.fit();
    }

    /** Weighs what an answer takes in memory, in bytes. */
    static long weight(ChatResponse answer) {
        AiMessage message = answer.aiMessage();
        return OVERHEAD
                + 2L
                        * (length(message.text())
                                + length(message.thinking())
                                + length(message.attributes().toString()));
    }

    private static long length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /** Copies attributes, or gives null if they cannot be written down and read again as they are. */
    private static @Nullable Map<String, Object> frozen(Map<String, ?> attributes) {
        Map<String, Object> copy = new LinkedHashMap<>();
        for (Map.Entry<String, ?> entry : attributes.entrySet()) {
            Object value = frozen(entry.getValue());
            if (value == null) {
                return null;
            }
            copy.put(entry.getKey(), value);
        }
        return Collections.unmodifiableMap(copy);
    }

    private static @Nullable Object frozen(@Nullable Object value) {
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            for (Object element : list) {
                Object frozen = frozen(element);
                if (frozen == null) {
                    return null;
                }
                copy.add(frozen);
            }
            return List.copyOf(copy);
        }
        boolean plain = value instanceof String
                || value instanceof Boolean
                || value instanceof Integer
                || (value instanceof Double number && Double.isFinite(number));
        return plain ? value : null;
    }

    private record Codec(CacheCodec<Written> json) implements CacheCodec<ChatResponse> {

        @Override
        public byte[] encode(ChatResponse answer) throws IOException {
            AiMessage message = answer.aiMessage();
            return json.encode(new Written(
                    message.text(),
                    message.thinking(),
                    message.attributes(),
                    answer.metadata().id(),
                    answer.metadata().modelName(),
                    ((KeptMetadata) answer.metadata()).cost()));
        }

        @Override
        public ChatResponse decode(byte[] bytes) throws IOException {
            Written written = json.decode(bytes);
            Map<String, Object> attributes = frozen(written.attributes);
            if (attributes == null) {
                throw new IOException("its attributes cannot be read");
            }
            return ChatResponse.builder()
                    .aiMessage(AiMessage.builder()
                            .text(written.text)
                            .thinking(written.thinking)
                            .attributes(attributes)
                            .build())
                    .metadata(new KeptMetadata(
                            new KeptMetadata.Origin(written.id, written.model, FinishReason.STOP), written.cost, true))
                    .build();
        }
    }
}
