package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.agentruntime.testkit.ContractListener.Heard;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every decorator of a {@link StreamingChatModel} has to keep. Extend it, say how your decorator is put around a model, and its
 * tests run with your own.
 *
 * <p>A decorator may call back on threads of its own, retry before the first piece, or end a stream that stalls; here the model under
 * it streams without delay, or fails with what no retry can help ({@link InvalidRequestException}). Then each call reaches the model
 * exactly once, with the caller's options; the listeners of the model hear of it exactly once, and before the handler hears of the
 * end; the handler gets every callback in its order, those with a context with a context, and exactly one end. A model that throws
 * instead of streaming is reported once: by throwing the same, or to the handler. JUnit makes one instance per test; not thread-safe.
 */
public abstract class StreamingChatModelContract {

    private final ContractStreamingModel delegate = new ContractStreamingModel();
    private StreamingChatModel model = delegate;

    /** For the subclasses. */
    protected StreamingChatModelContract() {}

    /**
     * Puts the decorator to test around a model. Called once per test; what has to be closed is closed by the subclass.
     *
     * @param delegate the model
     * @return the decorator
     * @throws Exception if it cannot be made, which fails the test
     */
    protected abstract StreamingChatModel decorate(StreamingChatModel delegate) throws Exception;

    @BeforeEach
    final void decorate() throws Exception {
        model = decorate(delegate);
    }

    private static ChatRequest question() {
        return ChatRequest.builder()
                .messages(UserMessage.from("question"))
                .temperature(0.1)
                .build();
    }

    private static ChatRequestOptions handing(Object value) {
        return ChatRequestOptions.builder()
                .addListenerAttribute(ContractListener.KEY, value)
                .build();
    }

    private ContractHandler played(Consumer<StreamingChatResponseHandler> script) throws InterruptedException {
        delegate.follow(script);
        return ask(handing("a"));
    }

    private ContractHandler ask(ChatRequestOptions options) throws InterruptedException {
        ContractHandler handler = new ContractHandler();
        model.chat(question(), options, handler);
        handler.awaitEnd();
        return handler;
    }

    /** When the model has ended its callbacks, and a whole further call has gone the same way, nothing is still to come. */
    private void letEverythingCome() throws InterruptedException {
        delegate.awaitThreads();
        delegate.throwAtOnce(null);
        delegate.follow(delegate::answer);
        ask(ChatRequestOptions.EMPTY);
    }

    @Test
    void chat_inEachOverload_reachesTheModelOnce() throws Exception {
        ChatMessage message = UserMessage.from("question");
        Map<String, Consumer<StreamingChatResponseHandler>> overloads = new LinkedHashMap<>();
        overloads.put("chat(String, handler)", handler -> model.chat("question", handler));
        overloads.put("chat(List, handler)", handler -> model.chat(List.of(message), handler));
        overloads.put("chat(ChatRequest, handler)", handler -> model.chat(question(), handler));
        overloads.put("chat(ChatRequest, options, handler)", handler -> model.chat(question(), handing("a"), handler));
        overloads.put("doChat(ChatRequest, handler)", handler -> model.doChat(merged(question()), handler));
        int calls = 0;
        for (Map.Entry<String, Consumer<StreamingChatResponseHandler>> overload : overloads.entrySet()) {
            ContractHandler handler = new ContractHandler();
            overload.getValue().accept(handler);
            handler.awaitEnd();
            calls++;
            assertThat(handler.heard()).as(overload.getKey()).containsExactly("text+ answer", "complete");
            assertThat(delegate.requests())
                    .as("calls after " + overload.getKey())
                    .hasSize(calls);
        }
    }

    /** {@code doChat} is the inner side of a model: it gets what {@code chat} has merged. */
    private ChatRequest merged(ChatRequest request) {
        return ChatRequest.builder()
                .messages(request.messages())
                .parameters(model.defaultRequestParameters().overrideWith(request.parameters()))
                .build();
    }

    @Test
    void chat_passesTheRequestOn_overTheDefaultsOfTheModel() throws Exception {
        ChatRequest mine = question();
        ContractHandler handler = new ContractHandler();
        model.chat(mine, handler);
        handler.awaitEnd();
        ChatRequest request = delegate.requests().get(0);
        assertThat(request.messages()).isEqualTo(mine.messages());
        assertThat(request.parameters().temperature()).isEqualTo(0.1);
        assertThat(request.parameters().modelName()).isEqualTo("contract-model");
        assertThat(((ContractParameters) request.parameters()).region()).isEqualTo("north");
        assertThat(mine).as("the request of the caller").isEqualTo(question());
    }

    @Test
    void chat_keepsTheClassOfTheParameters() throws Exception {
        ContractHandler handler = new ContractHandler();
        model.chat(
                ChatRequest.builder()
                        .messages(UserMessage.from("question"))
                        .parameters(ContractParameters.of("south"))
                        .build(),
                handler);
        handler.awaitEnd();
        assertThat(delegate.requests())
                .extracting(request -> ((ContractParameters) request.parameters()).region())
                .containsExactly("south");
    }

    @Test
    void chat_withOptions_handsTheAttributesToTheListeners_onceEach() throws Exception {
        ChatRequestOptions options = handing("a");
        ask(options);
        ask(options);
        assertThat(delegate.listener.heard())
                .containsExactly(
                        new Heard("request", "a", false),
                        new Heard("response", "a", true),
                        new Heard("request", "a", false),
                        new Heard("response", "a", true));
    }

