package io.agentruntime.testkit.provider;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Notes what a stream brings, each call of the handler as one line. */
final class StreamLog implements StreamingChatResponseHandler {

    final List<String> lines = new CopyOnWriteArrayList<>();
    final CompletableFuture<ChatResponse> response = new CompletableFuture<>();
    final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    final CompletableFuture<Object> end = new CompletableFuture<>();
    final CompletableFuture<StreamingHandle> handle = new CompletableFuture<>();
    final CountDownLatch firstPiece = new CountDownLatch(1);

    @Override
    public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
        lines.add("text " + piece.text());
        handle.complete(context.streamingHandle());
        firstPiece.countDown();
    }

    @Override
    public void onPartialThinking(PartialThinking piece) {
        lines.add("thinking " + piece.text());
    }

    @Override
    public void onPartialToolCall(PartialToolCall call) {
        lines.add("call " + call.index() + " " + call.id() + " " + call.name() + " " + call.partialArguments());
    }

    @Override
    public void onCompleteToolCall(CompleteToolCall call) {
        var request = call.toolExecutionRequest();
        lines.add("called " + call.index() + " " + request.id() + " " + request.name() + " " + request.arguments());
    }

    @Override
    public void onCompleteResponse(ChatResponse complete) {
        lines.add("complete");
        response.complete(complete);
        end.complete(complete);
    }

    @Override
    public void onError(Throwable error) {
        lines.add("error " + error.getClass().getSimpleName());
        failure.complete(error);
        end.complete(error);
    }
}
