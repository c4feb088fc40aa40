package io.agentruntime.chat;

import dev.langchain4j.http.client.sse.ServerSentEvent;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Turns the body of a stream into events as its bytes come; asks for more when the last ones are handled. */
final class EventBody implements BodySubscriber<@Nullable Void> {

    private final EventStream stream;
    private final SseParser parser;
    private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    private volatile Flow.@Nullable Subscription source;

    EventBody(EventStream stream) {
        this.stream = stream;
        this.parser = new SseParser(stream.maxEventBytes());
    }

    @Override
    public CompletionStage<@Nullable Void> getBody() {
        return end;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        source = subscription;
        stream.exchange().receiving(this::close);
        more();
    }

    /** The future too has to end, or the client believes for ever that the exchange is under way. */
    private void close() {
        Flow.Subscription subscription = source;
        if (subscription != null) {
            subscription.cancel();
        }
        end.cancel(false);
    }

    private void more() {
        Flow.Subscription subscription = source;
        if (subscription != null) {
            subscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        List<ServerSentEvent> events = new ArrayList<>();
        try {
            buffers.forEach(buffer -> parser.feed(buffer, events));
            deliver(events, this::more);
        } catch (ModelTransportException tooLarge) {
            deliver(events, () -> {});
            stream.fail(tooLarge);
        }
    }

    private void deliver(List<ServerSentEvent> events, Runnable then) {
        if (events.isEmpty()) {
            then.run();
        } else {
            stream.deliver(events, then);
        }
    }

    @Override
    public void onError(Throwable failure) {
        end.completeExceptionally(failure);
        stream.fail(failure);
    }

    @Override
    public void onComplete() {
        stream.exchange().whole();
        List<ServerSentEvent> events = new ArrayList<>();
        parser.end(events);
        deliver(events, () -> {});
        stream.complete();
        end.complete(null);
    }
}