    @Test
    void chat_withoutOptions_tellsTheListenersOnce_beforeTheHandler() throws Exception {
        List<Heard> atCompletion = new CopyOnWriteArrayList<>();
        ContractHandler handler = new ContractHandler(false, () -> atCompletion.addAll(delegate.listener.heard()));
        model.chat(question(), handler);
        handler.awaitEnd();
        assertThat(atCompletion)
                .containsExactly(new Heard("request", null, false), new Heard("response", null, true))
                .isEqualTo(delegate.listener.heard());
    }

    @Test
    void chat_forwardsEveryCallback_inOrder_withItsContext() throws Exception {
        ContractHandler handler = played(to -> {
            to.onPartialThinking(new PartialThinking("hm"), new PartialThinkingContext(delegate.handle));
            to.onPartialResponse(new PartialResponse("one"), new PartialResponseContext(delegate.handle));
            to.onUnmappedRawEvent("ping");
            to.onPartialToolCall(piece(), new PartialToolCallContext(delegate.handle));
            to.onCompleteToolCall(call());
            to.onPartialResponse(new PartialResponse("two"), new PartialResponseContext(delegate.handle));
            to.onCompleteResponse(ContractModel.ANSWER);
        });
        assertThat(handler.heard())
                .containsExactly(
                        "thinking+ hm", "text+ one", "raw ping", "call+ {", "called {}", "text+ two", "complete");
    }

    /** Some models call back without a context; a decorator may add one. */
    @Test
    void chat_forwardsCallbacksWithoutContext() throws Exception {
        ContractHandler handler = played(to -> {
            to.onPartialThinking(new PartialThinking("hm"));
            to.onPartialResponse("one");
            to.onPartialToolCall(piece());
            to.onCompleteToolCall(call());
            to.onCompleteResponse(ContractModel.ANSWER);
        });
        assertThat(handler.heard())
                .extracting(line -> line.replace("+", ""))
                .containsExactly("thinking hm", "text one", "call {", "called {}", "complete");
    }

    private static PartialToolCall piece() {
        return PartialToolCall.builder()
                .index(0)
                .id("id-1")
                .name("weather")
                .partialArguments("{")
                .build();
    }

    private static CompleteToolCall call() {
        return new CompleteToolCall(
                0,
                ToolExecutionRequest.builder()
                        .id("id-1")
                        .name("weather")
                        .arguments("{}")
                        .build());
    }

    @Test
    void chat_endsOnce() throws Exception {
        ContractHandler handler = played(delegate::answer);
        letEverythingCome();
        assertThat(handler.ends()).isOne();
    }

    @Test
    void chat_thatFails_tellsTheSameOnce() throws Exception {
        InvalidRequestException failure = new InvalidRequestException("refused by the contract");
        ContractHandler handler = played(to -> {
            to.onPartialResponse(new PartialResponse("one"), new PartialResponseContext(delegate.handle));
            to.onError(failure);
        });
        assertThat(delegate.listener.heard())
                .containsExactly(new Heard("request", "a", false), new Heard("error", "a", true));
        letEverythingCome();
        assertThat(handler.heard()).containsExactly("text+ one", "failure");
        assertThat(handler.failures()).singleElement().isSameAs(failure);
    }

    @Test
    void chat_thatFailsBeforeTheFirstPiece_tellsTheSameOnce() throws Exception {
        InvalidRequestException failure = new InvalidRequestException("refused by the contract");
        ContractHandler handler = played(to -> to.onError(failure));
        assertThat(delegate.requests()).hasSize(1);
        letEverythingCome();
        assertThat(handler.failures()).singleElement().isSameAs(failure);
        assertThat(handler.ends()).isOne();
    }

    @Test
    void chat_thatThrows_isReportedOnce() throws Exception {
        InvalidRequestException failure = new InvalidRequestException("refused by the contract");
        delegate.throwAtOnce(failure);
        ContractHandler handler = new ContractHandler();
        Throwable thrown = catchThrowable(() -> model.chat(question(), handing("a"), handler));
        if (thrown == null) {
            handler.awaitEnd();
        }
        assertThat(delegate.requests()).hasSize(1);
        letEverythingCome();
        if (thrown == null) {
            assertThat(handler.failures()).singleElement().isSameAs(failure);
        } else {
            assertThat(thrown).isSameAs(failure);
            assertThat(handler.heard()).as("told besides being thrown").isEmpty();
        }
    }

    @Test
    void cancel_byTheHandleOfAPiece_reachesTheModel() throws Exception {
        delegate.follow(to -> {
            to.onPartialResponse(new PartialResponse("one"), new PartialResponseContext(delegate.handle));
            delegate.handle
                    .cancelled
                    .copy()
                    .completeOnTimeout(null, ContractHandler.TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                    .join();
        });
        ContractHandler handler = new ContractHandler(true, () -> {});
        model.chat(question(), handler);
        handler.awaitText();
        assertThat(handler.heard()).as("the piece, with its context").startsWith("text+ one");
        assertThat(delegate.handle.cancelled).succeedsWithin(ContractHandler.TIMEOUT);
    }

    @Test
    void chat_atTheSameTime_keepsTheAttributesApart() throws Exception {
        Crowd.run(4, member -> {
            for (int i = 0; i < 50; i++) {
                ask(handing(member + "/" + i));
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
    void decorator_isNoModelThatWaitsToo() {
        assertThat(model).isNotInstanceOf(ChatModel.class);
    }
}
