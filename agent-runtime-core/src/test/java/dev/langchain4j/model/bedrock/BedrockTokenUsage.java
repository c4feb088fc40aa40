package dev.langchain4j.model.bedrock;

import dev.langchain4j.model.output.TokenUsage;

/** Stands in for the class of that name, with its accessors: its module brings an SDK that is too heavy for a test. */
public class BedrockTokenUsage extends TokenUsage {

    private final Integer cacheReadInputTokens;
    private final Integer cacheWriteInputTokens;

    public BedrockTokenUsage(TokenUsage whole, Integer cacheReadInputTokens, Integer cacheWriteInputTokens) {
        super(whole.inputTokenCount(), whole.outputTokenCount(), whole.totalTokenCount());
        this.cacheReadInputTokens = cacheReadInputTokens;
        this.cacheWriteInputTokens = cacheWriteInputTokens;
    }

    public Integer cacheReadInputTokens() {
        return cacheReadInputTokens;
    }

    public Integer cacheWriteInputTokens() {
        return cacheWriteInputTokens;
    }
}
