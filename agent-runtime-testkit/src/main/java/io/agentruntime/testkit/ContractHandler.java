package io.agentruntime.testkit;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Remembers each callback with its overload: those with a context are marked by a plus. */
final class ContractHandler implements StreamingChatResponseHandler {

    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Runnable atCompletion;
    private final boolean cancelling;

    ContractHandler() {
        this(false, () -> {});
    }

    ContractHandler(boolean cancelling, Runnable atCompletion) {
        this.cancelling = cancelling;
        this.atCompletion = atCompletion;
    }

    /** What was heard, the first first. */
    List<String> heard() {
        return List.copyOf(heard);
    }

    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    /** How many times the stream has ended. */
    long ends() {
        return heard.stream()
                .filter(line -> line.equals("complete") || line.equals("failure"))
                .count();
    }

    void awaitText() throws InterruptedException {
        await(begun, "bring a piece of text");
    }

    void awaitEnd() throws InterruptedException {
        await(ended, "end");
    }

    private void await(CompletableFuture<Void> event, String what) throws InterruptedException {
        try {
            event.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new AssertionError("the stream did not " + what + " within " + TIMEOUT + ", it brought " + heard, e);
        }
    }

    @Override
    public void onPartialResponse(String piece) {
        heard.add("text " + piece);
        begun.complete(null);
    }

    @Override
    public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
        heard.add("text+ " + piece.text());
        begun.complete(null);
        if (cancelling) {
            context.streamingHandle().cancel();
        }
    }

    @Override
    public void onPartialThinking(PartialThinking piece) {
        heard.add("thinking " + piece.text());
    }

    @Override
    public void onPartialThinking(PartialThinking piece, PartialThinkingContext context) {
        heard.add("thinking+ " + piece.text());
    }

    @Override
    public void onPartialToolCall(PartialToolCall call) {
        heard.add("call " + call.partialArguments());
    }

    @Override
    public void onPartialToolCall(PartialToolCall call, PartialToolCallContext context) {
        heard.add("call+ " + call.partialArguments());
    }

    @Override
    public void onCompleteToolCall(CompleteToolCall call) {
        heard.add("called " + call.toolExecutionRequest().arguments());
    }

    @Override
    public void onUnmappedRawEvent(Object event) {
        heard.add("raw " + event);
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        atCompletion.run();
        heard.add("complete");
        ended.complete(null);
    }

    @Override
    public void onError(Throwable failure) {
        failures.add(failure);
        heard.add("failure");
        ended.complete(null);
    }
}
