package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A decorator that does nothing passes; each known way to get it wrong is found. */
class StreamingChatModelContractTest extends StreamingChatModelContract {

    /** How it is done. */
    private static class Right implements StreamingChatModel {
        final StreamingChatModel delegate;

        Right(StreamingChatModel delegate) {
            this.delegate = delegate;
        }

        @Override
        public void chat(ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
            delegate.chat(request, options, handler);
        }

        @Override
        public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
            chat(request, ChatRequestOptions.EMPTY, handler);
        }

        @Override
        public ChatRequestParameters defaultRequestParameters() {
            return delegate.defaultRequestParameters();
        }

        @Override
        public List<ChatModelListener> listeners() {
            return List.of();
        }

        @Override
        public ModelProvider provider() {
            return delegate.provider();
        }

        @Override
        public Set<Capability> supportedCapabilities() {
            return delegate.supportedCapabilities();
        }
    }

    @Override
    protected StreamingChatModel decorate(StreamingChatModel delegate) {
        return new Right(delegate);
    }

    private static Set<String> failures(Class<? extends StreamingChatModelContract> tests) {
        Suite.Result result = Suite.run(tests);
        assertThat(result.passed().size() + result.failed().size()).isEqualTo(15);
        return result.failed();
    }

    /** Forwards the callbacks without a context only, which loses the others, and cancelling with them. */
    private record Thin(StreamingChatResponseHandler handler) implements StreamingChatResponseHandler {
        @Override
        public void onPartialResponse(String piece) {
            handler.onPartialResponse(piece);
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            handler.onCompleteResponse(response);
        }

        @Override
        public void onError(Throwable failure) {
            handler.onError(failure);
        }
    }

    static class ContextLost extends StreamingChatModelContract {
        @Override
        protected StreamingChatModel decorate(StreamingChatModel delegate) {
            return new Right(delegate) {
                @Override
                public void chat(
                        ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
                    delegate.chat(request, options, new Thin(handler));
                }
            };
        }
    }

    @Test
    void decorator_thatLosesCallbacks_isFound() {
        assertThat(failures(ContextLost.class))
                .contains(
                        "chat_forwardsEveryCallback_inOrder_withItsContext",
                        "chat_forwardsCallbacksWithoutContext",
                        "cancel_byTheHandleOfAPiece_reachesTheModel");
    }

    static class TwiceTold extends StreamingChatModelContract {
        @Override
        protected StreamingChatModel decorate(StreamingChatModel delegate) {
            return new StreamingChatModel() {
                @Override
                public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
                    delegate.chat(request, handler);
                }

                @Override
                public List<ChatModelListener> listeners() {
                    return delegate.listeners();
                }
            };
        }
    }

    @Test
    void decorator_thatFiresTheListenersItself_isFound() {
        assertThat(failures(TwiceTold.class))
                .contains(
                        "chat_withoutOptions_tellsTheListenersOnce_beforeTheHandler",
                        "chat_withOptions_handsTheAttributesToTheListeners_onceEach",
                        "chat_thatFails_tellsTheSameOnce",
                        "decorator_showsWhatTheModelCan");
    }

    static class DefaultsLost extends StreamingChatModelContract {
        @Override
        protected StreamingChatModel decorate(StreamingChatModel delegate) {
            return new StreamingChatModel() {
                @Override
                public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
                    delegate.doChat(request, handler);
                }
            };
        }
    }

    @Test
    void decorator_thatLosesTheDefaults_isFound() {
        assertThat(failures(DefaultsLost.class))
                .contains(
                        "chat_passesTheRequestOn_overTheDefaultsOfTheModel",
                        "chat_inEachOverload_reachesTheModelOnce",
                        "decorator_showsWhatTheModelCan");
    }

    static class OptionsLost extends StreamingChatModelContract {
        @Override
        protected StreamingChatModel decorate(StreamingChatModel delegate) {
            return new Right(delegate) {
                @Override
                public void chat(
                        ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
                    delegate.chat(request, handler);
                }
            };
        }
    }

    @Test
    void decorator_thatLosesTheOptions_isFound() {
        assertThat(failures(OptionsLost.class))
                .containsExactlyInAnyOrder(
                        "chat_withOptions_handsTheAttributesToTheListeners_onceEach",
                        "chat_atTheSameTime_keepsTheAttributesApart",
                        "chat_thatFails_tellsTheSameOnce");
    }

    static class ToldAndThrown extends StreamingChatModelContract {
        @Override
        protected StreamingChatModel decorate(StreamingChatModel delegate) {
            return new Right(delegate) {
                @Override
                public void chat(
                        ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
                    try {
                        delegate.chat(request, options, handler);
                    } catch (RuntimeException e) {
                        handler.onError(e);
                        throw e;
                    }
                }
            };
        }
    }

    static class ToldInsteadOfThrown extends StreamingChatModelContract {
        @Override
        protected StreamingChatModel decorate(StreamingChatModel delegate) {
            return new Right(delegate) {
                @Override
                public void chat(
                        ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
                    try {
                        delegate.chat(request, options, handler);
                    } catch (RuntimeException e) {
                        handler.onError(e);
                    }
                }
            };
        }
    }

    @Test
    void decorator_thatReportsAThrowTwice_isFound_thatReportsItOtherwise_isNot() {
        assertThat(failures(ToldAndThrown.class)).containsExactly("chat_thatThrows_isReportedOnce");
        assertThat(failures(ToldInsteadOfThrown.class)).isEmpty();
    }

    /** Does something else with each callback. */
    private static StreamingChatResponseHandler handling(InvocationHandler callbacks) {
        return (StreamingChatResponseHandler) Proxy.newProxyInstance(
                StreamingChatModelContractTest.class.getClassLoader(),
                new Class<?>[] {StreamingChatResponseHandler.class},
                callbacks);
    }

    /** Forwards everything, and ends once more. */
    static class EndsTwice extends StreamingChatModelContract {
        @Override
        protected StreamingChatModel decorate(StreamingChatModel delegate) {
            return new Right(delegate) {
                @Override
                public void chat(
                        ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
                    delegate.chat(request, options, handling((proxy, callback, arguments) -> {
                        if (callback.getName().equals("onCompleteResponse")
                                || callback.getName().equals("onError")) {
                            callback.invoke(handler, arguments);
                        }
                        return callback.invoke(handler, arguments);
                    }));
                }
            };
        }
    }

    @Test
    void decorator_thatEndsTwice_isFound() {
        assertThat(failures(EndsTwice.class))
                .contains(
                        "chat_endsOnce",
                        "chat_thatFails_tellsTheSameOnce",
                        "chat_thatFailsBeforeTheFirstPiece_tellsTheSameOnce");
    }

    /** Calls back on a thread of its own. */
    static class OnAnotherThread extends StreamingChatModelContract {
        private final ExecutorService thread = Executors.newSingleThreadExecutor();

        @AfterEach
        void stop() {
            thread.shutdownNow();
        }

        @Override
        protected StreamingChatModel decorate(StreamingChatModel delegate) {
            return new Right(delegate) {
                @Override
                public void chat(
                        ChatRequest request, ChatRequestOptions options, StreamingChatResponseHandler handler) {
                    delegate.chat(request, options, handling((proxy, callback, arguments) -> {
                        thread.execute(() -> invoke(callback, handler, arguments));
                        return null;
                    }));
                }
            };
        }

        private static void invoke(Method callback, StreamingChatResponseHandler handler, Object[] arguments) {
            try {
                callback.invoke(handler, arguments);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void decorator_thatCallsBackOnAnotherThread_passes() {
        assertThat(failures(OnAnotherThread.class)).isEmpty();
    }
}
