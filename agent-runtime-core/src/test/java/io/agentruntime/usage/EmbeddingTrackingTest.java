package io.agentruntime.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EmbeddingTrackingTest {

    private static final List<TextSegment> TEXTS = List.of(TextSegment.from("12345678"), TextSegment.from("1"));

    private record Model(List<EmbeddingModelListener> listeners, Supplier<TokenUsage> usage) implements EmbeddingModel {
        @Override
        public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
            return Response.from(List.of(Embedding.from(new float[] {1})), usage.get());
        }

        @Override
        public ModelProvider provider() {
            return ModelProvider.OPEN_AI;
        }

        @Override
        public String modelName() {
            return "embedder";
        }
    }

    private final List<UsageEvent> events = new ArrayList<>();
    private final TokenTrackingListener listener = TokenTrackingListener.create(events::add);

    private EmbeddingModel model(Supplier<TokenUsage> usage) {
        return new Model(List.of(), usage).addListener(listener.embeddings());
    }

    @Test
    @Tag("flaw-67")
    void embedding_isRecordedForTheOpenContext() {
        try (ContextScope scope = UsageContext.of("acme", "search").open()) {
            model(() -> new TokenUsage(9)).embedAll(TEXTS);
        }
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.organisation()).isEqualTo("acme");
            assertThat(event.provider()).isEqualTo("open_ai");
            assertThat(event.model()).isEqualTo("embedder");
            assertThat(event.tokens()).isEqualTo(TokenCounts.of(9, 0));
            assertThat(event.quality()).isEqualTo(UsageQuality.REPORTED);
            assertThat(event.outcome()).isEqualTo(CallOutcome.COMPLETED);
            assertThat(event.attempts()).isEqualTo(1);
        });
    }

    @Test
    @Tag("flaw-67")
    void embedding_withoutUsage_isEstimated() {
        model(() -> null).embedAll(TEXTS);
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.organisation()).isEqualTo(UsageEvent.UNATTRIBUTED);
            assertThat(event.tokens()).isEqualTo(TokenCounts.of(3, 0));
            assertThat(event.quality()).isEqualTo(UsageQuality.ESTIMATED);
        });
    }

    @Test
    @Tag("flaw-67")
    void embedding_thatFails_isRecordedAsFailed() {
        EmbeddingModel failing = model(() -> {
            throw new IllegalStateException("down");
        });
        assertThatThrownBy(() -> failing.embedAll(TEXTS)).hasMessage("down");
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.outcome()).isEqualTo(CallOutcome.FAILED);
            assertThat(event.tokens()).isEqualTo(TokenCounts.of(3, 0));
        });
    }
}
