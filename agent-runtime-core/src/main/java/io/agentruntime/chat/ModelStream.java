package io.agentruntime.chat;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingHandle;
import java.util.concurrent.CompletableFuture;

/** A stream under way. Thread-safe. */
public interface ModelStream extends StreamingHandle {

    /**
     * Ends the stream at once, whatever it is doing: before its first token, in its middle, or between two attempts. Its connection is
     * closed, and its handler is called no more. Does nothing once the stream has ended. May be called on any thread.
     */
    @Override
    void cancel();

    /**
     * Tells how the stream ends.
     *
     * @return done after the handler has been told of the end: with the answer, with the failure, or cancelled; cancelling it cancels
     *     nothing else
     */
    CompletableFuture<ChatResponse> completion();
}
