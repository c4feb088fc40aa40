package io.agentruntime.chat;

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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Passes everything on as it comes, and tells of the whole answer before it does so, unless somebody has cancelled it. */
final class StreamKeeper implements StreamingChatResponseHandler {

    private final StreamingChatResponseHandler handler;
    private final Consumer<ChatResponse> answers;
    private volatile @Nullable StreamingHandle handle;
    private volatile boolean ended;

    StreamKeeper(StreamingChatResponseHandler handler, Consumer<ChatResponse> answers) {
        this.handler = handler;
        this.answers = answers;
    }

    boolean hasEnded() {
        return ended;
    }

    @Override
    public void onPartialResponse(String text) {
        handler.onPartialResponse(text);
    }

    @Override
    public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
        handle = context.streamingHandle();
        handler.onPartialResponse(part, context);
    }

    @Override
    public void onPartialThinking(PartialThinking part) {
        handler.onPartialThinking(part);
    }

    @Override
    public void onPartialThinking(PartialThinking part, PartialThinkingContext context) {
        handle = context.streamingHandle();
        handler.onPartialThinking(part, context);
    }

    @Override
    public void onPartialToolCall(PartialToolCall part) {
        handler.onPartialToolCall(part);
    }

    @Override
    public void onPartialToolCall(PartialToolCall part, PartialToolCallContext context) {
        handle = context.streamingHandle();
        handler.onPartialToolCall(part, context);
    }

    @Override
    public void onCompleteToolCall(CompleteToolCall whole) {
        handler.onCompleteToolCall(whole);
    }

    @Override
    public void onUnmappedRawEvent(Object event) {
        handler.onUnmappedRawEvent(event);
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        ended = true;
        StreamingHandle last = handle;
        if (last == null || !last.isCancelled()) {
            answers.accept(response); // first: whoever has heard of the end and asks again gets it
        }
        handler.onCompleteResponse(response);
    }

    @Override
    public void onError(Throwable failure) {
        ended = true;
        handler.onError(failure);
    }
}
