package io.agentruntime.testkit.provider;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * A provider of models on the loopback interface. It speaks three protocols, whole and streamed, as LangChain4j's clients for OpenAI,
 * Anthropic and Google AI Gemini do, replies what the test tells it, fails as the test tells it, and keeps account of what happened
 * on the wire.
 *
 * <pre>{@code
 * try (ProviderServer server = ProviderServer.start(request -> ProviderReply.of("Hello").usage(12, 3))) {
 *     server.enqueue(ProviderReply.error(429, "slow down").header("Retry-After", "2")); // first this, then hello for ever
 *     var model = OpenAiChatModel.builder().baseUrl(server.openAiUrl()).apiKey("any").modelName("any").build();
 *     model.chat("Hi");
 *     assertThat(server.requests()).hasSize(2);
 *     assertThat(server.reported()).isEqualTo(ProviderUsage.of(12, 3));
 * }
 * }</pre>
 *
 * <p>Any key is accepted. Thread-safe; connections and requests are served by daemon threads of the server's own, named {@code
 * testkit-provider-<n>}, two for each request under way.
 */
public final class ProviderServer implements AutoCloseable {

    private static final int BACKLOG = 1024;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final Traffic traffic = new Traffic();
    private final AtomicReference<ProviderGate> gate = new AtomicReference<>(openGate());
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(daemons());
    private final ServerSocket socket;
    private final Exchange exchange;

    private ProviderServer(ServerSocket socket, Function<? super ProviderRequest, ProviderReply> answers) {
        this.socket = socket;
        this.exchange = new Exchange(traffic, answers, this::gate, stopped);
    }

    /**
     * Starts a server on a free port.
     *
     * @param answers makes the reply to each request, on the thread that serves it; what it throws becomes status 500
     * @return the server, ready to be asked
     * @throws IOException if it finds no port
     */
    public static ProviderServer start(Function<? super ProviderRequest, ProviderReply> answers) throws IOException {
        requireNonNull(answers, "answers");
        ServerSocket socket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        ProviderServer server = new ProviderServer(socket, answers);
        server.threads.execute(server::accept);
        return server;
    }

    private ProviderGate gate() {
        return requireNonNull(gate.get());
    }

    private static ProviderGate openGate() {
        ProviderGate gate = new ProviderGate();
        gate.open();
        return gate;
    }

    private static ThreadFactory daemons() {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "testkit-provider-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                serve(new Connection(socket.accept(), threads, exchange));
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new UncheckedIOException("the server takes no more connections", e);
                }
            }
        }
    }

    private void serve(Connection connection) {
        connections.add(connection);
        try {
            threads.execute(() -> read(connection));
        } catch (RejectedExecutionException e) {
            connection.close(); // the server stops
        }
    }

    private void read(Connection connection) {
        try {
            connection.read();
        } catch (IOException | RejectedExecutionException e) {
            connection.close(); // broken off by the client, or by us
        } finally {
            connections.remove(connection);
        }
    }

    /**
     * Gives the address for a client of OpenAI.
     *
     * @return the base URL, which ends in {@code /v1}
     */
    public String openAiUrl() {
        return url("/v1");
    }

    /**
     * Gives the address for a client of Anthropic.
     *
     * @return the base URL, which ends in {@code /v1}
     */
    public String anthropicUrl() {
        return url("/v1");
    }

    /**
     * Gives the address for a client of Google AI Gemini.
     *
     * @return the base URL, which ends in {@code /v1beta}
     */
    public String geminiUrl() {
        return url("/v1beta");
    }

    private String url(String path) {
        String host = socket.getInetAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + socket.getLocalPort() + path;
    }

    /**
     * Puts replies in store: the next requests get them, one each, in this order and before the function is asked again.
     *
     * @param replies what to reply
     */
    public void enqueue(ProviderReply... replies) {
        traffic.store(List.of(replies));
    }

    /** Holds back all replies until {@link #resume()}. Requests still arrive and are counted. */
    public void pause() {
        gate.updateAndGet(current -> current.isOpen() ? new ProviderGate() : current);
    }

    /** Lets the replies go that were held back, and all later ones. */
    public void resume() {
        gate().open();
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
     * Waits until as many clients have closed their connection before the end of their reply.
     *
     * @param count how many, since the start
     * @param timeout how long to wait at most
     * @throws AssertionError if there are fewer when the time is up
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public void awaitClientsGone(int count, Duration timeout) throws InterruptedException {
        traffic.awaitClientsGone(count, timeout);
    }

    /**
     * Waits until no call is pending, so that the account is complete.
     *
     * @param timeout how long to wait at most
     * @throws AssertionError if a call is pending when the time is up
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public void awaitQuiet(Duration timeout) throws InterruptedException {
        traffic.awaitQuiet(timeout);
    }

    /**
     * Lists what arrived.
     *
     * @return a copy of the requests so far, the oldest first, those that failed included
     */
    public List<ProviderRequest> requests() {
        return traffic.requests();
    }

    /**
     * Tells what has happened so far.
     *
     * @return what is known of each request, the oldest first
     */
    public List<ProviderCall> calls() {
        return traffic.calls();
    }

    /**
     * Tells how many requests were answered in full.
     *
     * @return the number of calls that are {@link ProviderOutcome#ANSWERED}; an answer counts before its client can have read the end
     */
    public long answered() {
        return traffic.answered();
    }

    /**
     * Adds up what the clients were told of the requests that were answered in full.
     *
     * @return what a client must have accounted for once it has read its answers
     */
    public ProviderUsage reported() {
        return traffic.reported();
    }

    /** Stops the server: breaks off the requests under way, and returns when its threads have ended. */
    @Override
    public void close() {
        stopped.complete(null);
        try {
            socket.close();
            threads.shutdownNow();
            connections.forEach(Connection::close);
            if (!threads.awaitTermination(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the answers of the server still run after " + STOP_TIMEOUT);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the server could not be closed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
