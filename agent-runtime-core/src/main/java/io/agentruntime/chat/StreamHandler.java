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
import io.agentruntime.resilience.ModelThrottle;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hears what one model answers to one request, and passes it on. The first sign of an answer makes this the model that answers; after its
 * end nothing more is passed on, whatever the model still says.
 */
final class StreamHandler implements StreamingChatResponseHandler {

    private final StreamingChat call;
    private final StreamAttempt attempt;
    private final String route;
    private final WireCall wire;
    private final ModelThrottle.@Nullable Permit permit;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile boolean begun;
    private volatile @Nullable StreamingHandle handle;

    StreamHandler(StreamingChat call, StreamAttempt attempt, String route, ModelThrottle.@Nullable Permit permit) {
        this.call = call;
        this.attempt = attempt;
        this.route = route;
        this.wire = call.policy().wire(route);
        this.permit = permit;
        wire.afterEnd(() -> onError(ModelTransportException.cutShort())); // unless the client has told of an end
    }

    /** What the model sends for this request. */
    WireCall wire() {
        return wire;
    }

    private void pass(@Nullable String text, Consumer<StreamingChatResponseHandler> event) {
        if (!over.get()) {
            begins();
            call.account().saw(text);
            call.tell(event);
        }
    }

    private void begins() {
        if (!begun) {
            begun = true;
            attempt.begins();
        }
    }

    /** The model's own handle stands behind ours: ending the call ends the stream by both ways that there are. */
    private StreamingHandle remember(StreamingHandle own) {
        handle = own;
        if (over.get()) {
            own.cancel();
        }
        return call;
    }

    @Override
    public void onPartialResponse(String text) {
        pass(text, handler -> handler.onPartialResponse(text));
    }

    @Override
    public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
        StreamingHandle ours = remember(context.streamingHandle());
        pass(part.text(), handler -> handler.onPartialResponse(part, new PartialResponseContext(ours)));
    }

    @Override
    public void onPartialThinking(PartialThinking part) {
        pass(part.text(), handler -> handler.onPartialThinking(part));
    }

    @Override
    public void onPartialThinking(PartialThinking part, PartialThinkingContext context) {
        StreamingHandle ours = remember(context.streamingHandle());
        pass(part.text(), handler -> handler.onPartialThinking(part, new PartialThinkingContext(ours)));
    }

    @Override
    public void onPartialToolCall(PartialToolCall part) {
        pass(part.partialArguments(), handler -> handler.onPartialToolCall(part));
    }

    @Override
    public void onPartialToolCall(PartialToolCall part, PartialToolCallContext context) {
        StreamingHandle ours = remember(context.streamingHandle());
        pass(part.partialArguments(), handler -> handler.onPartialToolCall(part, new PartialToolCallContext(ours)));
    }

    @Override
    public void onCompleteToolCall(CompleteToolCall whole) {
        pass(null, handler -> handler.onCompleteToolCall(whole));
    }

    @Override
    public void onUnmappedRawEvent(Object event) {
        if (!over.get()) { // not an answer yet: providers begin with such events
            call.tell(handler -> handler.onUnmappedRawEvent(event));
        }
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        if (over.compareAndSet(false, true)) {
            begun = true;
            leave();
            attempt.completed(response);
            settle();
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (over.compareAndSet(false, true)) {
            wire.cancel();
            leave();
            if (begun) {
                call.fail(failure);
            } else {
                attempt.failed(failure);
            }
            settle();
        }
    }

    /** Ends the stream of this model, if it goes on still. */
    void end() {
        if (over.compareAndSet(false, true)) {
            wire.cancel();
            StreamingHandle own = handle;
            if (own != null) {
                own.cancel();
            }
            leave();
            settle();
        }
    }

    private void leave() {
        call.policy().selfRetries().check(route, wire);
        if (permit != null) {
            permit.close();
        }
    }

    private void settle() {
        if (permit != null) {
            call.account()
                    .event()
                    .ifPresent(event -> permit.settle(event.spent().total()));
        }
    }
}
