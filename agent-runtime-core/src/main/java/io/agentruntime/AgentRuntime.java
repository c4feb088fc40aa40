package io.agentruntime;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import io.agentruntime.audit.AuditQueue;
import io.agentruntime.bulk.BulkQueue;
import io.agentruntime.cache.ContentCache;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.cache.TieredCacheBuilder;
import io.agentruntime.chat.ChatResponseCache;
import io.agentruntime.chat.ModelHttpTransport;
import io.agentruntime.chat.RuntimeChatModel;
import io.agentruntime.chat.RuntimeStreamingChatModel;
import io.agentruntime.executor.ExecutorRegistry;
import io.agentruntime.executor.RuntimeThreads;
import io.agentruntime.executor.Workload;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Lifecycle;
import io.agentruntime.lifecycle.Managed;
import io.agentruntime.lifecycle.ShutdownReport;
import io.agentruntime.queue.BackgroundQueue;
import io.agentruntime.resilience.ToolRetry;
import io.agentruntime.usage.TokenTrackingListener;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageLedger;
import io.agentruntime.usage.UsageStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of the library, wired together, with one start and one stop.
 *
 * <pre>{@code
 * try (AgentRuntime runtime = AgentRuntime.builder().usageStore(store).build().start()) {
 *     ChatModel model = runtime.chatModel(OpenAiChatModel.builder()....maxRetries(0).build()).build();
 *     ...
 * }
 * }</pre>
 *
 * <p>Start order: stores, usage queue, what models share, executors, the application's components. Stop order: the reverse, so that everything that
 * makes work stops before what takes it. The library installs no hook in the process: close the runtime. Thread-safe.
 */
