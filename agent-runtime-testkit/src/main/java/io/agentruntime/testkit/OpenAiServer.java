package io.agentruntime.testkit;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpServer;
import io.agentruntime.testkit.OpenAiTraffic.Fault;
import io.agentruntime.usage.TokenCounts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A server on the loopback interface that speaks OpenAI's protocol for chat completions, whole and streamed, and answers what the
 * test tells it.
 *
 * <pre>{@code
 * try (OpenAiServer server = OpenAiServer.start(request -> OpenAiReply.of("Hello", 12, 3))) {
 *     var model = OpenAiChatModel.builder().baseUrl(server.url()).apiKey("any").modelName("any").build();
 *     model.chat("Hi");
 * }
 * }</pre>
 *
 * <p>Thread-safe; each request is served by a daemon thread of the server's own, named {@code testkit-openai-<n>}. No key is needed:
 * any is accepted. The first server sets the JDK's system property {@code sun.net.httpserver.nodelay}, unless it is set.
 */
public final class OpenAiServer implements AutoCloseable {

    private static final int BACKLOG = 1024;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    /** Read by the JDK when its first server is made; without it each reply waits 40 ms for an acknowledgement. */
    private static final String NO_DELAY = "sun.net.httpserver.nodelay";

    private final OpenAiTraffic traffic = new OpenAiTraffic();
    private final ExecutorService threads = Executors.newCachedThreadPool(daemons());
    private final HttpServer server;

    private OpenAiServer(HttpServer server, Function<? super OpenAiRequest, OpenAiReply> answers) {
        this.server = server;
        server.createContext("/", new OpenAiHandler(traffic, answers));
        server.setExecutor(threads);
        // the server's own thread inherits being a daemon from the thread that starts it
        CompletableFuture.runAsync(server::start, threads).join();
    }

    /**
     * Starts a server on a free port.
     *
     * @param answers makes the reply to each request, on the thread that serves it; what it throws becomes status 500
     * @return the server, ready to be asked
     * @throws IOException if it finds no port
     */
    public static OpenAiServer start(Function<? super OpenAiRequest, OpenAiReply> answers) throws IOException {
        requireNonNull(answers, "answers");
        if (System.getProperty(NO_DELAY) == null) {
            System.setProperty(NO_DELAY, "true");
        }
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return new OpenAiServer(HttpServer.create(anyPort, BACKLOG), answers);
    }

    private static ThreadFactory daemons() {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "testkit-openai-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /**
     * Gives the address to configure a client with.
     *
     * @return the base URL, which ends in {@code /v1}
     */
    public String url() {
        InetSocketAddress address = server.getAddress();
        String host = address.getAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort() + "/v1";
    }

    /**
     * Lets the next request that has no failure in store for it fail. Call it several times to let several requests fail, in that
     * order.
     *
     * @param status the HTTP status, such as 429
     * @param headers what to send along, such as {@code Retry-After}
     * @param body what to send as the body
     */
    public void failNext(int status, Map<String, String> headers, String body) {
        traffic.add(new Fault(status, Map.copyOf(headers), requireNonNull(body, "body")));
    }

    /** Holds back all replies until {@link #resume()}. Requests still arrive and are counted. */
    public void pause() {
        traffic.pause();
    }

    /** Lets the replies go that were held back, and all later ones. */
    public void resume() {
        traffic.resume();
    }

    /**
     * Waits until as many requests have arrived since the start; whether they were answered does not matter.
     *
     * @param count how many
     * @param timeout how long to wait at most
     * @throws AssertionError if fewer have arrived when the time is up
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public void awaitRequests(int count, Duration timeout) throws InterruptedException {
        traffic.awaitRequests(count, timeout);
    }

    /**
     * Lists what arrived.
     *
     * @return a copy of the requests so far, the oldest first, those that failed included
     */
    public List<OpenAiRequest> requests() {
        return traffic.requests();
    }

    /**
     * Tells how many requests were answered in full: those that failed, and those whose client had gone, do not count.
     *
     * @return the number of answers; an answer counts before its client can have read the end of it
     */
    public long answered() {
        return traffic.answered();
    }

    /**
     * Adds up the tokens of the requests that were answered in full, whether or not the client asked to be told of them.
     *
     * @return what a client must have accounted for once it has read its answers
     */
    public TokenCounts reported() {
        return traffic.reported();
    }

    /** Stops the server: breaks off the requests under way, and returns when its threads have ended. */
    @Override
    public void close() {
        threads.shutdownNow();
        server.stop(0);
        try {
            if (!threads.awaitTermination(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the answers of the server still run after " + STOP_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
