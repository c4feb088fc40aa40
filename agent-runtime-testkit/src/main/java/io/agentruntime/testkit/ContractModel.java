package io.agentruntime.testkit;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The model under a decorator. As several real ones do, it insists on parameters of its own class. */
final class ContractModel implements ChatModel {

    static final ChatResponse ANSWER = ChatResponse.builder()
            .aiMessage(AiMessage.from("answer"))
            .id("id-1")
            .modelName("contract-model")
            .tokenUsage(new TokenUsage(5, 3))
            .finishReason(FinishReason.STOP)
            .build();

    final ContractListener listener = new ContractListener();
    private final List<ChatRequest> requests = new CopyOnWriteArrayList<>();
    private volatile @Nullable RuntimeException failure;
    private volatile @Nullable Error error;

    void failWith(RuntimeException exception) {
        failure = exception;
    }

    void failWith(Error severe) {
        error = severe;
    }

    List<ChatRequest> requests() {
        return List.copyOf(requests);
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        requests.add(request);
        RuntimeException exception = failure;
        Error severe = error;
        if (exception != null) {
            throw exception;
        }
        if (severe != null) {
            throw severe;
        }
        ContractParameters parameters = (ContractParameters) request.parameters();
        return parameters.region() == null ? ChatResponse.builder().build() : ANSWER;
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return ContractParameters.defaults();
    }

    @Override
    public List<ChatModelListener> listeners() {
        return List.of(listener);
    }

    @Override
    public ModelProvider provider() {
        return ModelProvider.ANTHROPIC;
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    }
}
