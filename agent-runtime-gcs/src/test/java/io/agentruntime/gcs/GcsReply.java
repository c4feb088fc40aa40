package io.agentruntime.gcs;

import com.google.api.client.json.GenericJson;
import com.google.api.client.json.gson.GsonFactory;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** What the server answers, and the ways in which a test lets it go wrong. */
final class GcsReply {

    /** Takes the place of the plain answer to one request. */
    interface Fault {
        void answer(HttpExchange exchange, Supplier<GcsReply> action) throws IOException;
    }

    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    GcsReply(int status, Map<String, String> headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    static GcsReply json(GenericJson resource) {
        try {
            byte[] body = GsonFactory.getDefaultInstance().toByteArray(resource);
            return new GcsReply(200, Map.of("Content-Type", "application/json; charset=UTF-8"), body);
        } catch (IOException e) {
            throw new IllegalStateException("a resource that cannot be written: " + resource, e);
        }
    }

    static GcsReply error(int status, String reason) {
        Map<String, String> detail = Map.of("domain", "global", "reason", reason, "message", "Says " + reason);
        Map<String, Object> error = Map.of("code", status, "message", "Says " + reason, "errors", List.of(detail));
        GcsReply reply = json(new GenericJson().set("error", error));
        return new GcsReply(status, reply.headers, reply.body);
    }

    static Fault status(int status) {
        return (exchange, action) -> error(status, "scripted").send(exchange);
    }

    /** Closes the connection without a word. */
    static Fault reset() {
        return (exchange, action) -> exchange.close();
    }

    /** Does what was asked, then answers as if it had not. */
    static Fault done(Fault fault) {
        return (exchange, action) -> {
            GcsReply done = action.get();
            fault.answer(exchange, () -> done);
        };
    }

    /** No fault at all. */
    static Fault asAsked() {
        return (exchange, action) -> action.get().send(exchange);
    }

    /** Lets something else happen first. */
    static Fault after(Runnable something, Fault fault) {
        return (exchange, action) -> {
            something.run();
            fault.answer(exchange, action);
        };
    }

    static Fault changed(UnaryOperator<byte[]> change) {
        return (exchange, action) -> {
            GcsReply reply = action.get();
            new GcsReply(reply.status, reply.headers, change.apply(reply.body.clone())).send(exchange);
        };
    }

    /** Promises the whole body, sends half of it, and closes the connection. */
    static Fault truncated() {
        return (exchange, action) -> {
            GcsReply reply = action.get();
            reply.headers.forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(reply.status, reply.body.length);
            exchange.getResponseBody().write(Arrays.copyOf(reply.body, reply.body.length / 2));
            exchange.getResponseBody().flush();
            exchange.close();
        };
    }

    void send(HttpExchange exchange) throws IOException {
        headers.forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
