package io.agentruntime.testkit.provider;

/** What a {@link ProviderServer} speaks. */
public enum ProviderProtocol {
    /** Chat completions, {@code POST /v1/chat/completions}. */
    OPENAI,
    /** Messages, {@code POST /v1/messages}. */
    ANTHROPIC,
    /** Content generation, {@code POST /v1beta/models/<model>:generateContent} and {@code :streamGenerateContent}. */
    GEMINI;

    private static final WireFormat OPENAI_FORMAT = new OpenAiFormat();
    private static final WireFormat ANTHROPIC_FORMAT = new AnthropicFormat();
    private static final WireFormat GEMINI_FORMAT = new GeminiFormat();

    WireFormat format() {
        return switch (this) {
            case OPENAI -> OPENAI_FORMAT;
            case ANTHROPIC -> ANTHROPIC_FORMAT;
            case GEMINI -> GEMINI_FORMAT;
        };
    }
}
