package io.agentruntime.testkit.provider;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.jdk.JdkHttpClient;
import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.googleai.GoogleAiGeminiChatModel;
import dev.langchain4j.model.googleai.GoogleAiGeminiStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.net.http.HttpClient;
import java.time.Duration;

/** LangChain4j's clients, as applications use them, but without retries of their own. */
final class Clients {

    static final String MODEL = "some-model";
    static final Duration TIMEOUT = Duration.ofSeconds(20);

    private Clients() {}

    static HttpClientBuilder http() {
        return JdkHttpClient.builder().httpClientBuilder(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1));
    }

    static ChatModel model(ProviderProtocol protocol, ProviderServer server) {
        return switch (protocol) {
            case OPENAI ->
                OpenAiChatModel.builder()
                        .baseUrl(server.openAiUrl())
                        .apiKey("key")
                        .modelName(MODEL)
                        .httpClientBuilder(http())
                        .returnThinking(true)
                        .maxRetries(0)
                        .build();
            case ANTHROPIC ->
                AnthropicChatModel.builder()
                        .baseUrl(server.anthropicUrl())
                        .apiKey("key")
                        .modelName(MODEL)
                        .httpClientBuilder(http())
                        .returnThinking(true)
                        .maxRetries(0)
                        .build();
            case GEMINI ->
                GoogleAiGeminiChatModel.builder()
                        .baseUrl(server.geminiUrl())
                        .apiKey("key")
                        .modelName(MODEL)
                        .httpClientBuilder(http())
                        .returnThinking(true)
                        .maxRetries(0)
                        .build();
        };
    }

    static StreamingChatModel streaming(ProviderProtocol protocol, ProviderServer server) {
        return switch (protocol) {
            case OPENAI ->
                OpenAiStreamingChatModel.builder()
                        .baseUrl(server.openAiUrl())
                        .apiKey("key")
                        .modelName(MODEL)
                        .httpClientBuilder(http())
                        .returnThinking(true)
                        .build();
            case ANTHROPIC ->
                AnthropicStreamingChatModel.builder()
                        .baseUrl(server.anthropicUrl())
                        .apiKey("key")
                        .modelName(MODEL)
                        .httpClientBuilder(http())
                        .returnThinking(true)
                        .build();
            case GEMINI ->
                GoogleAiGeminiStreamingChatModel.builder()
                        .baseUrl(server.geminiUrl())
                        .apiKey("key")
                        .modelName(MODEL)
                        .httpClientBuilder(http())
                        .returnThinking(true)
                        .build();
        };
    }
}