public final class AgentRuntime implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AgentRuntime.class);

    /** A store pays per transaction: DuckDB takes twice as many rows in batches of this size as in batches of 500. */
    private final AgentRuntimeConfig config;

    private final UsageStore usageStore;
    private final ContentCache content;
    private final ExecutorRegistry executors;
    private final QueueParts queues;
    private final ModelParts models;
    private final TokenTrackingListener tokenTracking;
    private final Lifecycle lifecycle;

    AgentRuntime(AgentRuntimeBuilder builder) {
        config = builder.config();
        usageStore = builder.usageStore();
        content = ContentCache.create(builder.blobStore(), builder.clock());
        executors = ExecutorRegistry.create(
                config.agent(), config.io(), config.query(), config.others().toArray(Workload[]::new));
        queues = new QueueParts(builder, config);
        models = new ModelParts(
                executors,
                UsageLedger.builder(queues.usage()::enqueue)
                        .clock(builder.clock())
                        .build());
        tokenTracking = TokenTrackingListener.create(models.ledger());
        lifecycle = new Lifecycle(startOrder(builder), RuntimeThreads.of("lifecycle"), Ticker.systemTicker());
    }

    private List<Managed> startOrder(AgentRuntimeBuilder builder) {
        List<Managed> order = new ArrayList<>();
        if (builder.blobStore() instanceof Managed store) {
            order.add(store);
        }
        if (usageStore instanceof Managed store && usageStore != builder.blobStore()) {
            order.add(store);
        }
        if (builder.auditStore() instanceof Managed store && !order.contains(store)) {
            order.add(store);
        }
        order.add(queues.audit());
        order.add(queues.usage());
        order.addAll(models.components());
        order.add(executors);
        order.addAll(builder.components());
        order.add(queues.bulk());
        return order;
    }

    /**
     * Begins to describe a runtime.
     *
     * @return a builder with the defaults
     */
    public static AgentRuntimeBuilder builder() {
        return new AgentRuntimeBuilder();
    }

    /**
     * Starts everything, in order.
     *
     * @return this runtime
     * @throws io.agentruntime.lifecycle.StartException if a component failed; what had started has been stopped again
     * @throws IllegalStateException if it was started or closed before
     */
    public AgentRuntime start() {
        lifecycle.start();
        log.info("Application startup complete");
        return this;
    }

    /**
     * Gives the pools.
     *
     * @return the same registry at every call
     */
    public ExecutorRegistry executors() {
        return executors;
    }

    /**
     * Gives the cache of what is derived from documents.
     *
     * @return the same cache at every call
     */
    public ContentCache content() {
        return content;
    }

    /**
     * Begins to describe a cache of the application's own, which reads, writes and computes on the io pool and has the runtime's timer.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     * @param name names it in figures, logs and lower tiers; any text that is not empty, the same after a restart
     * @return a builder with the defaults
     * @throws IllegalArgumentException if the name is empty
     */
    public <K, V> TieredCacheBuilder<K, V> cache(String name) {
        return TieredCache.<K, V>builder(name, executors.io()).timer(models.timer());
    }

    /**
     * Gives the listener to put on models: it records their calls, for the context they are made in, into the usage queue.
     *
     * @return the same listener at every call
     */
    public TokenTrackingListener tokenTracking() {
        return tokenTracking;
    }

    /**
     * Begins to decorate a model: its calls are tried again within one budget for all models of this runtime, bounded in time and
     * accounted for; asynchronous ones run on the agent pool.
     *
     * @param model the model, built with {@code maxRetries(0)}
     * @return a builder, to add fallbacks, throttles and another timeout
     */
    public RuntimeChatModel.Builder chatModel(ChatModel model) {
        return models.decorate(model);
    }

    /**
     * Begins to decorate a streaming model, like {@link #chatModel(ChatModel)}.
     *
     * @param model the model, best with this runtime's {@link #transport()}
     * @return a builder, to add fallbacks, throttles and another timeout
     */
    public RuntimeStreamingChatModel.Builder streamingChatModel(StreamingChatModel model) {
        return models.decorate(model);
    }

    /**
     * Begins to describe a cache of answers, to put around models that this runtime decorates: {@code
     * runtime.chatResponseCache().build().chatModel("gpt-4o-mini", runtime.chatModel(model).build())}. Models are called on the agent pool; what
     * is saved is accounted for beside what is spent.
     *
     * @return a builder, to add lower tiers and another time to live
     */
    public ChatResponseCache.Builder chatResponseCache() {
        return ChatResponseCache.builder(executors.agent()).ledger(models.ledger());
    }

    /**
     * Begins to put bounds around tools of LangChain4j's AI services: they run on the io pool, each attempt has a time, idempotent ones
     * have a second attempt. Needs LangChain4j's main module, which brings AI services and tools.
     *
     * @return a builder, to say which tools are idempotent, and to set other bounds
     */
    public ToolRetry.Builder toolRetry() {
        return models.tools();
    }

    /**
     * Gives the HTTP client for models: {@code .httpClientBuilder(runtime.transport().clientBuilder())}. Callbacks of streams run on the
     * io pool.
     *
     * @return the same transport at every call
     */
    public ModelHttpTransport transport() {
        return models.transport();
    }

    /**
     * Gives the account of all model calls. It feeds the usage queue.
     *
     * @return the same ledger at every call
     */
    public UsageLedger ledger() {
        return models.ledger();
    }

    /**
     * Gives the queue between the models and the usage store. Flush it before reading the store.
     *
     * @return the same queue at every call
     */
    public BackgroundQueue<UsageEvent> usageQueue() {
        return queues.usage();
    }

    /**
     * Gets the queue that brings audit entries to their store.
     *
     * @return the queue, the same one at every call; stopped by this runtime, after the usage queue
     */
    public AuditQueue audit() {
        return queues.audit();
    }

    /**
     * Makes a queue that does many pieces of work in the background, as many at a time as {@link AgentRuntimeConfig#bulkConcurrency} says. It
     * runs at once, and is stopped by this runtime before the pools. If this runtime has journals, the queue has one, and goes on where
     * the queue of this name was when the process ended.
     *
     * @param <T> the type of the items
     * @param <R> the type of the results
     * @param name a short name for its threads, logs, statistics and its folder: small letters, digits and {@code -}; each name
     *     once
     * @param items the class of the items, as Jackson can read and write it
     * @param handler what to do with an item
     * @return the queue
     * @throws IllegalArgumentException if the name is not allowed, or taken
     * @throws IllegalStateException if this runtime has stopped
     * @throws io.agentruntime.queue.JournalException if its journal cannot be used
     */
    public <T, R> BulkQueue<T, R> bulkQueue(
            String name, Class<T> items, BulkQueue.Handler<? super T, ? extends R> handler) {
        return queues.bulk().make(name, items, handler);
    }

    /**
     * Gives the usage store.
     *
     * @return the store that the runtime was built with
     */
    public UsageStore usageStore() {
        return usageStore;
    }

    /**
     * Tells the live figures of all parts.
     *
     * @return the figures of this moment
     */
    public RuntimeReport report() {
        return new RuntimeReport(
                executors.statistics(),
                queues.usage().statistics(),
                queues.audit().statistics(),
                content.statistics(),
                tokenTracking.ledger().statistics().unattributed());
    }

    /**
     * Stops everything, in order: closes the intake, lets what was accepted finish as far as the time allows, and gives everything
     * back. A second call waits for the first one and returns its report.
     *
     * @param timeout for the whole stop, also if a component hangs
     * @return what happened to each component
     */
    public ShutdownReport close(Duration timeout) {
        ShutdownReport report = lifecycle.stop(Deadline.after(timeout));
        queues.closeJournals(); // also of a runtime that was never started
        if (report.clean()) {
            log.info("Application shutdown complete");
        } else {
            log.warn("Application shutdown left something undone: {}", report);
        }
        return report;
    }

    /** Stops everything within the time that the settings allow. */
    @Override
    public void close() {
        close(config.shutdownTimeout());
    }
}
