package io.agentruntime.testkit.gcs;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One request that is being answered; what it asks for is done once at most. For one thread. */
final class GcsExchange {

    private final HttpExchange http;
    private final Supplier<GcsReply> action;
    private final CountDownLatch closing;
    private @Nullable GcsReply reply;

    GcsExchange(HttpExchange http, Supplier<GcsReply> action, CountDownLatch closing) {
        this.http = http;
        this.action = action;
        this.closing = closing;
    }

    /** Does what is asked, unless that was done already. */
    GcsReply reply() {
        GcsReply done = reply;
        if (done == null) {
            done = action.get();
            reply = done;
        }
        return done;
    }

    void send(GcsReply answer) throws IOException {
        begin(answer);
        answer.writeTo(http.getResponseBody(), answer.length());
        http.close();
    }

    void sendHalf(GcsReply answer) throws IOException {
        begin(answer);
        answer.writeTo(http.getResponseBody(), answer.length() / 2);
        http.getResponseBody().flush();
        http.close();
    }

    private void begin(GcsReply answer) throws IOException {
        answer.headers().forEach(http.getResponseHeaders()::set);
        http.sendResponseHeaders(answer.status(), answer.length() == 0 ? -1 : answer.length());
    }

    void abort() {
        http.close();
    }

    void stall() throws IOException {
        try {
            closing.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server is being closed
        }
        http.close();
    }
}
