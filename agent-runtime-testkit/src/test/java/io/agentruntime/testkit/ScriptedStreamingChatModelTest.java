package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class ScriptedStreamingChatModelTest {

    private final List<String> heard = new ArrayList<>();
    private final List<ChatResponse> responses = new ArrayList<>();
    private final ManualExecutor executor = new ManualExecutor();

    private class Handler implements StreamingChatResponseHandler {
        @Override
        public void onPartialResponse(String piece) {
            heard.add("text " + piece);
        }

        @Override
        public void onPartialThinking(PartialThinking piece) {
            heard.add("thinking " + piece.text());
        }

        @Override
        public void onPartialToolCall(PartialToolCall call) {
            heard.add("call " + call.index() + " " + call.partialArguments());
        }

        @Override
        public void onCompleteToolCall(CompleteToolCall call) {
            heard.add(
                    "called " + call.index() + " " + call.toolExecutionRequest().arguments());
        }

        @Override
        public void onUnmappedRawEvent(Object event) {
            heard.add("raw " + event);
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            heard.add("complete");
            responses.add(response);
        }

        @Override
        public void onError(Throwable failure) {
            heard.add("error " + failure.getMessage());
        }
    }

    private ScriptedStreamingChatModel model(StreamScript script) {
        return ScriptedStreamingChatModel.builder(executor)
                .modelName("m1")
                .script(script)
                .build();
    }

    private void play(StreamScript script) {
        model(script).chat("question", new Handler());
        executor.runAll();
    }

    @Test
    void chat_playsAllKindsOfPieces_thenTheWhole() {
        play(StreamScript.of("one ", "two")
                .thinking("hm")
                .toolCall("id-1", "weather", "{\"a\":", "1}")
                .toolCall("id-2", "time")
                .rawEvent("ping")
                .usage(new TokenUsage(5, 3)));
        assertThat(heard)
                .containsExactly(
                        "text one ",
                        "text two",
                        "thinking hm",
                        "call 0 {\"a\":",
                        "call 0 1}",
                        "called 0 {\"a\":1}",
                        "called 1 {}",
                        "raw ping",
                        "complete");
        ChatResponse response = responses.get(0);
        assertThat(response.aiMessage().text()).isEqualTo("one two");
        assertThat(response.aiMessage().thinking()).isEqualTo("hm");
        assertThat(response.aiMessage().toolExecutionRequests()).hasSize(2);
        assertThat(response.metadata().modelName()).isEqualTo("m1");
        assertThat(response.metadata().tokenUsage()).isEqualTo(new TokenUsage(5, 3));
        assertThat(response.metadata().finishReason()).isEqualTo(FinishReason.TOOL_EXECUTION);
    }

    @Test
    void chat_runsOnItsExecutor_andStallsWithoutAThread() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        ScriptedStreamingChatModel model =
                model(StreamScript.of("one ").stall(gate).text("two"));
        model.chat("question", new Handler());
        assertThat(heard).isEmpty();
        executor.runAll();
        assertThat(heard).containsExactly("text one ");
        gate.complete(null);
        assertThat(heard).hasSize(1);
        executor.runAll();
        assertThat(heard).containsExactly("text one ", "text two", "complete");
        assertThat(model.requests()).hasSize(1);
        assertThat(model.requests().get(0).messages()).containsExactly(UserMessage.from("question"));
    }

    @Test
    void chat_thatFails_endsWithTheFailure() {
        play(StreamScript.of("one ").failure(new IOException("reset")));
        assertThat(heard).containsExactly("text one ", "error reset");
    }

    @Test
    void chat_thatEndsTwice_orNever_doesSo() {
        play(StreamScript.of("one ").failureThenComplete(new IOException("reset")));
        assertThat(heard).containsExactly("text one ", "error reset", "complete");
        heard.clear();
        play(StreamScript.of("one ").silence());
        assertThat(heard).containsExactly("text one ");
        heard.clear();
        play(StreamScript.of("one").finish(FinishReason.LENGTH));
        assertThat(responses.get(responses.size() - 1).metadata().finishReason())
                .isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void chat_thatThrows_throwsOnTheCallersThread() {
        IllegalArgumentException failure = new IllegalArgumentException("no");
        ScriptedStreamingChatModel model = model(StreamScript.throwing(failure));
        assertThatThrownBy(() -> model.chat("question", new Handler())).isSameAs(failure);
        assertThat(executor.pending()).isZero();
        assertThat(model.requests()).hasSize(1);
    }

    @Test
    void cancel_endsAllCallbacks() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        ScriptedStreamingChatModel model =
                model(StreamScript.of("one ", "two ").stall(gate).text("three").failure(new IOException("reset")));
        model.chat("question", new Handler() {
            @Override
            public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
                super.onPartialResponse(piece, context);
                if (piece.text().equals("two ")) {
                    context.streamingHandle().cancel();
                    context.streamingHandle().cancel();
                }
            }
        });
        executor.runAll();
        gate.complete(null);
        executor.runAll();
        assertThat(heard).containsExactly("text one ", "text two ");
        assertThat(model.cancelled()).isOne();
    }

    @Test
    void handler_thatThrows_hearsOfItAndGetsTheRest() {
        model(StreamScript.of("one ", "two")).chat("question", new Handler() {
            @Override
            public void onPartialResponse(String piece) {
                throw new IllegalStateException("broken by " + piece.strip());
            }
        });
        executor.runAll();
        assertThat(heard).containsExactly("error broken by one", "error broken by two", "complete");
    }

    @Test
    void chat_tellsItsListeners() {
        List<String> events = new ArrayList<>();
        ChatModelListener listener = new ChatModelListener() {
            @Override
            public void onRequest(ChatModelRequestContext context) {
                events.add("request");
            }

            @Override
            public void onResponse(ChatModelResponseContext context) {
                events.add("response");
            }

            @Override
            public void onError(ChatModelErrorContext context) {
                events.add("error");
            }
        };
        ScriptedStreamingChatModel model = ScriptedStreamingChatModel.builder(Runnable::run)
                .reply("one")
                .script(StreamScript.of().failure(new IOException("reset")))
                .listener(listener)
                .build();
        model.chat("first", new Handler());
        model.chat("second", new Handler());
        assertThat(events).containsExactly("request", "response", "request", "error");
    }

    @Test
    void chat_afterTheLastScript_failsUnlessItIsRepeated() {
        ScriptedStreamingChatModel once = model(StreamScript.of("one"));
        once.chat("first", new Handler());
        assertThatThrownBy(() -> once.chat("second", new Handler()))
                .isInstanceOf(AssertionError.class)
                .hasMessage("model 'm1' was called once more than its 1 scripts allow");
        ScriptedStreamingChatModel ever = ScriptedStreamingChatModel.builder(Runnable::run)
                .reply("one")
                .repeatLast()
                .build();
        ever.chat("first", new Handler());
        ever.chat("second", new Handler());
        assertThat(ever.requests()).hasSize(2);
        assertThatThrownBy(() -> ScriptedStreamingChatModel.builder(executor)
                        .repeatLast()
                        .build())
                .hasMessage("repeatLast() needs a script to repeat");
    }

    @Test
    void chat_byManyThreads_usesEachScriptOnce() throws Exception {
        ScriptedStreamingChatModel.Builder builder = ScriptedStreamingChatModel.builder(Runnable::run);
        for (int i = 0; i < 400; i++) {
            builder.reply("answer " + i);
        }
        ScriptedStreamingChatModel model = builder.build();
        Set<String> answers = ConcurrentHashMap.newKeySet();
        Crowd.run(4, member -> {
            for (int i = 0; i < 100; i++) {
                model.chat("question", new StreamingChatResponseHandler() {
                    @Override
                    public void onCompleteResponse(ChatResponse response) {
                        answers.add(response.aiMessage().text());
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answers.add("failed: " + failure);
                    }
                });
            }
        });
        assertThat(answers).hasSize(400).noneMatch(answer -> answer.startsWith("failed"));
    }
}
