package io.agentruntime.chat;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects a whole body, or the beginning of one that is longer than allowed. What has come so far can be read at any time. */
final class CollectedBody implements BodySubscriber<@Nullable Void> {

    private final Exchange exchange;
    private final int maxBytes;
    private final Consumer<@Nullable Throwable> onEnd;
    private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(); // its methods are synchronized

    /**
     * Makes an empty one.
     *
     * @param onEnd is told why the body broke off, or null if it is whole or long enough
     */
    CollectedBody(Exchange exchange, int maxBytes, Consumer<@Nullable Throwable> onEnd) {
        this.exchange = exchange;
        this.maxBytes = maxBytes;
        this.onEnd = onEnd;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    @Override
    public CompletionStage<@Nullable Void> getBody() {
        return end;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        exchange.receiving(() -> {
            subscription.cancel();
            end.cancel(false); // or the client believes for ever that the exchange is under way
        });
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            byte[] part = new byte[Math.min(buffer.remaining(), maxBytes - bytes.size())];
            buffer.get(part);
            bytes.writeBytes(part);
        }
        if (bytes.size() == maxBytes) {
            end.complete(null);
            onEnd.accept(null);
            exchange.abort();
        }
    }

    @Override
    public void onError(Throwable failure) {
        end.completeExceptionally(failure);
        onEnd.accept(failure);
    }

    @Override
    public void onComplete() {
        exchange.whole();
        end.complete(null);
        onEnd.accept(null);
    }
}
