package io.agentruntime.testkit.gcs;

import static java.util.Objects.requireNonNull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Speaks the JSON API of Google Cloud Storage on the loopback interface, as much of it as stores need: uploads at once and in pieces,
 * downloads whole and in part, listings in pages, updates, copies, removals and batches, with generations, metagenerations and
 * preconditions, and checksums on the way. Buckets have no versioning: only the last generation of an object can be read.
 *
 * <p>Uploads in pieces are kept in a temporary folder, everything else in memory; closing the server removes both. Thread-safe.
 */
public final class GcsServer implements AutoCloseable {

    private static final int PAGE_SIZE = 100;

    private final GcsObjects objects;
    private final Path folder;
    private final String bucket;
    private final Map<GcsOperation, Queue<GcsFault>> script = new ConcurrentHashMap<>();
    private final Map<GcsOperation, LongAdder> requests = new EnumMap<>(GcsOperation.class);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final HttpServer server;
    private volatile Function<? super GcsOperation, Optional<GcsFault>> chaos = operation -> Optional.empty();

    private GcsServer(String bucket, Path folder, HttpServer server) {
        this.bucket = bucket;
        this.folder = folder;
        this.server = server;
        this.objects = new GcsObjects(Set.of(bucket), folder, PAGE_SIZE);
        for (GcsOperation operation : GcsOperation.values()) {
            requests.put(operation, new LongAdder());
        }
    }

    /**
     * Starts a server on a free port. It sets the system property {@code sun.net.httpserver.nodelay}, unless that is set: without it
     * each answer takes 40 ms.
     *
     * @param bucket the name of its only bucket
     * @return the server, to be closed
     * @throws IOException if no port or no temporary folder can be had
     */
    public static GcsServer start(String bucket) throws IOException {
        requireNonNull(bucket, "bucket");
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true");
        }
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        GcsServer server = new GcsServer(bucket, Files.createTempDirectory("gcs-server-"), http);
        http.createContext("/", server::handle);
        http.setExecutor(server.threads);
        http.start();
        return server;
    }

    /**
     * Tells where the server is, for the setting that a client calls its host or its endpoint.
     *
     * @return the address, without a path
     */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /**
     * Lets the next requests for an operation go wrong, one after the other.
     *
     * @param operation which requests
     * @param faults what becomes of them
     */
    public void script(GcsOperation operation, GcsFault... faults) {
        script.computeIfAbsent(operation, any -> new ConcurrentLinkedQueue<>()).addAll(List.of(faults));
    }

    /** Forgets the faults that have not happened yet. */
    public void clearScript() {
        script.clear();
    }

    /**
     * Decides for every request that no script is for whether it goes wrong.
     *
     * @param newChaos gives the fault, or nothing if all is well; called by several threads at once
     */
    public void chaos(Function<? super GcsOperation, Optional<GcsFault>> newChaos) {
        chaos = requireNonNull(newChaos, "newChaos");
    }

    /**
     * Tells how often something was asked for, failed requests included.
     *
     * @param operation which requests
     * @return their number so far
     */
    public long requests(GcsOperation operation) {
        return requireNonNull(requests.get(operation)).sum();
    }

    /**
     * Tells how often an object was stored under a name.
     *
     * @param name the name of the object
     * @return the number of its generations so far, those that are gone included
     */
    public int generations(String name) {
        return objects.generations(bucket + "/" + name);
    }

    /**
     * Lists what there is.
     *
     * @return the names of all objects, sorted
     */
    public List<String> names() {
        return objects.names(bucket);
    }

    /**
     * Tells what is known of an object.
     *
     * @param name the name of the object
     * @return the resource of the JSON API, as JSON, or empty if there is none of this name
     */
    public Optional<String> resource(String name) {
        return objects.find(bucket + "/" + name).map(object -> object.json().toString());
    }

    /**
     * Stores an object as another program would.
     *
     * @param name the name of the object
     * @param content its bytes
     */
    public void store(String name, byte[] content) {
        objects.store(bucket + "/" + name, content);
    }

    /**
     * Changes the bytes of a stored object without changing what is known of it.
     *
     * @param name the name of the object
     * @param change makes other bytes of the stored ones
     */
    public void damage(String name, UnaryOperator<byte[]> change) {
        objects.damage(bucket + "/" + name, change);
    }

    private void handle(HttpExchange http) throws IOException {
        GcsRequest request = GcsRequest.read(http);
        fault(request).answer(new GcsExchange(http, () -> answer(request), closing));
    }

    private GcsFault fault(GcsRequest request) {
        count(request);
        Queue<GcsFault> faults = script.get(request.operation());
        GcsFault next = faults == null ? null : faults.poll();
        return next != null ? next : chaos.apply(request.operation()).orElseGet(GcsFault::none);
    }

    private GcsReply answer(GcsRequest request) {
        return request.operation() == GcsOperation.BATCH
                ? GcsBatch.answer(request, this::answerPart)
                : objects.answer(request);
    }

    private GcsReply answerPart(GcsRequest request) {
        count(request);
        return objects.answer(request);
    }

    private void count(GcsRequest request) {
        requireNonNull(requests.get(request.operation())).increment();
    }

    /** Stops at once; what is under way is cut off. Closing again does nothing. */
    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
        try (Stream<Path> files = Files.exists(folder) ? Files.walk(folder) : Stream.empty()) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }
}
