package io.agentruntime.chat;

import dev.langchain4j.http.client.HttpRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpTimeoutException;

/**
 * One request, ready to be sent. Not with its client, which is not to live longer than the transport because of what an idle thread
 * remembers.
 *
 * @param request what is sent
 * @param host who gets it, for messages: without path, query and user
 * @param timeouts how long it may take
 */
record WireRequest(java.net.http.HttpRequest request, String host, ModelHttpTimeouts timeouts) {

    static WireRequest of(HttpRequest request, ModelHttpTimeouts timeouts) {
        URI uri = URI.create(request.url());
        var builder = java.net.http.HttpRequest.newBuilder().uri(uri);
        if ("http".equalsIgnoreCase(uri.getScheme())) {
            builder.version(
                    HttpClient.Version
                            .HTTP_1_1); // or HttpClient asks a plain server to upgrade, which some cannot take
        }
        request.headers().forEach((name, values) -> {
            if (values != null) {
                values.forEach(value -> builder.header(name, value));
            }
        });
        if (!request.formDataFields().isEmpty() || !request.formDataFiles().isEmpty()) {
            MultipartForm form = MultipartForm.of(request);
            builder.setHeader("Content-Type", form.contentType());
            builder.method(request.method().name(), form.publisher());
        } else {
            String body = request.body();
            builder.method(
                    request.method().name(), body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        }
        return new WireRequest(builder.build(), host(uri), timeouts);
    }

    private static String host(URI uri) {
        String host = uri.getHost() == null ? "the provider" : uri.getHost();
        return uri.getPort() < 0 ? host : host + ":" + uri.getPort();
    }

    Limit readLimit() {
        return Limit.read(host, timeouts.read());
    }

    Limit firstTokenLimit() {
        return Limit.firstToken(host, timeouts.firstToken());
    }

    Limit idleLimit() {
        return Limit.idle(host, timeouts.idle());
    }

    /** What a stream is held to until it has headers. */
    Limit headersLimit() {
        return timeouts.firstToken().compareTo(timeouts.read()) < 0 ? firstTokenLimit() : readLimit();
    }

    /** What to tell of a failure of the JDK's client. */
    Throwable failure(Throwable failure) {
        return failure instanceof HttpTimeoutException ? Limit.connect(host, timeouts.connect(), failure) : failure;
    }
}
