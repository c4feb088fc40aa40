package io.agentruntime.examples.documents;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import io.agentruntime.AgentRuntime;
import io.agentruntime.chat.RuntimeChatModel;
import io.agentruntime.examples.documents.embedded.EmbeddedChatModel;
import io.agentruntime.examples.documents.embedded.SentenceEncoder;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * A chat model that is made when it is first needed.
 *
 * @param name its name
 * @param asked the name, and that of its fallback, to say who gave no answer
 * @param description one line for the user
 * @param chat gives the model, the same one at every call
 */
record Model(String name, String asked, String description, Supplier<ChatModel> chat) {
    /** Bounds a call with all its attempts: as long as two answers may take, and the waits between. */
    private static final Duration CALL_TIMEOUT = Duration.ofMinutes(3);

    /** Chooses the model that the settings name. The runtime bounds, repeats and accounts for its calls. */
    static Model of(ModelSettings settings, Supplier<SentenceEncoder> encoder, AgentRuntime runtime) {
        if (settings.embedded()) {
            return new Model(
                    settings.name(),
                    settings.name(),
                    "Model: " + settings.name() + ". It selects sentences of the documents and is no language model.",
                    new Lazy<>(() -> runtime.chatModel(new EmbeddedChatModel(encoder.get(), List.of()))
                            .timeout(CALL_TIMEOUT)
                            .build()));
        }
        String asked = settings.name() + (settings.fallback().isEmpty() ? "" : " or " + settings.fallback());
        return new Model(
                settings.name(),
                asked,
                "Model: " + asked + " at " + settings.baseUrl(),
                new Lazy<>(() -> openAi(settings, runtime)));
    }

    private static ChatModel openAi(ModelSettings settings, AgentRuntime runtime) {
        RuntimeChatModel.Builder model =
                runtime.chatModel(client(settings, settings.name(), runtime)).timeout(CALL_TIMEOUT);
        if (!settings.fallback().isEmpty()) {
            model.fallback("fallback", client(settings, settings.fallback(), runtime));
        }
        return model.build();
    }

    private static ChatModel client(ModelSettings settings, String name, AgentRuntime runtime) {
        return OpenAiChatModel.builder()
                .httpClientBuilder(runtime.transport().clientBuilder())
                .apiKey(settings.key())
                .baseUrl(settings.baseUrl())
                .modelName(name)
                .maxRetries(0) // the runtime repeats what failed
                .build();
    }
}
