package io.agentruntime.examples.documents;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.agentruntime.AgentRuntime;
import io.agentruntime.chat.RuntimeChatModel;
import io.agentruntime.chat.RuntimeStreamingChatModel;

/**
 * Makes models of a server that speaks OpenAI's protocol. Whether they answer whole or in pieces, the same holds for them: one deadline,
 * attempts within it, and a fallback if the settings name one; in pieces, until the first one.
 *
 * @param settings which models
 * @param runtime bounds, repeats and accounts for their calls
 */
record OpenAi(ModelSettings settings, AgentRuntime runtime) {
    private static final String FALLBACK = "fallback";

    ChatModel chat() {
        RuntimeChatModel.Builder model =
                runtime.chatModel(chat(settings.name())).timeout(Model.CALL_TIMEOUT);
        if (!settings.fallback().isEmpty()) {
            model.fallback(FALLBACK, chat(settings.fallback()));
        }
        return model.build();
    }

    RuntimeStreamingChatModel streaming() {
        RuntimeStreamingChatModel.Builder model =
                runtime.streamingChatModel(streaming(settings.name())).timeout(Model.CALL_TIMEOUT);
        if (!settings.fallback().isEmpty()) {
            model.fallback(FALLBACK, streaming(settings.fallback()));
        }
        return model.build();
    }

    private ChatModel chat(String name) {
        return OpenAiChatModel.builder()
                .httpClientBuilder(runtime.transport().clientBuilder())
                .apiKey(settings.key())
                .baseUrl(settings.baseUrl())
                .modelName(name)
                .maxRetries(0) // the runtime repeats what failed
                .build();
    }

    private StreamingChatModel streaming(String name) {
        return OpenAiStreamingChatModel.builder()
                .httpClientBuilder(runtime.transport().clientBuilder())
                .apiKey(settings.key())
                .baseUrl(settings.baseUrl())
                .modelName(name)
                .build();
    }
}
