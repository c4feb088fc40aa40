package io.agentruntime.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.agentruntime.resilience.ProviderHttpException;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.function.Consumer;

/** An answer with a status outside 200 to 299, and as much of its body as has come. */
final class ErrorAnswer {

    /** How much of the body is kept. */
    static final int MAX_BYTES = 1 << 20;

    private final ResponseInfo info;
    private final CollectedBody body;

    /**
     * Makes one without a body.
     *
     * @param onEnd takes the failure as soon as the body is whole, long enough, or broken off
     */
    ErrorAnswer(ResponseInfo info, Exchange exchange, Consumer<ProviderHttpException> onEnd) {
        this.info = info;
        this.body = new CollectedBody(exchange, MAX_BYTES, brokenOff -> onEnd.accept(failure()));
    }

    CollectedBody body() {
        return body;
    }

    ProviderHttpException failure() {
        return new ProviderHttpException(
                info.statusCode(),
                new String(body.bytes(), UTF_8),
                info.headers().map());
    }
}
