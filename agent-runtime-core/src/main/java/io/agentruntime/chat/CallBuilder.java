package io.agentruntime.chat;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Ticker;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.resilience.FailureKind;
import io.agentruntime.resilience.ModelFallback;
import io.agentruntime.resilience.ModelRetry;
import io.agentruntime.resilience.ModelThrottle;
import io.agentruntime.usage.UsageLedger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** What the builders of both kinds of models have in common. Not thread-safe. */
abstract class CallBuilder<M, B extends CallBuilder<M, B>> {

    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final String PRIMARY = "primary";

    final WorkloadExecutor executor;
    final ScheduledExecutorService timer;
    final M primary;
    private final Map<String, ModelThrottle> throttles = new LinkedHashMap<>();
    private final List<Link<M>> links = new ArrayList<>();
    private @Nullable ModelFallback<M> fallback;
    private @Nullable ModelRetry retry;
    private @Nullable UsageLedger ledger;
    private Duration timeout = TIMEOUT;
    private Ticker ticker = Ticker.systemTicker();

    CallBuilder(M model, WorkloadExecutor executor, ScheduledExecutorService timer) {
        this.primary = requireNonNull(model, "model");
        this.executor = requireNonNull(executor, "executor");
        this.timer = requireNonNull(timer, "timer");
        this.links.add(new Link<>(PRIMARY, model, null));
    }

    /** A model, and the failures of the one before it that lead to it; null for the usual ones. */
    private record Link<M>(String name, M model, @Nullable Set<FailureKind> on) {}

    abstract B self();

    /**
     * Bounds a whole call: waits, attempts and, for a stream, everything until its end. 5 minutes unless set.
     *
     * @param newTimeout how long a call may take, more than zero
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public B timeout(Duration newTimeout) {
        if (newTimeout.isNegative() || newTimeout.isZero()) {
            throw new IllegalArgumentException("timeout is " + newTimeout + ", allowed: more than zero");
        }
        timeout = newTimeout;
        return self();
    }

    /**
     * Sets how failed calls are tried again. Unless set: three attempts, with a budget of their own. Use {@code attempts(1)} for none.
     *
     * @param newRetry the retry, which may serve several models
     * @return this builder
     */
    public B retry(ModelRetry newRetry) {
        retry = requireNonNull(newRetry, "newRetry");
        return self();
    }

    /**
     * Adds a model to ask when those before it are not available. It gets the caller's original request.
     *
     * @param name a short name for logs, statistics and {@link RuntimeChatModel.Answer#route()}
     * @param model the model
     * @return this builder
     */
    public B fallback(String name, M model) {
        links.add(new Link<>(requireNonNull(name, "name"), requireNonNull(model, "model"), null));
        return self();
    }

    /**
     * Adds a model to ask when those before it failed in one of the given ways.
     *
     * @param name a short name for logs, statistics and {@link RuntimeChatModel.Answer#route()}
     * @param model the model
     * @param on the kinds of failure of the model before it that lead to it
     * @return this builder
     */
    public B fallback(String name, M model, Set<FailureKind> on) {
        links.add(new Link<>(requireNonNull(name, "name"), requireNonNull(model, "model"), Set.copyOf(on)));
        return self();
    }

    /**
     * Sets all routes at once, with their conditions, cool-down and policy, in place of the model and the fallbacks given one by one.
     *
     * @param newFallback the routes; the first one is the primary model
     * @return this builder
     */
    public B fallback(ModelFallback<M> newFallback) {
        fallback = requireNonNull(newFallback, "newFallback");
        return self();
    }

    /**
     * Throttles the model that was added last; the primary one if none was.
     *
     * @param throttle its limits, which may be shared with others
     * @return this builder
     */
    public B throttle(ModelThrottle throttle) {
        return throttle(links.get(links.size() - 1).name(), throttle);
    }

    /**
     * Throttles a model.
     *
     * @param route the name of the model; {@code primary} for the one that the builder began with
     * @param throttle its limits, which may be shared with others
     * @return this builder
     */
    public B throttle(String route, ModelThrottle throttle) {
        throttles.put(requireNonNull(route, "route"), requireNonNull(throttle, "throttle"));
        return self();
    }

    /**
     * Sets where calls are accounted. Unless set, they are not.
     *
     * @param newLedger the ledger
     * @return this builder
     */
    public B ledger(UsageLedger newLedger) {
        ledger = requireNonNull(newLedger, "newLedger");
        return self();
    }

    /**
     * Sets where elapsed time comes from.
     *
     * @param newTicker a clock that goes with the timer
     * @return this builder
     */
    public B ticker(Ticker newTicker) {
        ticker = requireNonNull(newTicker, "newTicker");
        return self();
    }

    CallPolicy<M> policy() {
        return new CallPolicy<>(
                fallback == null ? routes() : fallback,
                Map.copyOf(throttles),
                retry == null ? ModelRetry.builder("models", timer).build() : retry,
                ledger == null ? UsageLedger.create(event -> {}) : ledger,
                timeout,
                executor,
                timer,
                ticker,
                new SelfRetries());
    }

    private ModelFallback<M> routes() {
        ModelFallback.Builder<M> routes = ModelFallback.<M>builder("models").ticker(ticker);
        for (int i = 0; i < links.size(); i++) {
            Link<M> link = links.get(i);
            Set<FailureKind> leadsOn = i + 1 < links.size() ? links.get(i + 1).on() : null;
            routes = leadsOn == null
                    ? routes.route(link.name(), link.model())
                    : routes.route(link.name(), link.model(), leadsOn);
        }
        return routes.build();
    }
}
