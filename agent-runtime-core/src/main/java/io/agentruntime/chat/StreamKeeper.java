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
import io.agentruntime.context.ContextSnapshot;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes everything on as it comes, in the context of the code that began the stream, and tells of the whole answer before it does so,
 * unless somebody has cancelled it.
 */
final class StreamKeeper implements StreamingChatResponseHandler {

    private final ContextSnapshot caller;
    private final StreamingChatResponseHandler handler;
    private final Consumer<ChatResponse> answers;
    private volatile @Nullable StreamingHandle handle;
    private volatile boolean ended;

    StreamKeeper(ContextSnapshot caller, StreamingChatResponseHandler handler, Consumer<ChatResponse> answers) {
        this.caller = caller;
        this.handler = handler;
        this.answers = answers;
    }

    boolean hasEnded() {
        return ended;
    }

    private void tell(Consumer<StreamingChatResponseHandler> event) {
        caller.run(() -> event.accept(handler));
    }

    @Override
    public void onPartialResponse(String text) {
        tell(to -> to.onPartialResponse(text));
    }

    @Override
    public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
        handle = context.streamingHandle();
        tell(to -> to.onPartialResponse(part, context));
    }

    @Override
    public void onPartialThinking(PartialThinking part) {
        tell(to -> to.onPartialThinking(part));
    }

    @Override
    public void onPartialThinking(PartialThinking part, PartialThinkingContext context) {
        handle = context.streamingHandle();
        tell(to -> to.onPartialThinking(part, context));
    }

    @Override
    public void onPartialToolCall(PartialToolCall part) {
        tell(to -> to.onPartialToolCall(part));
    }

    @Override
    public void onPartialToolCall(PartialToolCall part, PartialToolCallContext context) {
        handle = context.streamingHandle();
        tell(to -> to.onPartialToolCall(part, context));
    }

    @Override
    public void onCompleteToolCall(CompleteToolCall whole) {
        tell(to -> to.onCompleteToolCall(whole));
    }

    @Override
    public void onUnmappedRawEvent(Object event) {
        tell(to -> to.onUnmappedRawEvent(event));
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        ended = true;
        StreamingHandle last = handle;
        if (last == null || !last.isCancelled()) {
            caller.run(() -> answers.accept(response)); // first: whoever has heard of the end and asks again gets it
        }
        tell(to -> to.onCompleteResponse(response));
    }

    @Override
    public void onError(Throwable failure) {
        ended = true;
        tell(to -> to.onError(failure));
    }
}
