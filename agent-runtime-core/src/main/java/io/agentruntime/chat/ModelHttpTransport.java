package io.agentruntime.chat;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * The HTTP client of LangChain4j models, on the JDK's, for all models of a runtime together:
 *
 * <pre>{@code
 * StreamingChatModel model = OpenAiStreamingChatModel.builder()
 *         .httpClientBuilder(transport.clientBuilder())
 *         .apiKey(key)
 *         .modelName("gpt-4o-mini")
 *         .build();
 * }</pre>
 *
 * <p><b>Streams.</b> A stream returns to its caller at once and holds no thread while it waits, on any JVM. Its callbacks come one at
 * a time and in order, on the I/O workload, in the context of the code that began it; it takes a slot only while one runs, and is read
 * no faster than they are. What a callback throws is logged and the stream goes on, as with LangChain4j's own client; an {@link Error}
 * ends it. A model that brings its own parser, as Ollama's does, keeps a slot for as long as its stream lasts.
 *
 * <p><b>The end of a stream</b> is told exactly once, by {@code onClose} or {@code onError}; a cancelled stream is told nothing more. If
 * the I/O workload is full or closed, so that the next callback finds no room, the stream ends with the workload's rejection, which is
 * told on a thread of the transport's own.
 *
 * <p><b>Errors.</b> A status outside 200 to 299 is a {@link io.agentruntime.resilience.ProviderHttpException} with the headers and up to 1 MiB
 * of the body. A timeout is LangChain4j's {@code TimeoutException} and says which one. A broken connection is an {@link
 * java.io.IOException}, for a blocking call in an {@link java.io.UncheckedIOException}. A blocking call that is interrupted or cancelled throws a
 * {@link java.util.concurrent.CancellationException}. An event that is too large, or the end of the transport, is a {@link
 * ModelTransportException}. Whatever ends an exchange early closes its connection.
 *
 * <p><b>Threads.</b> The JDK's client works on a few threads of this transport, which end when idle and when it is closed; never on the
 * common pool, except to say that a request failed before it was answered. The client's own selector thread ends on close from JDK 21
 * on; on an older one at the first garbage collection after it.
 *
 * <p>Thread-safe. Who makes a transport closes it, before the workload and the timer, which it does not close.
 */
public final class ModelHttpTransport implements Managed, AutoCloseable {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final OpenCalls open = new OpenCalls();
    private final HttpClients clients = new HttpClients();
    private final ThreadPoolExecutor spare = HttpClients.pool("http-spare", 1);
    private final Transport transport;
    private final ModelHttpTimeouts timeouts;

    private ModelHttpTransport(Builder builder) {
        this.transport = new Transport(builder.io, spare, builder.timer, builder.ticker, open, builder.maxEventBytes);
        this.timeouts = builder.timeouts;
    }

    /**
     * Begins to describe a transport.
     *
     * @param io where callbacks of streams run
     * @param timer what times the exchanges; a {@link WorkloadExecutor} is one, and a timer of its own is one that others do not fill
     * @return a builder with the defaults
     */
    public static Builder builder(WorkloadExecutor io, ScheduledExecutorService timer) {
        return new Builder(io, timer);
    }

    /**
     * Gives what a model builds its client with. It begins with the timeouts of this transport. What the model then sets as its {@code
     * timeout}, or has as the default of that, takes the place of {@code connect} and {@code read}: OpenAI's models set 15 s and 60 s.
     *
     * @return a new builder, for one model
     */
    public HttpClientBuilder clientBuilder() {
        return new TransportClientBuilder(this::client, timeouts, false);
    }

    /**
     * Gives what a model builds its client with, with timeouts that hold whatever the model sets.
     *
     * @param fixed the timeouts
     * @return a new builder, for one model
     */
    public HttpClientBuilder clientBuilder(ModelHttpTimeouts fixed) {
        return new TransportClientBuilder(this::client, requireNonNull(fixed, "fixed"), true);
    }

    private HttpClient client(ModelHttpTimeouts chosen) {
        return new TransportClient(transport, clients, chosen);
    }

    /**
     * Counts the exchanges under way.
     *
     * @return the number at this moment
     */
    public int openExchanges() {
        return open.size();
    }

    @Override
    public String name() {
        return "model transport";
    }

    /** Refuses new exchanges from now on, with a {@link ModelTransportException}; those under way go on. */
    @Override
    public void closeIntake() {
        open.close();
    }

    /**
     * Lets the exchanges under way end within half of the time, ends those that are left with a {@link ModelTransportException}, and
     * gives the connections and threads back. Further calls change nothing.
     *
     * @param deadline when to be done
     * @return how many exchanges were left and ended
     * @throws InterruptedException if interrupted; all exchanges have been ended by then
     */
    @Override
    public long stop(Deadline deadline) throws InterruptedException {
        return end(deadline.remainingNanos() / 2, deadline);
    }

    /**
     * Ends all exchanges at once, and gives their streams up to 5 s to take note. Not to be called by a callback of a stream, which would
     * wait for itself.
     */
    @Override
    public void close() {
        try {
            long unused = end(0, Deadline.after(CLOSE_TIMEOUT));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // all has been told to end
        }
    }

    private long end(long patienceNanos, Deadline deadline) throws InterruptedException {
        open.close();
        int left = 0;
        try {
            if (!open.awaitEmpty(patienceNanos)) {
                left = open.failAll();
                boolean unused = open.awaitEmpty(deadline.remainingNanos());
            }
        } finally {
            open.failAll();
            spare.shutdown();
            clients.close(deadline);
        }
        return left;
    }

    /** Describes a transport. Not thread-safe. */
    public static final class Builder {

        private final WorkloadExecutor io;
        private final ScheduledExecutorService timer;
        private ModelHttpTimeouts timeouts = ModelHttpTimeouts.DEFAULT;
        private int maxEventBytes = 16 << 20;
        private Ticker ticker = Ticker.systemTicker();

        private Builder(WorkloadExecutor io, ScheduledExecutorService timer) {
            this.io = requireNonNull(io, "io");
            this.timer = requireNonNull(timer, "timer");
        }

        /**
         * Sets how long exchanges may take. Default: {@link ModelHttpTimeouts#DEFAULT}.
         *
         * @param newTimeouts the timeouts of models that say nothing else
         * @return this builder
         */
        public Builder timeouts(ModelHttpTimeouts newTimeouts) {
            timeouts = requireNonNull(newTimeouts, "newTimeouts");
            return this;
        }

        /**
         * Sets how large an event of a stream may be. Default: 16 MiB.
         *
         * @param bytes the largest size in bytes, at least 1
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder maxEventBytes(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("maxEventBytes is " + bytes + ", allowed: at least 1");
            }
            maxEventBytes = bytes;
            return this;
        }

        /**
         * Sets where elapsed time comes from. Default: the system.
         *
         * @param newTicker a clock that goes with the timer
         * @return this builder
         */
        public Builder ticker(Ticker newTicker) {
            ticker = requireNonNull(newTicker, "newTicker");
            return this;
        }

        /**
         * Makes the transport. It has no thread and no connection yet.
         *
         * @return the transport
         */
        public ModelHttpTransport build() {
            return new ModelHttpTransport(this);
        }
    }
}
