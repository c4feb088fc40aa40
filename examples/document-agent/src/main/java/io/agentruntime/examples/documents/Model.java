package io.agentruntime.examples.documents;

import dev.langchain4j.model.chat.ChatModel;
import io.agentruntime.AgentRuntime;
import io.agentruntime.chat.RuntimeStreamingChatModel;
import io.agentruntime.examples.documents.embedded.EmbeddedChatModel;
import io.agentruntime.examples.documents.embedded.SentenceEncoder;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A chat model that is made when it is first needed.
 *
 * @param name its name
 * @param asked the name, and that of its fallback, to say who gave no answer
 * @param description one line for the user
 * @param chat gives the model, the same one at every call
 * @param streaming gives the same model as one that answers in pieces, or null if it does not
 */
record Model(
        String name,
        String asked,
        String description,
        Supplier<ChatModel> chat,
        @Nullable Supplier<RuntimeStreamingChatModel> streaming) {
    /** Bounds a call with all its attempts: as long as two answers may take, and the waits between. */
    static final Duration CALL_TIMEOUT = Duration.ofMinutes(3);

    /** Chooses the model that the settings name. The runtime bounds, repeats and accounts for its calls. */
    static Model of(ModelSettings settings, Supplier<SentenceEncoder> encoder, AgentRuntime runtime) {
        if (settings.embedded()) {
            return new Model(
                    settings.name(),
                    settings.name(),
                    "Model: " + settings.name() + ". It selects sentences of the documents and is no language model.",
                    new Lazy<>(() -> runtime.chatModel(new EmbeddedChatModel(encoder.get(), List.of()))
                            .timeout(CALL_TIMEOUT)
                            .build()),
                    null);
        }
        String asked = settings.name() + (settings.fallback().isEmpty() ? "" : " or " + settings.fallback());
        OpenAi openAi = new OpenAi(settings, runtime);
        return new Model(
                settings.name(),
                asked,
                "Model: " + asked + " at " + settings.baseUrl(),
                new Lazy<>(openAi::chat),
                new Lazy<>(openAi::streaming));
    }
}
