package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.agentruntime.testkit.ContractListener.Heard;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every decorator of a {@link ChatModel} has to keep. Extend it, say how your decorator is put around a model, and its tests run
 * with your own.
 *
 * <p>A decorator may answer from elsewhere, retry, wait or refuse; here the model under it works, or fails with what no retry can help
 * ({@link InvalidRequestException}, an {@link Error}). Then each call reaches the model exactly once, with the caller's options, and
 * the listeners of the model hear of it exactly once. The answer may be another object with the same content; failures come out as
 * they are. JUnit makes one instance per test; not thread-safe.
 */
public abstract class ChatModelContract {

    private final ContractModel delegate = new ContractModel();
    private ChatModel model = delegate;

    /** For the subclasses. */
    protected ChatModelContract() {}

    /**
     * Puts the decorator to test around a model. Called once per test; what has to be closed is closed by the subclass.
     *
     * @param delegate the model
     * @return the decorator
     * @throws Exception if it cannot be made, which fails the test
     */
    protected abstract ChatModel decorate(ChatModel delegate) throws Exception;

    @BeforeEach
    final void decorate() throws Exception {
        model = decorate(delegate);
    }

    private static ChatRequest question() {
        return ChatRequest.builder()
                .messages(SystemMessage.from("Be brief."), UserMessage.from("question"))
                .temperature(0.1)
                .build();
    }

    private static ChatRequestOptions handing(Object value) {
        return ChatRequestOptions.builder()
                .addListenerAttribute(ContractListener.KEY, value)
                .build();
    }

    @Test
    void chat_inEachOverload_reachesTheModelOnce() {
        ChatMessage message = UserMessage.from("question");
        Map<String, Supplier<String>> overloads = new LinkedHashMap<>();
        overloads.put("chat(String)", () -> model.chat("question"));
        overloads.put("chat(ChatMessage...)", () -> text(model.chat(message)));
        overloads.put("chat(List)", () -> text(model.chat(List.of(message))));
        overloads.put("chat(ChatRequest)", () -> text(model.chat(question())));
        overloads.put("chat(ChatRequest, options)", () -> text(model.chat(question(), handing("a"))));
        overloads.put("doChat(ChatRequest)", () -> text(model.doChat(merged(question()))));
        int calls = 0;
        for (Map.Entry<String, Supplier<String>> overload : overloads.entrySet()) {
            assertThat(overload.getValue().get()).as(overload.getKey()).isEqualTo("answer");
            calls++;
            assertThat(delegate.requests())
                    .as("calls after " + overload.getKey())
                    .hasSize(calls);
        }
    }

    private static String text(ChatResponse response) {
        return response.aiMessage().text();
    }

    /** {@code doChat} is the inner side of a model: it gets what {@code chat} has merged. */
    private ChatRequest merged(ChatRequest request) {
        return ChatRequest.builder()
                .messages(request.messages())
                .parameters(model.defaultRequestParameters().overrideWith(request.parameters()))
                .build();
    }

    @Test
    void chat_givesTheAnswerOfTheModel() {
        ChatResponse answer = model.chat(question());
        assertThat(answer.aiMessage()).isEqualTo(ContractModel.ANSWER.aiMessage());
        assertThat(answer.metadata().id()).isEqualTo("id-1");
        assertThat(answer.metadata().modelName()).isEqualTo("contract-model");
        assertThat(answer.metadata().tokenUsage())
                .isEqualTo(ContractModel.ANSWER.metadata().tokenUsage());
        assertThat(answer.metadata().finishReason())
                .isEqualTo(ContractModel.ANSWER.metadata().finishReason());
    }

    @Test
    void chat_passesTheRequestOn_overTheDefaultsOfTheModel() {
        model.chat(question());
        ChatRequest request = delegate.requests().get(0);
        assertThat(request.messages()).isEqualTo(question().messages());
        assertThat(request.parameters().temperature()).isEqualTo(0.1);
        assertThat(request.parameters().modelName()).isEqualTo("contract-model");
    }

    @Test
    void chat_keepsTheClassOfTheParameters() {
        model.chat(question());
        model.chat(ChatRequest.builder()
                .messages(UserMessage.from("question"))
                .parameters(ContractParameters.of("south"))
                .build());
        assertThat(delegate.requests())
                .extracting(request -> ((ContractParameters) request.parameters()).region())
                .containsExactly("north", "south");
    }

    @Test
    void chat_leavesTheRequestOfTheCallerAsItIs() {
        ChatRequest mine = question();
        model.chat(mine, handing("a"));
        assertThat(mine).isEqualTo(question());
    }

    @Test
    void chat_withOptions_handsTheAttributesToTheListeners_onceEach() {
        model.chat(question(), handing("a"));
        assertThat(delegate.listener.heard())
                .containsExactly(new Heard("request", "a", false), new Heard("response", "a", true));
    }

    @Test
    void chat_withoutOptions_tellsTheListenersOnce() {
        model.chat(question());
        assertThat(delegate.listener.heard())
                .containsExactly(new Heard("request", null, false), new Heard("response", null, true));
    }

    @Test
    void chat_again_beginsWithFreshAttributes() {
        ChatRequestOptions options = handing("a");
        model.chat(question(), options);
        model.chat(question(), options);
        assertThat(delegate.listener.heard())
                .containsExactly(
                        new Heard("request", "a", false),
                        new Heard("response", "a", true),
                        new Heard("request", "a", false),
                        new Heard("response", "a", true));
    }

    @Test
    void chat_thatFails_throwsTheSame_andTellsTheListenersOnce() {
        InvalidRequestException failure = new InvalidRequestException("refused by the contract");
        delegate.failWith(failure);
        assertThat(catchThrowable(() -> model.chat(question(), handing("a")))).isSameAs(failure);
        assertThat(delegate.requests()).hasSize(1);
        assertThat(delegate.listener.heard())
                .containsExactly(new Heard("request", "a", false), new Heard("error", "a", true));
    }

    @Test
    void chat_thatEndsWithAnError_throwsTheSame() {
        AssertionError error = new AssertionError("thrown by the contract");
        delegate.failWith(error);
        assertThat(catchThrowable(() -> model.chat(question()))).isSameAs(error);
        assertThat(delegate.requests()).hasSize(1);
    }

    @Test
    void chat_atTheSameTime_keepsTheAttributesApart() throws Exception {
        Crowd.run(4, member -> {
            for (int i = 0; i < 50; i++) {
                model.chat(question(), handing(member + "/" + i));
            }
        });
        assertThat(delegate.listener.heard()).hasSize(400).doesNotHaveDuplicates();
    }

    @Test
    void decorator_showsWhatTheModelCan() {
        assertThat(model.supportedCapabilities()).isEqualTo(delegate.supportedCapabilities());
        assertThat(model.provider()).isEqualTo(delegate.provider());
        assertThat(model.defaultRequestParameters()).isEqualTo(delegate.defaultRequestParameters());
    }

    /** One class cannot be both from LangChain4j 1.20 on. */
    @Test
    void decorator_isNoStreamingModelToo() {
        assertThat(model).isNotInstanceOf(StreamingChatModel.class);
    }
}
