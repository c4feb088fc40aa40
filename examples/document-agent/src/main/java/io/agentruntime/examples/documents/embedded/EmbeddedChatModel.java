package io.agentruntime.examples.documents.embedded;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.agentruntime.examples.documents.prompts.Answers;
import io.agentruntime.examples.documents.prompts.PromptText;
import io.agentruntime.examples.documents.prompts.Task;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * A stand-in for a language model that needs no network and no key. It writes nothing of its own: it chooses sentences
 * of the documents by their embeddings, and understands only the requests of {@link
 * io.agentruntime.examples.documents.prompts.Prompts}. Safe for use by several threads; the work is done in the calling
 * thread.
 */
public final class EmbeddedChatModel implements ChatModel {
    /** The name of the model in its responses. */
    public static final String NAME = "embedded-extractive";

    private final SentenceEncoder encoder;
    private final List<ChatModelListener> listeners;

    /**
     * Makes a model.
     *
     * @param encoder chooses the sentences
     * @param listeners are told of every call
     */
    public EmbeddedChatModel(SentenceEncoder encoder, List<ChatModelListener> listeners) {
        this.encoder = encoder;
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        String answer = Answers.write(answer(request));
        int input = encoder.countTokens(request.messages());
        return ChatResponse.builder()
                .aiMessage(AiMessage.from(answer))
                .modelName(NAME)
                .tokenUsage(new TokenUsage(input, encoder.countTokens(answer)))
                .finishReason(FinishReason.STOP)
                .build();
    }

    @Override
    public List<ChatModelListener> listeners() {
        return listeners;
    }

    @Override
    public ModelProvider provider() {
        return ModelProvider.OTHER;
    }

    private Record answer(ChatRequest request) {
        Task task = task(request);
        PromptText prompt = prompt(request);
        if (task == Task.ANSWER) {
            String question =
                    part(prompt, kind -> kind == PromptText.Kind.QUESTION).text();
            List<PromptText.Part> passages = prompt.parts().stream()
                    .filter(part -> part.kind() == PromptText.Kind.PASSAGE)
                    .toList();
            return AnswerWriter.write(encoder, question, passages);
        }
        String text = part(prompt, kind -> kind == PromptText.Kind.DOCUMENT || kind == PromptText.Kind.EXCERPT)
                .text();
        Analysis analysis = Analysis.of(encoder, text);
        return switch (task) {
            case SUMMARY -> SummaryWriter.write(analysis);
            case FAQS -> FaqWriter.faqs(analysis, encoder);
            default -> FaqWriter.questions(analysis, encoder);
        };
    }

    private static Task task(ChatRequest request) {
        String first = request.messages().stream()
                .filter(SystemMessage.class::isInstance)
                .map(message ->
                        ((SystemMessage) message).text().lines().findFirst().orElse(""))
                .findFirst()
                .orElse("");
        return Arrays.stream(Task.values())
                .filter(task -> first.equals("Task: " + task.label()))
                .findFirst()
                .orElseThrow(() -> unknown("a system message that begins with \"Task: \" and a known task"));
    }

    private static PromptText prompt(ChatRequest request) {
        return request.messages().stream()
                .filter(message -> message instanceof UserMessage user && user.hasSingleText())
                .map(message -> PromptText.parse(((UserMessage) message).singleText()))
                .findFirst()
                .orElseThrow(() -> unknown("a user message"));
    }

    private static PromptText.Part part(PromptText prompt, Predicate<PromptText.Kind> wanted) {
        return prompt.parts().stream()
                .filter(part -> wanted.test(part.kind()))
                .findFirst()
                .orElseThrow(() -> unknown("a document or a question between delimiters"));
    }

    private static InvalidRequestException unknown(String missing) {
        return new InvalidRequestException(String.format(
                Locale.ROOT, "%s understands only the prompts of this application; missing: %s", NAME, missing));
    }
}
