package io.agentruntime.gcs;

import com.google.api.gax.retrying.RetrySettings;
import com.google.cloud.NoCredentials;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.agentruntime.gcs.GcsReply.Fault;
import io.agentruntime.gcs.GcsRequest.Operation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Speaks the part of Google Cloud Storage's JSON API that the store uses, on the loopback interface, with one bucket. */
final class GcsServer implements AutoCloseable {

    static {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else each answer with a body takes 40 ms
    }

    static final String BUCKET = "test-bucket";
    static final int MAX_ATTEMPTS = 5;

    final GcsObjects objects = new GcsObjects();
    private final Map<Operation, Queue<Fault>> script = new ConcurrentHashMap<>();
    private final Map<Operation, Integer> requests = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    GcsServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    Storage client() {
        RetrySettings quick = RetrySettings.newBuilder()
                .setInitialRetryDelayDuration(Duration.ofMillis(1))
                .setRetryDelayMultiplier(2)
                .setMaxRetryDelayDuration(Duration.ofMillis(4))
                .setMaxAttempts(MAX_ATTEMPTS)
                .setTotalTimeoutDuration(Duration.ofSeconds(10))
                .build();
        return StorageOptions.http()
                .setHost("http://127.0.0.1:" + server.getAddress().getPort())
                .setProjectId("test")
                .setCredentials(NoCredentials.getInstance())
                .setRetrySettings(quick)
                .build()
                .getService();
    }

    /** Lets the next requests for an operation go wrong, one after the other. */
    void script(Operation operation, Fault... faults) {
        script.computeIfAbsent(operation, any -> new ConcurrentLinkedQueue<>()).addAll(List.of(faults));
    }

    void clearScript() {
        script.clear();
    }

    int requests(Operation operation) {
        return requests.getOrDefault(operation, 0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        GcsRequest request = GcsRequest.read(exchange);
        requests.merge(request.operation(), 1, Integer::sum);
        Queue<Fault> faults = script.get(request.operation());
        Fault next = faults == null ? null : faults.poll();
        (next == null ? GcsReply.asAsked() : next).answer(exchange, () -> objects.answer(request));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
