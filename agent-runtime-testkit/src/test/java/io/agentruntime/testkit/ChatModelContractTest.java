package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A decorator that does nothing passes; each known way to get it wrong is found. */
class ChatModelContractTest extends ChatModelContract {

    /** How it is done. */
    private static class Right implements ChatModel {
        final ChatModel delegate;

        Right(ChatModel delegate) {
            this.delegate = delegate;
        }

        @Override
        public ChatResponse chat(ChatRequest request, ChatRequestOptions options) {
            return delegate.chat(request, options);
        }

        @Override
        public ChatResponse doChat(ChatRequest request) {
            return chat(request, ChatRequestOptions.EMPTY);
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
    protected ChatModel decorate(ChatModel delegate) {
        return new Right(delegate);
    }

    private static Set<String> failures(Class<? extends ChatModelContract> tests) {
        Suite.Result result = Suite.run(tests);
        assertThat(result.passed().size() + result.failed().size()).isEqualTo(13);
        return result.failed();
    }

    static class TwiceTold extends ChatModelContract {
        @Override
        protected ChatModel decorate(ChatModel delegate) {
            return new Right(delegate) {
                @Override
                public ChatResponse chat(ChatRequest request, ChatRequestOptions options) {
                    return new ChatModel() { // as if chat were not overridden
                        @Override
                        public ChatResponse doChat(ChatRequest inner) {
                            return delegate.chat(inner);
                        }

                        @Override
                        public List<ChatModelListener> listeners() {
                            return delegate.listeners();
                        }
                    }.chat(request, options);
                }
            };
        }
    }

    @Test
    void decorator_thatFiresTheListenersItself_isFound() {
        assertThat(failures(TwiceTold.class))
                .contains(
                        "chat_withoutOptions_tellsTheListenersOnce",
                        "chat_withOptions_handsTheAttributesToTheListeners_onceEach",
                        "chat_thatFails_throwsTheSame_andTellsTheListenersOnce")
                .doesNotContain("chat_givesTheAnswerOfTheModel");
    }

    static class DefaultsLost extends ChatModelContract {
        @Override
        protected ChatModel decorate(ChatModel delegate) {
            return new ChatModel() {
                @Override
                public ChatResponse doChat(ChatRequest request) {
                    return delegate.doChat(request);
                }
            };
        }
    }

    @Test
    void decorator_thatLosesTheDefaults_isFound() {
        assertThat(failures(DefaultsLost.class))
                .contains(
                        "chat_keepsTheClassOfTheParameters",
                        "chat_passesTheRequestOn_overTheDefaultsOfTheModel",
                        "decorator_showsWhatTheModelCan");
    }

    static class OptionsLost extends ChatModelContract {
        @Override
        protected ChatModel decorate(ChatModel delegate) {
            return new Right(delegate) {
                @Override
                public ChatResponse chat(ChatRequest request, ChatRequestOptions options) {
                    return delegate.chat(request);
                }
            };
        }
    }

    @Test
    void decorator_thatLosesTheOptions_isFound() {
        assertThat(failures(OptionsLost.class))
                .containsExactlyInAnyOrder(
                        "chat_withOptions_handsTheAttributesToTheListeners_onceEach",
                        "chat_again_beginsWithFreshAttributes",
                        "chat_atTheSameTime_keepsTheAttributesApart",
                        "chat_thatFails_throwsTheSame_andTellsTheListenersOnce");
    }

    static class SharedOptions extends ChatModelContract {
        @Override
        protected ChatModel decorate(ChatModel delegate) {
            return new Right(delegate) {
                private volatile ChatRequestOptions kept = ChatRequestOptions.EMPTY;

                @Override
                public ChatResponse chat(ChatRequest request, ChatRequestOptions options) {
                    if (kept.listenerAttributes().isEmpty()) {
                        kept = options;
                    }
                    return delegate.chat(request, kept);
                }
            };
        }
    }

    @Test
    void decorator_thatKeepsOptionsInAField_isFound() {
        assertThat(failures(SharedOptions.class)).contains("chat_atTheSameTime_keepsTheAttributesApart");
    }

    static class CapabilitiesLost extends ChatModelContract {
        @Override
        protected ChatModel decorate(ChatModel delegate) {
            return new Right(delegate) {
                @Override
                public Set<Capability> supportedCapabilities() {
                    return Set.of();
                }
            };
        }
    }

    static class ProviderLost extends ChatModelContract {
        @Override
        protected ChatModel decorate(ChatModel delegate) {
            return new Right(delegate) {
                @Override
                public ModelProvider provider() {
                    return ModelProvider.OTHER;
                }
            };
        }
    }

    @Test
    void decorator_thatHidesWhatTheModelCan_isFound() {
        assertThat(failures(CapabilitiesLost.class)).containsExactly("decorator_showsWhatTheModelCan");
        assertThat(failures(ProviderLost.class)).containsExactly("decorator_showsWhatTheModelCan");
    }

    static class Wrapping extends ChatModelContract {
        @Override
        protected ChatModel decorate(ChatModel delegate) {
            return new Right(delegate) {
                @Override
                public ChatResponse chat(ChatRequest request, ChatRequestOptions options) {
                    try {
                        return delegate.chat(request, options);
                    } catch (RuntimeException | Error e) {
                        throw new IllegalStateException(e);
                    }
                }
            };
        }
    }

    @Test
    void decorator_thatWrapsFailures_isFound() {
        assertThat(failures(Wrapping.class))
                .containsExactlyInAnyOrder(
                        "chat_thatFails_throwsTheSame_andTellsTheListenersOnce",
                        "chat_thatEndsWithAnError_throwsTheSame");
    }

    static class BlindRetry extends ChatModelContract {
        @Override
        protected ChatModel decorate(ChatModel delegate) {
            return new Right(delegate) {
                @Override
                public ChatResponse chat(ChatRequest request, ChatRequestOptions options) {
                    try {
                        return delegate.chat(request, options);
                    } catch (RuntimeException e) {
                        return delegate.chat(request, options);
                    }
                }
            };
        }
    }

    @Test
    void decorator_thatRetriesWhatCannotSucceed_isFound() {
        assertThat(failures(BlindRetry.class)).containsExactly("chat_thatFails_throwsTheSame_andTellsTheListenersOnce");
    }

    static class NoInnerSide extends ChatModelContract {
        @Override
        protected ChatModel decorate(ChatModel delegate) {
            return new Right(delegate) {
                @Override
                public ChatResponse doChat(ChatRequest request) {
                    throw new UnsupportedOperationException("call chat");
                }
            };
        }
    }

    @Test
    void decorator_withoutDoChat_isFound() {
        assertThat(failures(NoInnerSide.class)).containsExactly("chat_inEachOverload_reachesTheModelOnce");
    }

    static class Both extends ChatModelContract {
        @Override
        protected ChatModel decorate(ChatModel delegate) {
            ChatModel right = new Right(delegate);
            return (ChatModel) Proxy.newProxyInstance(
                    Both.class.getClassLoader(),
                    new Class<?>[] {ChatModel.class, StreamingChatModel.class},
                    (proxy, method, arguments) -> {
                        try {
                            return method.invoke(right, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }

    @Test
    void decorator_thatIsBoth_isFound() {
        assertThat(failures(Both.class)).contains("decorator_isNoStreamingModelToo");
    }
}
