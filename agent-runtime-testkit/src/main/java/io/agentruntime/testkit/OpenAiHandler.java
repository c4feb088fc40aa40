package io.agentruntime.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.agentruntime.testkit.OpenAiTraffic.Fault;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;

/** Serves one request after another: reads it, waits at the gate, and sends the reply, the pieces of it, or a fault. */
final class OpenAiHandler implements HttpHandler {

    private static final String PATH = "/v1/chat/completions";
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");
    private static final Map<String, String> EVENTS = Map.of("Content-Type", "text/event-stream");

    private final OpenAiTraffic traffic;
    private final Function<? super OpenAiRequest, OpenAiReply> answers;

    OpenAiHandler(OpenAiTraffic traffic, Function<? super OpenAiRequest, OpenAiReply> answers) {
        this.traffic = traffic;
        this.answers = answers;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (!exchange.getRequestURI().getPath().equals(PATH)) {
                send(exchange, error(404, "no such path: " + exchange.getRequestURI()));
            } else if (!exchange.getRequestMethod().equals("POST")) {
                send(exchange, error(405, "not allowed: " + exchange.getRequestMethod()));
            } else {
                serve(exchange, body);
            }
        }
    }

    private void serve(HttpExchange exchange, byte[] body) throws IOException {
        JsonNode json;
        OpenAiRequest request;
        try {
            json = OpenAiJson.parse(body);
            request = OpenAiJson.request(json);
        } catch (JsonProcessingException e) {
            send(exchange, error(400, "the body is not JSON: " + e.getOriginalMessage()));
            return;
        }
        Fault fault = traffic.arrived(request);
        try {
            traffic.awaitGate();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the server stops", e);
        }
        if (fault != null) {
            send(exchange, fault);
        } else {
            answer(exchange, request, OpenAiJson.wantsUsage(json));
        }
    }

    private void answer(HttpExchange exchange, OpenAiRequest request, boolean usageWanted) throws IOException {
        OpenAiReply reply;
        try {
            reply = answers.apply(request);
        } catch (RuntimeException | AssertionError e) { // the client of the test must see it
            send(exchange, error(500, "the test's answer failed: " + e));
            return;
        }
        if (request.streaming()) {
            stream(exchange, request, reply, usageWanted);
        } else {
            byte[] content = OpenAiJson.completion(request, reply);
            headers(exchange, JSON);
            exchange.sendResponseHeaders(200, content.length);
            sendLast(exchange.getResponseBody(), content, reply);
        }
    }

    private void stream(HttpExchange exchange, OpenAiRequest request, OpenAiReply reply, boolean usageWanted)
            throws IOException {
        headers(exchange, EVENTS);
        exchange.sendResponseHeaders(200, 0); // no length: chunked
        OutputStream out = exchange.getResponseBody();
        for (byte[] chunk : OpenAiJson.chunks(request, reply, usageWanted)) {
            out.write(event(chunk));
            out.flush();
        }
        sendLast(out, event("[DONE]".getBytes(StandardCharsets.UTF_8)), reply);
    }

    private static byte[] event(byte[] data) {
        return ("data: " + new String(data, StandardCharsets.UTF_8) + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Counts first: whoever has read the end of a reply finds it counted. */
    private void sendLast(OutputStream out, byte[] content, OpenAiReply reply) throws IOException {
        traffic.count(reply);
        try {
            out.write(content);
            out.close();
        } catch (IOException e) {
            traffic.takeBack(reply);
            throw e;
        }
    }

    private static Fault error(int status, String message) {
        return new Fault(status, JSON, OpenAiJson.error(message));
    }

    private static void send(HttpExchange exchange, Fault fault) throws IOException {
        byte[] content = fault.body().getBytes(StandardCharsets.UTF_8);
        headers(exchange, fault.headers());
        exchange.sendResponseHeaders(fault.status(), content.length == 0 ? -1 : content.length);
        exchange.getResponseBody().write(content);
    }

    private static void headers(HttpExchange exchange, Map<String, String> headers) {
        headers.forEach(exchange.getResponseHeaders()::set);
    }
}
