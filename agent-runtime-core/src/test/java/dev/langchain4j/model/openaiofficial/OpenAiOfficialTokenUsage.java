package dev.langchain4j.model.openaiofficial;

import dev.langchain4j.model.output.TokenUsage;

/** Stands in for the class of that name, with its accessors: its module brings an SDK that is too heavy for a test. */
public class OpenAiOfficialTokenUsage extends TokenUsage {

    public record InputTokensDetails(Long cachedTokens) {}

    public record OutputTokensDetails(Long reasoningTokens) {}

    private final InputTokensDetails inputTokensDetails;
    private final OutputTokensDetails outputTokensDetails;

    public OpenAiOfficialTokenUsage(
            TokenUsage whole, InputTokensDetails inputTokensDetails, OutputTokensDetails outputTokensDetails) {
        super(whole.inputTokenCount(), whole.outputTokenCount(), whole.totalTokenCount());
        this.inputTokensDetails = inputTokensDetails;
        this.outputTokensDetails = outputTokensDetails;
    }

    public InputTokensDetails inputTokensDetails() {
        return inputTokensDetails;
    }

    public OutputTokensDetails outputTokensDetails() {
        return outputTokensDetails;
    }
}
