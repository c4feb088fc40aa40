package io.agentruntime.chat;

import io.agentruntime.executor.RuntimeThreads;
import io.agentruntime.lifecycle.Deadline;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The JDK's clients of one transport, one for each time to connect, for that is fixed per client; and the threads that they share. */
final class HttpClients {

    private static final Logger log = LoggerFactory.getLogger(ModelHttpTransport.class);

    /** A few: what runs there does not block, except for looking up the address of a host. */
    private static final int THREADS = Math.max(4, Runtime.getRuntime().availableProcessors());

    private static final @Nullable MethodHandle shutdownNow = method("shutdownNow", MethodType.methodType(void.class));
    private static final @Nullable MethodHandle awaitTermination =
            method("awaitTermination", MethodType.methodType(boolean.class, Duration.class));

    private final Map<Duration, HttpClient> clients = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor threads = pool("http", THREADS);

    /** Finds a method that the JDK has from 21 on. */
    private static @Nullable MethodHandle method(String name, MethodType type) {
        try {
            return MethodHandles.publicLookup().findVirtual(HttpClient.class, name, type);
        } catch (ReflectiveOperationException before21) {
            return null;
        }
    }

    /**
     * Makes a pool whose idle threads end, and that refuses nothing: after its end it runs what it is given on the giver. A client that
     * is refused a task may never end an exchange.
     */
    static ThreadPoolExecutor pool(String name, int size) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                size, size, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), RuntimeThreads.of(name));
        pool.allowCoreThreadTimeOut(true);
        pool.setRejectedExecutionHandler((task, ended) -> task.run());
        return pool;
    }

    HttpClient get(Duration connectTimeout) {
        if (threads.isShutdown()) {
            throw ModelTransportException.closed();
        }
        return clients.computeIfAbsent(
                connectTimeout,
                timeout -> HttpClient.newBuilder()
                        .connectTimeout(timeout)
                        .executor(threads)
                        .build());
    }

    void close(Deadline deadline) throws InterruptedException {
        try {
            for (HttpClient client : clients.values()) {
                call(shutdownNow, client);
            }
            for (HttpClient client : clients.values()) {
                call(awaitTermination, client, deadline.remaining());
            }
        } finally {
            threads.shutdown();
            clients.clear();
        }
        boolean unused = threads.awaitTermination(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    }

    private static void call(@Nullable MethodHandle method, Object... arguments) throws InterruptedException {
        if (method == null) {
            return;
        }
        try {
            method.invokeWithArguments(arguments);
        } catch (InterruptedException | Error e) {
            throw e;
        } catch (Throwable e) {
            log.warn("a client did not close", e);
        }
    }
}
