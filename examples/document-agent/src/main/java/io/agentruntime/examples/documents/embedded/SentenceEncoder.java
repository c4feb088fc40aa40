package io.agentruntime.examples.documents.embedded;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.TokenCountEstimator;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.HuggingFaceTokenCountEstimator;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import java.util.List;

/**
 * The all-MiniLM-L6-v2 sentence embedding model with its tokenizer. Runs in the calling thread. Safe for use by several threads.
 */
public final class SentenceEncoder {
    private static final int MAX_CHARACTERS = 1_000;

    private final EmbeddingModel model = new AllMiniLmL6V2QuantizedEmbeddingModel(Runnable::run);
    private final TokenCountEstimator tokenizer = new HuggingFaceTokenCountEstimator();

    /** Loads the model, which takes about a second. */
    public SentenceEncoder() {}

    /** Embeds texts, each with at least one letter or digit; what follows the first 1,000 characters does not count. */
    List<float[]> embed(List<String> texts) {
        return texts.stream().map(this::embed).toList();
    }

    float[] embed(String text) {
        String bounded = text.length() > MAX_CHARACTERS ? text.substring(0, MAX_CHARACTERS) : text;
        return model.embed(TextSegment.from(bounded)).content().vector();
    }

    int countTokens(String text) {
        return tokenizer.estimateTokenCountInText(text);
    }

    int countTokens(List<ChatMessage> messages) {
        return tokenizer.estimateTokenCountInMessages(messages);
    }
}
