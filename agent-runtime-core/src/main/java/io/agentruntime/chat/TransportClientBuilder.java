package io.agentruntime.chat;

import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import java.time.Duration;
import java.util.function.Function;

/** What a model builds its client with. Not thread-safe. */
final class TransportClientBuilder implements HttpClientBuilder {

    private final Function<ModelHttpTimeouts, HttpClient> clients;
    private final boolean fixed; // whether the model has no say
    private ModelHttpTimeouts timeouts;

    TransportClientBuilder(Function<ModelHttpTimeouts, HttpClient> clients, ModelHttpTimeouts timeouts, boolean fixed) {
        this.clients = clients;
        this.timeouts = timeouts;
        this.fixed = fixed;
    }

    @Override
    public Duration connectTimeout() {
        return timeouts.connect();
    }

    @Override
    public HttpClientBuilder connectTimeout(Duration timeout) {
        timeouts = fixed ? timeouts : timeouts.withConnect(timeout);
        return this;
    }

    @Override
    public Duration readTimeout() {
        return timeouts.read();
    }

    @Override
    public HttpClientBuilder readTimeout(Duration timeout) {
        timeouts = fixed ? timeouts : timeouts.withRead(timeout);
        return this;
    }

    @Override
    public HttpClient build() {
        return clients.apply(timeouts);
    }
}
