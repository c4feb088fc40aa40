package io.agentruntime.chat;

import dev.langchain4j.http.client.SuccessfulHttpResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** One request whose sender waits for the whole answer. */
final class BlockingCall implements OpenCall {

    private static final int MAX_BYTES = Integer.MAX_VALUE - 8; // the longest array

    private final Transport transport;
    private final WireRequest request;
    private final WireCall wire = WireCall.current();
    private final Exchange exchange = new Exchange();
    private final CompletableFuture<SuccessfulHttpResponse> answer = new CompletableFuture<>();
    private final Watch watch;
    private volatile @Nullable ErrorAnswer error;

    BlockingCall(Transport transport, WireRequest request) {
        this.transport = transport;
        this.request = request;
        this.watch = new Watch(transport.timer(), transport.ticker(), this::broke);
    }

    /** Sends the request and waits for the answer. */
    SuccessfulHttpResponse run(HttpClient client) {
        transport.open().add(this);
        try {
            wire.begin(this);
            if (!answer.isDone()) {
                watch.expect(request.readLimit(), transport.ticker().read());
                exchange.send(client, request.request(), this::answered, e -> broke(request.failure(e)));
            }
            return await();
        } finally {
            watch.stop();
            wire.end(this);
            transport.open().remove(this);
        }
    }

    private BodySubscriber<@Nullable Void> answered(ResponseInfo info) {
        wire.answered(new WireAnswer(info.statusCode(), info.headers().map()));
        if (info.statusCode() < 200 || info.statusCode() > 299) {
            ErrorAnswer failed = new ErrorAnswer(info, exchange, this::fail);
            error = failed;
            return failed.body();
        }
        return new Whole(info).body;
    }

    private SuccessfulHttpResponse await() {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            exchange.abort();
            Thread.currentThread().interrupt();
            throw cancelled("the thread that waited for " + request.host() + " was interrupted", e);
        } catch (CancellationException e) {
            throw cancelled("the call of " + request.host() + " was cancelled", e);
        } catch (ExecutionException e) {
            exchange.abort();
            throw thrown(e.getCause());
        }
    }

    private RuntimeException thrown(@Nullable Throwable failure) {
        if (failure instanceof IOException e) {
            return new UncheckedIOException("the exchange with " + request.host() + " failed: " + e.getMessage(), e);
        }
        if (failure instanceof Error e) {
            throw e;
        }
        return failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
    }

    private static CancellationException cancelled(String message, Throwable cause) {
        CancellationException exception = new CancellationException(message);
        exception.initCause(cause);
        return exception;
    }

    private void broke(Throwable failure) {
        ErrorAnswer failed = error;
        fail(failed != null ? failed.failure() : failure); // the status says more than that its text did not come
    }

    @Override
    public void fail(Throwable failure) {
        answer.completeExceptionally(failure);
    }

    @Override
    public void cancel() {
        fail(new CancellationException());
        exchange.abort();
    }

    @Override
    public ModelTransportException closed() {
        return ModelTransportException.closedDuring(request.host());
    }

    /** A good answer on its way. */
    private final class Whole {

        private final ResponseInfo info;
        private final CollectedBody body = new CollectedBody(exchange, MAX_BYTES, this::ended);

        Whole(ResponseInfo info) {
            this.info = info;
        }

        private void ended(@Nullable Throwable brokenOff) {
            if (brokenOff != null) {
                broke(brokenOff);
                return;
            }
            answer.complete(SuccessfulHttpResponse.builder()
                    .statusCode(info.statusCode())
                    .headers(info.headers().map())
                    .body(body.bytes())
                    .build());
        }
    }
}
