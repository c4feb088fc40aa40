package io.agentruntime.examples.documents;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.openai.OpenAiChatModel;
import io.agentruntime.examples.documents.embedded.EmbeddedChatModel;
import io.agentruntime.examples.documents.embedded.SentenceEncoder;
import java.util.List;
import java.util.function.Supplier;

/**
 * A chat model that is made when it is first needed.
 *
 * @param name its name
 * @param description one line for the user
 * @param chat gives the model, the same one at every call
 */
record Model(String name, String description, Supplier<ChatModel> chat) {
    /** Chooses the model that the settings name, and puts the listeners on it. */
    static Model of(ModelSettings settings, Supplier<SentenceEncoder> encoder, List<ChatModelListener> listeners) {
        if (settings.embedded()) {
            return new Model(
                    settings.name(),
                    "Model: " + settings.name() + ". It selects sentences of the documents and is no language model.",
                    new Lazy<>(() -> new EmbeddedChatModel(encoder.get(), listeners)));
        }
        return new Model(
                settings.name(),
                "Model: " + settings.name() + " at " + settings.baseUrl(),
                new Lazy<>(() -> openAi(settings, listeners)));
    }

    private static ChatModel openAi(ModelSettings settings, List<ChatModelListener> listeners) {
        return OpenAiChatModel.builder()
                .apiKey(settings.key())
                .baseUrl(settings.baseUrl())
                .modelName(settings.name())
                .listeners(listeners)
                .build();
    }
}
