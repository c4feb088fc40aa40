package io.agentruntime.chat;

import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventContext;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import dev.langchain4j.http.client.sse.ServerSentEventParsingHandle;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Gives the body of a stream to a parser of the model's own, which reads it on an I/O slot that it keeps meanwhile. */
final class ParsedBody implements BodySubscriber<@Nullable Void> {

    private final EventStream stream;
    private final ServerSentEventParser parser;
    private final ServerSentEventListener listener;
    private final BodySubscriber<InputStream> body = BodySubscribers.ofInputStream();

    ParsedBody(EventStream stream, ServerSentEventParser parser, ServerSentEventListener listener) {
        this.stream = stream;
        this.parser = parser;
        this.listener = listener;
    }

    @Override
    public CompletionStage<@Nullable Void> getBody() {
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        InputStream bytes = body.getBody().toCompletableFuture().join(); // it is there from the beginning
        stream.exchange().receiving(() -> close(bytes));
        body.onSubscribe(subscription);
        stream.read(() -> parse(bytes));
    }

    private void parse(InputStream bytes) {
        try (bytes) {
            parser.parse(bytes, new Events());
            stream.complete();
        } catch (IOException | RuntimeException e) {
            stream.fail(e);
        }
    }

    private void close(InputStream bytes) {
        try {
            bytes.close();
        } catch (IOException e) {
            stream.fail(e);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        body.onNext(buffers);
    }

    @Override
    public void onError(Throwable failure) {
        body.onError(failure);
    }

    @Override
    public void onComplete() {
        stream.exchange().whole();
        body.onComplete();
    }

    /** What the parser finds; the end of the stream is told by the stream. */
    private final class Events implements ServerSentEventListener {

        @Override
        public void onEvent(ServerSentEvent event) {
            handle(() -> listener.onEvent(event));
        }

        @Override
        public void onEvent(ServerSentEvent event, ServerSentEventContext context) {
            var both = new ServerSentEventContext(new Handle(context.parsingHandle()));
            handle(() -> listener.onEvent(event, both));
        }

        private void handle(Runnable callback) {
            stream.arrived();
            stream.call(callback);
            stream.handled();
        }

        @Override
        public void onError(Throwable failure) {
            stream.fail(failure);
        }
    }

    /** Cancels the parser and the stream. */
    private final class Handle implements ServerSentEventParsingHandle {

        private final ServerSentEventParsingHandle parsing;

        Handle(ServerSentEventParsingHandle parsing) {
            this.parsing = parsing;
        }

        @Override
        public void cancel() {
            stream.cancel();
            parsing.cancel();
        }

        @Override
        public boolean isCancelled() {
            return stream.isCancelled() || parsing.isCancelled();
        }
    }
}
