package io.agentruntime.chat;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.agentruntime.cache.CacheStatistics;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.cache.TieredCacheBuilder;
import io.agentruntime.context.ContextLocal;
import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageLedger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers of models that are given again to whoever asks exactly the same, so that it costs neither time nor tokens.
 *
 * <pre>{@code
 * ChatResponseCache cache = ChatResponseCache.builder(executors.agent()).ledger(runtime.ledger()).build();
 * ChatModel model = cache.chatModel("gpt-4o-mini", runtime.chatModel(client).build());
 * model.chat("What is a lighthouse?"); // asks the model
 * model.chat("What is a lighthouse?"); // does not
 * }</pre>
 *
 * <p><b>The same</b> is: the organisation of the open {@link UsageContext}, the name that the model was given here, its provider, its default
 * parameters, and the request to its last detail, with names and attributes of messages, tools and the parameters of the provider. Models
 * that differ in something else, such as their address, need different names. Temperature makes no difference: a host that does not
 * want the same answer twice must not ask here, or {@link #bypass()}. A request is not cached, and {@linkplain Statistics#notCacheable
 * counted}, if it has content by another address than {@code data:}, which may change behind it, or objects that cannot be told from
 * all others exactly. Lower tiers and logs get a SHA-256 of all that as the key, never a text of the request.
 *
 * <p><b>Kept</b> are whole answers only: with text, without calls of tools, ended by {@code STOP} and by nothing else. An answer that does not
 * say why it ended may be half of one, and is not kept; nor is one with attributes that cannot be written down, nor one for which a
 * fallback was asked. Failures are not kept.
 *
 * <p><b>A hit</b> is an answer with the text, thinking, id and model name of the first one, without what only its provider adds, and with a
 * token usage of 0: sums over several rounds, such as LangChain4j's AI services make, contain what was spent and nothing else. {@link
 * #isCached} tells hits from other answers, {@link #saved} what they have saved. The ledger gets an event {@link
 * io.agentruntime.usage.CallOutcome#CACHED} for each, whose owner is that of the one who asked. Listeners of the model hear of calls that
 * are made, not of hits.
 *
 * <p><b>Several at once</b> who ask the same by {@link ChatModel}s make one call, on the cache's executor, in the context of the first one; the
 * others count as hits. Whoever is interrupted or gives up leaves alone. A stream that comes while such a call is under way waits for
 * it. Streams do not wait for each other, nor does anybody wait for a stream: each asks the model itself until one has ended and is
 * kept. A stream that is cancelled keeps nothing.
 *
 * <p>Put the cache around what {@code AgentRuntime.chatModel} builds, so that a hit needs no permit, and no attempt. Thread-safe; has no threads and
 * nothing to be closed.
 */
public final class ChatResponseCache {

    private static final Logger log = LoggerFactory.getLogger(ChatResponseCache.class);

    /** How the calls of a piece of work are to be treated; most are of none of these kinds. */
    private enum Mode {
        BYPASS,
        REFRESH
    }

    private static final ContextLocal<Mode> MODE = new ContextLocal<>();

    private final WorkloadExecutor executor;
    private final @Nullable UsageLedger ledger;
    private final TieredCache<String, ChatResponse> answers;
    private final AtomicLong invalidations = new AtomicLong(); // counted before they begin
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder bypassed = new LongAdder();
    private final AtomicLong notCacheable = new AtomicLong();
    private final LongAdder notKept = new LongAdder();

    private ChatResponseCache(Builder builder) {
        executor = builder.executor;
        ledger = builder.ledger;
        answers = builder.tiers();
    }

    /**
     * Begins to describe a cache.
     *
     * @param executor where models are called, lower tiers are read and hits are streamed: best the agent workload
     * @return a builder with the defaults
     */
    public static Builder builder(WorkloadExecutor executor) {
        return new Builder(requireNonNull(executor, "executor"));
    }

    /**
     * Puts this cache around a model. It fails as the model does, with the same exception for all who waited for the same call; with a {@link
     * io.agentruntime.context.MissingContextException} if no context is open; and with a {@link
     * java.util.concurrent.CancellationException}, with the thread's interrupt restored, if the thread is interrupted while it waits.
     *
     * @param name says which model it is, the same after a restart; a {@linkplain #streamingChatModel streaming one} of the same name shares
     *     its answers. Models whose answers may differ for the same request have different names
     * @param model the model
     * @return a model that asks the given one only if it must
     */
    public ChatModel chatModel(String name, ChatModel model) {
        return new CachedChatModel(this, requireNonNull(name, "name"), requireNonNull(model, "model"));
    }

