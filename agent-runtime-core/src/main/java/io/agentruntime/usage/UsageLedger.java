package io.agentruntime.usage;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.TokenCountEstimator;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.output.TokenUsage;
import io.agentruntime.context.UsageContext;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The exact account of model calls: each that is opened ends once, and becomes one {@link UsageEvent}.
 *
 * <pre>{@code
 * UsageCall call = ledger.open(model.provider(), "gpt-4o-mini", request);
 * call.attempt();
 * try {
 *     ChatResponse response = model.chat(request);
 *     call.completed(response);
 * } catch (RuntimeException e) {
 *     call.failed(e);
 *     throw e;
 * }
 * }</pre>
 *
 * <p>A stream tells its call of every piece with {@link UsageCall#saw}, so that it can be estimated if it is cancelled or breaks. A call
 * of which nothing more is heard is ended by {@link #reap}, which {@link #reapEvery} does again and again; {@link #close} ends all that
 * are still open.
 *
 * <p>The account never fails, blocks or delays a call: what the receiver throws is counted and logged, by class only and at the
 * first, second, fourth, eighth, … time. Thread-safe; takes no lock. Keeps nothing about an organisation but the calls under way.
 */
public final class UsageLedger implements Managed, AutoCloseable {

    private final Consumer<? super UsageEvent> receiver;
    private final InstantSource clock;
    private final Ticker ticker;
    private final boolean ownerRequired;
    private final TokenEstimates estimates;
    private final OpenCalls calls;
    private final EventIds ids = new EventIds();
    private final LongAdder opened = new LongAdder();
    private final LongAdder recorded = new LongAdder();
    private final LongAdder reaped = new LongAdder();
    private final LongAdder unattributed = new LongAdder();
    private final RareWarning failures = new RareWarning("Failed to track token usage");
    private final RareWarning unreadable = new RareWarning("Could not read all of a token usage");
    private final AtomicReference<@Nullable Future<?>> schedule = new AtomicReference<>();

    private UsageLedger(Builder builder) {
        receiver = builder.receiver;
        clock = builder.clock;
        ticker = builder.ticker;
        ownerRequired = builder.ownerRequired;
        estimates = new TokenEstimates(builder.estimator, e -> failures.warn(e.getClass()));
        calls = new OpenCalls(builder.openCalls);
    }

    /**
     * Makes a ledger with the defaults.
     *
     * @param receiver gets each event, on the thread that ends the call; must not block
     * @return the ledger
     */
    public static UsageLedger create(Consumer<? super UsageEvent> receiver) {
        return builder(receiver).build();
    }

    /**
     * Begins to describe a ledger.
     *
     * @param receiver gets each event, on the thread that ends the call; must not block
     * @return a builder with the defaults
     */
    public static Builder builder(Consumer<? super UsageEvent> receiver) {
        return new Builder(requireNonNull(receiver, "receiver"));
    }

    /**
     * Opens a call for the owner whose context is open on this thread. Without one, the call goes to {@link UsageEvent#UNATTRIBUTED} and
     * is counted, unless the ledger was made to refuse it.
     *
     * @param provider the provider that is asked, or null if unknown
     * @param model the name of the model that is asked, or null to take that of the request
     * @param request what it is asked; only its length is kept, unless the ledger was given an estimator
     * @return the call, which has to be ended
     * @throws io.agentruntime.context.MissingContextException if no context is open and the ledger requires one
     */
    public UsageCall open(@Nullable ModelProvider provider, @Nullable String model, ChatRequest request) {
        UsageContext owner =
                ownerRequired ? UsageContext.required() : UsageContext.current().orElse(null);
        return open(chat(owner, provider, model, request));
    }

    /**
     * Opens a call for a fixed owner.
     *
     * @param owner whose call it is
     * @param provider the provider that is asked, or null if unknown
     * @param model the name of the model that is asked, or null to take that of the request
     * @param request what it is asked; only its length is kept, unless the ledger was given an estimator
     * @return the call, which has to be ended
     */
    public UsageCall open(
            UsageContext owner, @Nullable ModelProvider provider, @Nullable String model, ChatRequest request) {
        return open(chat(requireNonNull(owner, "owner"), provider, model, request));
    }

    /** Describes a chat. */
    Opening chat(
            @Nullable UsageContext owner,
            @Nullable ModelProvider provider,
            @Nullable String model,
            ChatRequest request) {
        String asked = model == null ? request.parameters().modelName() : model;
        return new Opening(
                owner,
                providerName(provider),
                modelName(asked),
                characters(request),
                estimates.readTexts() ? request : null);
    }

    private long characters(ChatRequest request) {
        try {
            return TextLength.ofMessages(request) + TextLength.ofTools(request);
        } catch (RuntimeException e) { // a message of the host's own kind
            failures.warn(e.getClass());
            return 0;
        }
    }

    UsageCall open(Opening opening) {
        UsageCall call = new UsageCall(this, ids.next(), opening, ticker.read());
        opened.increment();
        calls.add(call);
        return call;
    }

    static String providerName(@Nullable ModelProvider provider) {
        return provider == null ? UsageEvent.UNKNOWN : provider.name().toLowerCase(Locale.ROOT);
    }

    static String modelName(@Nullable String model) {
        return model == null ? UsageEvent.UNKNOWN : model;
    }

    long now() {
        return ticker.read();
    }

    TokenEstimates estimates() {
        return estimates;
    }

    TokenCounts counts(TokenUsage usage) {
        UsageReader.Reading reading = UsageReader.read(usage);
        if (!reading.understood()) {
            unreadable.warn(usage.getClass());
        }
        return reading.counts();
    }

    /** Records a call that has just ended; never throws. */
    void record(UsageCall call, CallOutcome outcome, Supplier<Charge> charging) {
        calls.remove(call);
        try {
            UsageEvent event = call.describe(outcome, charging.get(), clock.instant());
            if (!call.attributed()) {
                unattributed.increment();
            }
            receiver.accept(event);
            recorded.increment();
        } catch (Throwable e) { // an error of the receiver's is no more the caller's business than an exception
            failures.warn(e.getClass());
        }
    }

    void failed(Throwable failure) {
        failures.warn(failure.getClass());
    }

    /**
     * Ends the calls of which nothing was heard for a while: not opened, not sent, and no text seen. They count as {@link
     * CallOutcome#TIMED_OUT}, with an estimate of what they have cost.
     *
     * @param silence how long nothing was heard of them
     * @return how many were ended
     */
    public int reap(Duration silence) {
        long nanos = silence.toNanos();
        long now = ticker.read();
        int ended = calls.sweep(call -> call.silentFor(now) >= nanos && call.timedOut());
        reaped.add(ended);
        return ended;
    }

    /**
     * Reaps again and again, until the ledger is closed or the timer is shut down.
     *
     * @param interval how long to wait between two times
     * @param silence how long nothing was heard of the calls to end; longer than any model thinks before it says something
     * @param timer runs it; is not shut down by this ledger
     * @throws IllegalArgumentException if the interval or the silence is not positive
     * @throws IllegalStateException if it does so already, or the ledger is closed
     */
    public void reapEvery(Duration interval, Duration silence, ScheduledExecutorService timer) {
        if (interval.isNegative() || interval.isZero() || silence.isNegative() || silence.isZero()) {
            throw new IllegalArgumentException("not positive: interval=" + interval + ", silence=" + silence);
        }
        long nanos = interval.toNanos();
        Future<?> reaping = timer.scheduleWithFixedDelay(() -> reap(silence), nanos, nanos, TimeUnit.NANOSECONDS);
        if (!schedule.compareAndSet(null, reaping)) {
            reaping.cancel(false);
            throw new IllegalStateException("the usage ledger reaps already, or is closed");
        }
    }

    @Override
    public String name() {
        return "usage-ledger";
    }

    /**
     * Closes the ledger.
     *
     * @param deadline not needed: nothing is waited for
     * @return how many calls were still open
     */
    @Override
    public long stop(Deadline deadline) {
        calls.close();
        Future<?> reaping = schedule.getAndSet(CompletableFuture.completedFuture(null));
        if (reaping != null) {
            reaping.cancel(false);
        }
        return calls.sweep(UsageCall::cancelled);
    }

    /**
     * Ends all calls that are open, as {@link CallOutcome#CANCELLED}, with an estimate of what they have cost, and stops reaping. Calls
     * that are opened later are recorded when they end, but nobody ends them.
     */
    @Override
    public void close() {
        stop(Deadline.after(Duration.ZERO));
    }

    /**
     * Tells the figures.
     *
     * @return the figures of this moment
     */
    public Statistics statistics() {
        return new Statistics(
                opened.sum(),
                recorded.sum(),
                calls.size(),
                calls.letGo(),
                reaped.sum(),
                unattributed.sum(),
                unreadable.count(),
                failures.count());
    }

    /**
     * The figures of a ledger. Immutable and thread-safe.
     *
     * @param opened how many calls were opened
     * @param recorded how many events the receiver took
     * @param open how many calls are under way, of those that the ledger keeps hold of
     * @param letGo how many calls the ledger did not keep hold of, because too many were open or it was closed: they are recorded when
     *     they end, but nobody ends them
     * @param reaped how many calls were ended because nothing was heard of them
     * @param unattributed how many events went to {@link UsageEvent#UNATTRIBUTED}
     * @param unreadable how many usage reports were of an unknown format, or had a figure that could not be read or be right; as much of
     *     them was taken as could be
     * @param failures how often the account itself failed: the receiver threw, so that an event is lost, or the estimator did
     */
    public record Statistics(
            long opened,
            long recorded,
            long open,
            long letGo,
            long reaped,
            long unattributed,
            long unreadable,
            long failures) {}

    /** Describes a ledger. Not thread-safe. */
    public static final class Builder {

        private static final int OPEN_CALLS = 100_000;

        private final Consumer<? super UsageEvent> receiver;
        private InstantSource clock = InstantSource.system();
        private Ticker ticker = Ticker.systemTicker();
        private @Nullable TokenCountEstimator estimator;
        private int openCalls = OPEN_CALLS;
        private boolean ownerRequired;

        private Builder(Consumer<? super UsageEvent> receiver) {
            this.receiver = receiver;
        }

        /**
         * Sets the calendar.
         *
         * @param newClock where the times of the events come from
         * @return this builder
         */
        public Builder clock(InstantSource newClock) {
            clock = requireNonNull(newClock, "newClock");
            return this;
        }

        /**
         * Sets the clock for durations and silences.
         *
         * @param newTicker where elapsed time comes from
         * @return this builder
         */
        public Builder ticker(Ticker newTicker) {
            ticker = requireNonNull(newTicker, "newTicker");
            return this;
        }

        /**
         * Sets what estimates the tokens of calls that report none. Unless set, 4 characters of text count as one token, rounded up.
         *
         * @param newEstimator must be local: some of LangChain4j's ask the provider, and would hold up the thread that ends the call
         * @return this builder
         */
        public Builder estimator(TokenCountEstimator newEstimator) {
            estimator = requireNonNull(newEstimator, "newEstimator");
            return this;
        }

        /**
         * Sets how many open calls the ledger keeps hold of, to reap them; 100,000 by default. A call beyond them is recorded like any
         * other when it ends, but not ended by the ledger.
         *
         * @param number the number of calls, 1 or more
         * @return this builder
         * @throws IllegalArgumentException if the number is less than 1
         */
        public Builder openCalls(int number) {
            if (number < 1) {
                throw new IllegalArgumentException("openCalls < 1: " + number);
            }
            openCalls = number;
            return this;
        }

        /**
         * Lets {@link UsageLedger#open(ModelProvider, String, ChatRequest)} refuse calls without an owner, instead of recording them as
         * unattributed.
         *
         * @return this builder
         */
        public Builder requireOwner() {
            ownerRequired = true;
            return this;
        }

        /**
         * Makes the ledger.
         *
         * @return the ledger; whoever makes it closes it
         */
        public UsageLedger build() {
            return new UsageLedger(this);
        }
    }
}
