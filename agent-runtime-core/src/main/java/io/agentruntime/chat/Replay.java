package io.agentruntime.chat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole answer, told to a handler as a stream would: in order, until it is cancelled; if the handler throws, that is the stream's
 * failure.
 */
final class Replay implements StreamingHandle {

    private static final Logger log = LoggerFactory.getLogger(ChatResponseCache.class);

    private final StreamingChatResponseHandler handler;
    private final ChatResponse answer;
    private volatile boolean cancelled;

    Replay(StreamingChatResponseHandler handler, ChatResponse answer) {
        this.handler = handler;
        this.answer = answer;
    }

    void run() {
        try {
            tellParts(answer.aiMessage());
        } catch (RuntimeException | Error failure) {
            tell(handler, failure);
            return;
        }
        if (!cancelled) {
            try {
                handler.onCompleteResponse(answer);
            } catch (RuntimeException | Error failure) {
                log.warn("the handler of a stream failed on its last call", failure);
            }
        }
    }

    private void tellParts(AiMessage message) {
        String thinking = message.thinking();
        if (thinking != null && !thinking.isEmpty()) {
            handler.onPartialThinking(new PartialThinking(thinking), new PartialThinkingContext(this));
        }
        String text = message.text();
        if (text != null && !text.isEmpty() && !cancelled) {
            handler.onPartialResponse(new PartialResponse(text), new PartialResponseContext(this));
        }
        List<ToolExecutionRequest> tools = message.toolExecutionRequests(); // of a call that is shared, not kept
        for (int i = 0; i < tools.size() && !cancelled; i++) {
            handler.onCompleteToolCall(new CompleteToolCall(i, tools.get(i)));
        }
    }

    /** Tells a handler of the end of its stream. */
    static void tell(StreamingChatResponseHandler handler, Throwable failure) {
        try {
            handler.onError(failure);
        } catch (RuntimeException | Error second) {
            log.warn("the handler of a stream failed on being told of a failure", second);
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }
}
