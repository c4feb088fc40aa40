package io.agentruntime.chat;

import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.DefaultServerSentEventParser;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;

/** The client of one model: its timeouts, on the transport that all models share. */
final class TransportClient implements HttpClient {

    private final Transport transport;
    private final HttpClients clients;
    private final ModelHttpTimeouts timeouts;

    TransportClient(Transport transport, HttpClients clients, ModelHttpTimeouts timeouts) {
        this.transport = transport;
        this.clients = clients;
        this.timeouts = timeouts;
    }

    @Override
    public SuccessfulHttpResponse execute(HttpRequest request) {
        return new BlockingCall(transport, prepared(request)).run(client());
    }

    @Override
    public void execute(HttpRequest request, ServerSentEventListener listener) {
        new EventStream(transport, prepared(request), listener).start(client(), EventBody::new);
    }

    @Override
    public void execute(HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
        if (parser.getClass() == DefaultServerSentEventParser.class) {
            execute(request, listener);
        } else {
            new EventStream(transport, prepared(request), listener)
                    .start(client(), stream -> new ParsedBody(stream, parser, listener));
        }
    }

    private WireRequest prepared(HttpRequest request) {
        transport.open().checkOpen();
        return WireRequest.of(request, timeouts);
    }

    private java.net.http.HttpClient client() {
        return clients.get(timeouts.connect());
    }
}
