package io.agentruntime.usage;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.listener.EmbeddingModelErrorContext;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import dev.langchain4j.model.embedding.listener.EmbeddingModelRequestContext;
import dev.langchain4j.model.embedding.listener.EmbeddingModelResponseContext;
import dev.langchain4j.model.embedding.response.EmbeddingResponseMetadata;

/** Listens to embedding models for a {@link TokenTrackingListener}. What they read is their input; they have no output. */
final class EmbeddingTracking implements EmbeddingModelListener {

    private final TokenTrackingListener tracking;

    EmbeddingTracking(TokenTrackingListener tracking) {
        this.tracking = tracking;
    }

    @Override
    public void onRequest(EmbeddingModelRequestContext context) {
        tracking.open(context.attributes(), () -> opening(context));
    }

    private Opening opening(EmbeddingModelRequestContext context) {
        String asked = context.embeddingRequest().modelName();
        long characters = 0;
        for (TextSegment segment : context.textSegments()) {
            characters += TextLength.of(segment.text());
        }
        return new Opening(
                tracking.owner(),
                UsageLedger.providerName(context.modelProvider()),
                UsageLedger.modelName(asked == null ? context.embeddingModel().modelName() : asked),
                characters,
                null);
    }

    @Override
    public void onResponse(EmbeddingModelResponseContext context) {
        UsageCall call = tracking.call(context.attributes());
        if (call != null) {
            EmbeddingResponseMetadata metadata = context.embeddingResponse().metadata();
            call.completed(metadata.modelName(), metadata.tokenUsage());
        }
    }

    @Override
    public void onError(EmbeddingModelErrorContext context) {
        UsageCall call = tracking.call(context.attributes());
        if (call != null) {
            call.failed(context.error());
        }
    }
}
