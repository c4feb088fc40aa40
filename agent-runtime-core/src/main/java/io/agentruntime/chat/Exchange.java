package io.agentruntime.chat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request on the wire: sent once, and aborted from any thread, whatever it is doing. Aborting closes its connection. */
final class Exchange {

    private volatile boolean aborted;
    private volatile boolean whole;
    private volatile @Nullable CompletableFuture<?> reply;
    private volatile @Nullable Runnable closeBody;

    /**
     * Sends the request, without waiting.
     *
     * @param failed is told why there is no answer; on any thread, the common pool's too, and perhaps more than once
     */
    <T> void send(HttpClient client, HttpRequest request, BodyHandler<T> handler, Consumer<Throwable> failed) {
        // nothing but a failure comes this way: HttpClient tells it on the common pool, which others may block
        CompletableFuture<?> sent = client.sendAsync(request, handler);
        reply = sent;
        CompletableFuture<?> unused = sent.whenComplete((answer, failure) -> {
            if (failure != null) {
                failed.accept(unwrapped(failure));
            }
        });
        if (aborted) {
            sent.cancel(true);
        }
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /** Says how the body of the answer is closed, now that there is one. */
    void receiving(Runnable close) {
        closeBody = close;
        if (aborted) {
            close.run();
        }
    }

    /** The answer is whole: its connection is for others now, and must not be closed any more. */
    void whole() {
        whole = true;
    }

    void abort() {
        aborted = true;
        if (whole) {
            return;
        }
        Runnable close = closeBody;
        if (close != null) {
            close.run();
        }
        CompletableFuture<?> sent = reply;
        if (sent != null) {
            sent.cancel(true);
        }
    }
}