    /**
     * Puts this cache around a streaming model, like {@link #chatModel}. A hit is told to the handler by the cache's executor, in the context of
     * the code that began the stream: the thinking, if there is any, the text in one piece, and the end. What the model streams is passed
     * on as it comes, by the model's threads, in that context too. Nothing is thrown but a {@link io.agentruntime.context.MissingContextException}.
     *
     * @param name says which model it is
     * @param model the model
     * @return a model that asks the given one only if it must
     */
    public StreamingChatModel streamingChatModel(String name, StreamingChatModel model) {
        return new CachedStreamingChatModel(this, requireNonNull(name, "name"), requireNonNull(model, "model"));
    }

    /**
     * Lets the calling thread, and whatever its context is carried to, go past all caches of this kind: nothing is looked up, and nothing
     * kept.
     *
     * @return ends that; to be closed on this thread, best with try-with-resources
     */
    public static Scope bypass() {
        return new ModeScope(Mode.BYPASS);
    }

    /**
     * Lets the calling thread, and whatever its context is carried to, ask anew: what is kept for a request is forgotten before, and what
     * comes is kept.
     *
     * @return ends that; to be closed on this thread, best with try-with-resources
     */
    public static Scope refresh() {
        return new ModeScope(Mode.REFRESH);
    }

    /** A piece of work that treats caches in its own way. */
    public interface Scope extends AutoCloseable {

        /** Restores what was before. */
        @Override
        void close();
    }

    private static final class ModeScope implements Scope {

        private final @Nullable Mode before;

        ModeScope(Mode mode) {
            before = MODE.set(mode);
        }

        @Override
        public void close() {
            Mode unused = MODE.set(before);
        }
    }

    /**
     * Tells whether an answer came from a cache, or from a call that somebody else made.
     *
     * @param response an answer as a model of this cache gave it
     * @return false if it came from the model
     */
    public static boolean isCached(ChatResponse response) {
        return response.metadata() instanceof KeptMetadata;
    }

    /**
     * Tells what an answer has saved.
     *
     * @param response an answer as a model of this cache gave it
     * @return what the first answer cost; empty if this is not {@linkplain #isCached from a cache}, or the provider did not say
     */
    public static Optional<TokenCounts> saved(ChatResponse response) {
        return response.metadata() instanceof KeptMetadata kept && !kept.cost().equals(TokenCounts.ZERO)
                ? Optional.of(kept.cost())
                : Optional.empty();
    }

    /**
     * Forgets all answers of the open context's organisation. No answer that was asked for before is given to anyone who asks after this has
     * returned.
     *
     * @return ends when the lower tiers have forgotten them; fails as the first that could not, which is told again later
     * @throws io.agentruntime.context.MissingContextException if no context is open
     */
    public CompletableFuture<Void> clear() {
        invalidations.incrementAndGet();
        return answers.clear();
    }

    /**
     * Tells what this cache has seen so far.
     *
     * @return the figures of this moment
     */
    public Statistics statistics() {
        return new Statistics(
                hits.sum(), misses.sum(), bypassed.sum(), notCacheable.get(), notKept.sum(), answers.statistics());
    }

    /**
     * The figures of a cache. Each call is in one of the first four. Immutable and thread-safe.
     *
     * @param hits calls that were answered without asking the model themselves
     * @param misses calls that were not: that asked the model, failed, or were given up
     * @param bypassed calls that went past the cache
     * @param notCacheable calls that went past the cache because it cannot tell their request from all others
     * @param notKept answers to misses that were not fit to be kept
     * @param tiers what memory and lower tiers have seen; a stream that misses looks there twice
     */
    public record Statistics(
            long hits, long misses, long bypassed, long notCacheable, long notKept, CacheStatistics tiers) {}

    /** Gives the key of a call; null if it goes past the cache. */
    @Nullable
    String key(CachedCall call) {
        Mode mode = MODE.get();
        if (mode == Mode.BYPASS) {
            bypassed.increment();
            return null;
        }
        String organisation = UsageContext.required().organisation();
        try {
            String key = RequestDigest.of(organisation, call.name(), call.provider(), call.defaults(), call.request());
            if (mode == Mode.REFRESH) {
                invalidations.incrementAndGet();
                CompletableFuture<Void> unused = answers.invalidate(key);
            }
            return key;
        } catch (RequestDigest.InexactException e) {
            long number = notCacheable.incrementAndGet();
            if (Long.bitCount(number) == 1) {
                log.warn("a request cannot be cached because of {} ({} so far)", e.getMessage(), number);
            }
            return null;
        }
    }

