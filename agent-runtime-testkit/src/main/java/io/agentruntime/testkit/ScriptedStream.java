package io.agentruntime.testkit;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.agentruntime.testkit.StreamScript.End;
import io.agentruntime.testkit.StreamScript.Lines;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One call of a {@link ScriptedStreamingChatModel}: plays its script for its handler. One step at a time, on whatever thread. */
final class ScriptedStream {

    private final Lines lines;
    private final String modelName;
    private final StreamingChatResponseHandler handler;
    private final StreamingHandle handle;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder thinking = new StringBuilder();
    private final List<ToolExecutionRequest> calls = new ArrayList<>();

    ScriptedStream(Lines lines, String modelName, StreamingChatResponseHandler handler, StreamingHandle handle) {
        this.lines = lines;
        this.modelName = modelName;
        this.handler = handler;
        this.handle = handle;
    }

    void play(Executor executor) {
        executor.execute(() -> play(0, executor));
    }

    private void play(int from, Executor executor) {
        for (int i = from; i < lines.steps.size(); i++) {
            if (lines.steps.get(i) instanceof StreamStep.Stall stall) {
                int next = i + 1;
                goOn(stall.until(), () -> play(next, executor), executor);
                return;
            }
            play(lines.steps.get(i));
        }
        end();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what the rest of the script throws has nowhere else to go
    private static void goOn(CompletableFuture<?> until, Runnable rest, Executor executor) {
        until.whenComplete((value, failure) -> executor.execute(rest));
    }

    private void play(StreamStep step) {
        if (step instanceof StreamStep.Text part) {
            text.append(part.piece());
            tell(() ->
                    handler.onPartialResponse(new PartialResponse(part.piece()), new PartialResponseContext(handle)));
        } else if (step instanceof StreamStep.Thinking part) {
            thinking.append(part.piece());
            tell(() ->
                    handler.onPartialThinking(new PartialThinking(part.piece()), new PartialThinkingContext(handle)));
        } else if (step instanceof StreamStep.Raw raw) {
            tell(() -> handler.onUnmappedRawEvent(raw.event()));
        } else if (step instanceof StreamStep.Tool tool) {
            call(tool, calls.size());
        }
    }

    private void call(StreamStep.Tool tool, int index) {
        calls.add(tool.call());
        for (String piece : tool.pieces()) {
            PartialToolCall part = PartialToolCall.builder()
                    .index(index)
                    .id(tool.call().id())
                    .name(tool.call().name())
                    .partialArguments(piece)
                    .build();
            tell(() -> handler.onPartialToolCall(part, new PartialToolCallContext(handle)));
        }
        tell(() -> handler.onCompleteToolCall(new CompleteToolCall(index, tool.call())));
    }

    private void end() {
        Throwable failure = lines.failure;
        if (failure != null && !handle.isCancelled()) {
            fail(failure);
        }
        if (lines.end == End.COMPLETE || lines.end == End.FAILURE_AND_COMPLETE) {
            tell(() -> handler.onCompleteResponse(response()));
        }
    }

    /** As LangChain4j's own models do: what a callback throws goes to the handler as a failure, and the stream goes on. */
    private void tell(Runnable callback) {
        if (handle.isCancelled()) {
            return;
        }
        try {
            callback.run();
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void fail(Throwable failure) {
        handler.onError(failure);
    }

    private ChatResponse response() {
        AiMessage message = AiMessage.builder()
                .text(orNull(text))
                .thinking(orNull(thinking))
                .toolExecutionRequests(calls)
                .build();
        return ChatResponse.builder()
                .aiMessage(message)
                .modelName(modelName)
                .tokenUsage(lines.usage)
                .finishReason(lines.finish)
                .build();
    }

    private static @Nullable String orNull(StringBuilder all) {
        return all.isEmpty() ? null : all.toString();
    }
}
