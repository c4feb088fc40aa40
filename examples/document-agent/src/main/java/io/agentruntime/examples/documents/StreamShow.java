package io.agentruntime.examples.documents;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.agentruntime.usage.UsageCall;
import java.util.function.Consumer;

/**
 * Shows the pieces of an answer. How the stream ends is told to whoever waits for it.
 *
 * @param call the account, which estimates by what was seen if the stream does not end well
 * @param show gets each piece
 */
record StreamShow(UsageCall call, Consumer<String> show) implements StreamingChatResponseHandler {
    @Override
    public void onPartialResponse(String piece) {
        call.saw(piece);
        show.accept(piece);
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {}

    @Override
    public void onError(Throwable failure) {}
}