    /** Looks for an answer, and has one made if there is none; waits. */
    ChatResponse get(String key, TieredCache.Loader<String, ChatResponse> loader) {
        return answers.get(key, loader);
    }

    /** Looks for an answer, in memory, in the lower tiers and under way, and asks no model. */
    CompletableFuture<Map<String, ChatResponse>> look(String key) {
        return answers.getAllAsync(List.of(key), missing -> Map.of());
    }

    /** The state of now, to compare with that at the end of a stream. */
    long era() {
        return invalidations.get();
    }

    /**
     * Keeps an answer that was asked for in an era, unless another one has begun. The comparison is made as a search of the cache: an
     * invalidation that it does not see yet finds that search under way, and keeps it from being published.
     */
    void keep(String key, ChatResponse answer, long era) {
        if (!KeptAnswer.isFit(answer)) {
            notKept.increment();
            return;
        }
        CompletableFuture<?> unused = answers.getAllAsync(
                List.of(key), missing -> era == invalidations.get() ? Map.of(key, answer) : Map.of());
    }

    /** Books an answer that was not asked for. */
    void hit(CachedCall call, ChatResponse answer) {
        hits.increment();
        if (ledger != null && !call.options().listenerAttributes().containsKey(ledger)) { // else that call is told
            boolean unused = ledger.open(call.provider(), call.modelName(), call.request())
                    .cached(answer.modelName(), saved(answer).orElse(TokenCounts.ZERO));
        }
    }

    /** Counts a call that was made, or could not be. */
    void missed() {
        misses.increment();
    }

    /** Counts an answer that only those get who wait for it. */
    void passed(ChatResponse answer) {
        if (!KeptAnswer.isFit(answer)) {
            notKept.increment();
        }
    }

    WorkloadExecutor executor() {
        return executor;
    }

    /** Describes a cache. Not thread-safe. */
    public static final class Builder {

        private static final long BYTES = 64L << 20;
        private static final long ANSWERS = 10_000;

        private final WorkloadExecutor executor;
        private @Nullable UsageLedger ledger;
        private Duration timeToLive = Duration.ofHours(1);
        private Consumer<? super TieredCacheBuilder<String, ChatResponse>> settings = tiers -> {};

        private Builder(WorkloadExecutor executor) {
            this.executor = executor;
        }

        /**
         * Sets where hits are accounted for, as saved. Unless set, they are not.
         *
         * @param newLedger the ledger, best the one in which the calls are
         * @return this builder
         */
        public Builder ledger(UsageLedger newLedger) {
            ledger = requireNonNull(newLedger, "newLedger");
            return this;
        }

        /**
         * Sets for how long an answer is given again, in any tier. An hour unless set.
         *
         * @param time above zero
         * @return this builder
         * @throws IllegalArgumentException if it is not above zero
         */
        public Builder timeToLive(Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("timeToLive must be above zero, is " + time);
            }
            timeToLive = time;
            return this;
        }

        /**
         * Changes how answers are kept: lower tiers, other bounds, stale answers when the model fails, timeouts. Unless changed, memory holds
         * 10,000 answers and 64 MB of them at most, and there is no lower tier. It cannot be said there that an answer is kept which this
         * class does not keep; and an organisation never gets another's answer, whatever is said.
         *
         * @param newSettings is given the builder when this one builds
         * @return this builder
         */
        public Builder tiers(Consumer<? super TieredCacheBuilder<String, ChatResponse>> newSettings) {
            settings = requireNonNull(newSettings, "newSettings");
            return this;
        }

        private TieredCache<String, ChatResponse> tiers() {
            TieredCacheBuilder<String, ChatResponse> tiers = TieredCache.<String, ChatResponse>builder(
                            "chat-responses", executor)
                    .maximumWeight(BYTES, (key, answer) -> weight(answer))
                    .codec(KeptAnswer.CODEC);
            settings.accept(tiers);
            return tiers.validFor((key, answer) -> KeptAnswer.isFit(answer) ? timeToLive : Duration.ZERO)
                    .build();
        }

        /** Each weighs a part of the bound at least, so that there are never too many. */
        private static int weight(ChatResponse answer) {
            return (int) Math.min(Integer.MAX_VALUE, Math.max(KeptAnswer.weight(answer), BYTES / ANSWERS));
        }

        /**
         * Makes the cache.
         *
         * @return a cache with nothing in memory
         * @throws IllegalArgumentException if something that was set for the tiers needs something that was not
         */
        public ChatResponseCache build() {
            return new ChatResponseCache(this);
        }
    }
}
