package io.agentruntime.resilience;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Ticker;
import io.agentruntime.base.AgentRuntimeException;
import io.agentruntime.context.UsageContext;
import io.agentruntime.resilience.RouteHealth.Admission;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among several models for one call: the first that may be used and does not cool down, and after a failure the next.
 *
 * <ul>
 *   <li>Each route says which failures lead on to the next; by default those of availability: transient ones, timeouts among them, and
 *       rate limits. A refused key, a bad request or a bug never does unless the host asks for it.
 *   <li>There is no route that the host has not named, and a policy can forbid routes to a call by its context: data must not go to
 *       a provider that its owner has not agreed to.
 *   <li>A route that fails five times in a row is passed over for 30 seconds; a rate limit lets it cool at once, for as long as the
 *       provider says. Then exactly one call probes it, and its success makes the route well again. A route that only cools is
 *       better than none: when all are cooling, a call tries the one that is ready first.
 *   <li>When no route has answered, what the first of them failed with is thrown, for that is what went wrong; the other failures are
 *       its suppressed exceptions.
 * </ul>
 *
 * <p>Knows nothing about the models, and calls them only in {@link #execute}: a decorator drives a {@link Plan} through its call. All
 * routes get the same request that way. Thread-safe.
 *
 * @param <M> the type of the models
 */
public final class ModelFallback<M> {

    private final String name;
    private final List<FallbackStop<M>> stops;
    private final Policy<M> policy;
    private final Ticker ticker;
    private final InstantSource clock;

    /**
     * A model under a name.
     *
     * @param <M> the type of the model
     * @param name a short name for logs and statistics
     * @param model the model
     */
    public record Route<M>(String name, M model) {}

    /**
     * Why a route did not answer.
     *
     * @param route the name of the route
     * @param failure what was thrown
     * @param meaning what to think of it
     */
    public record RouteFailure(String route, Throwable failure, ModelFailure meaning) {}

    /**
     * An answer, and who gave it.
     *
     * @param <T> the type of the answer
     * @param value the answer
     * @param route the name of the route that gave it
     * @param failures the routes that were tried before, in order
     */
    public record Answer<T extends @Nullable Object>(T value, String route, List<RouteFailure> failures) {}

    /**
     * The figures of one route.
     *
     * @param name the name of the route
     * @param tries how many calls were sent its way
     * @param failures how many of them failed for want of availability
     * @param skips how many calls passed it over because it was cooling
     * @param coolsFor how long it still cools, zero if it does not
     */
    public record RouteStatistics(String name, long tries, long failures, long skips, Duration coolsFor) {}

    /**
     * Says which routes a call may take.
     *
     * @param <M> the type of the models
     */
    @FunctionalInterface
    public interface Policy<M> {

        /**
         * Decides on one route. Asked for every route before each call; must be quick and thread-safe.
         *
         * @param context who the call belongs to, or null if nobody knows
         * @param route the route
         * @return true if the call may go there
         */
        boolean allows(@Nullable UsageContext context, Route<M> route);
    }

    /** Thrown when the policy allows no route to a call. */
    public static final class NoRouteException extends AgentRuntimeException {

        private static final long serialVersionUID = 1L;

        private NoRouteException(String message) {
            super(message);
        }
    }

    private ModelFallback(Builder<M> builder) {
        this.name = builder.name;
        this.policy = builder.policy;
        this.ticker = builder.ticker;
        this.clock = builder.clock;
        this.stops = builder.routes.stream()
                .map(planned -> new FallbackStop<>(
                        name,
                        planned.route,
                        planned.leadsOn,
                        new RouteHealth(builder.failuresInARow, builder.coolDown)))
                .toList();
    }

    /**
     * Begins to describe a fallback.
     *
     * @param <M> the type of the models
     * @param name a short name for logs
     * @return a builder without routes
     */
    public static <M> Builder<M> builder(String name) {
        return new Builder<>(requireNonNull(name, "name"));
    }

    /**
     * Begins a call.
     *
     * @param context who it belongs to, or null if nobody knows
     * @return the plan of the call, with its first route
     * @throws NoRouteException if the policy allows none
     */
    public Plan<M> begin(@Nullable UsageContext context) {
        List<FallbackStop<M>> allowed = stops.stream()
                .filter(stop -> policy.allows(context, stop.route()))
                .toList();
        if (allowed.isEmpty()) {
            String owner = context == null ? "a call without context" : "organisation '" + context.organisation() + "'";
            throw new NoRouteException("fallback '" + name + "' has no route that " + owner + " may take, of "
                    + stops.stream().map(stop -> stop.name()).toList());
        }
        return new Plan<>(this, allowed);
    }

    /**
     * Calls the models one after another, in the current context, until one answers.
     *
     * @param <T> the type of the answer
     * @param call calls one model; gets no argument but the model, so that all get the same request
     * @return the answer, and who gave it
     * @throws NoRouteException if the policy allows no route; otherwise what the call threw is thrown on, that of the first route if
     *     several failed
     */
    public <T extends @Nullable Object> Answer<T> execute(Function<? super M, ? extends T> call) {
        Plan<M> plan = begin(UsageContext.current().orElse(null));
        while (true) {
            try {
                T value = call.apply(plan.route().model());
                plan.succeeded();
                return new Answer<>(value, plan.route().name(), plan.failures());
            } catch (RuntimeException | Error failure) {
                if (plan.failed(failure).isEmpty()) {
                    if (plan.failure() instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) plan.failure();
                }
            }
        }
    }

    /**
     * Tells the figures of the routes.
     *
     * @return the figures of this moment, in the order of the routes
     */
    public List<RouteStatistics> statistics() {
        long now = ticker.read();
        return stops.stream()
                .map(stop -> new RouteStatistics(
                        stop.name(),
                        stop.health().tries.sum(),
                        stop.health().failures.sum(),
                        stop.health().skips.sum(),
                        stop.health().coolsFor(now)))
                .toList();
    }

    /**
     * Lists the routes.
     *
     * @return the routes in their order, at least one
     */
    public List<Route<M>> routes() {
        return stops.stream().map(FallbackStop::route).toList();
    }

    /**
     * Tells the name.
     *
     * @return the name that logs bear
     */
    public String name() {
        return name;
    }

    /**
     * The way of one call through the routes. Call the model of {@link #route()}, then tell what came of it: {@link #succeeded()}, {@link
     * #failed} or {@link #ended()}. For one call; may go from thread to thread, but not be used by two at once.
     *
     * @param <M> the type of the models
     */
    public static final class Plan<M> {

        private final ModelFallback<M> fallback;
        private final List<FallbackStop<M>> left;
        private final List<RouteFailure> failures = new ArrayList<>();
        private FallbackStop<M> stop;
        private Admission admission;
        private boolean over;

        private Plan(ModelFallback<M> fallback, List<FallbackStop<M>> allowed) {
            this.fallback = fallback;
            this.left = new ArrayList<>(allowed);
            long now = fallback.ticker.read();
            Entry<M> first = next(now);
            if (first == null) { // all are cooling
                FallbackStop<M> soonest = allowed.stream()
                        .min(Comparator.comparing(
                                candidate -> candidate.health().coolsFor(now)))
                        .orElseThrow();
                left.addAll(allowed.subList(allowed.indexOf(soonest) + 1, allowed.size()));
                first = new Entry<>(soonest, soonest.health().enter(now));
            }
            this.stop = first.stop;
            this.admission = first.admission;
            stop.health().tries.increment();
        }

        private record Entry<M>(FallbackStop<M> stop, Admission admission) {}

        /** The next route that lets the call in. */
        private @Nullable Entry<M> next(long now) {
            while (!left.isEmpty()) {
                FallbackStop<M> candidate = left.remove(0);
                Admission entry = candidate.health().tryEnter(now);
                if (entry != null) {
                    return new Entry<>(candidate, entry);
                }
                candidate.health().skips.increment();
            }
            return null;
        }

        /**
         * Tells which route to try now; after the end, which one was tried last.
         *
         * @return the route
         */
        public Route<M> route() {
            return stop.route();
        }

        /** The route has answered: the call is over. */
        public void succeeded() {
            end();
            stop.answered(admission);
        }

        /**
         * The call was given up before the route could answer, and says nothing about the route. Does nothing if the call is over.
         */
        public void ended() {
            if (!over) {
                end();
                stop.health().unknown(admission, fallback.ticker.read());
            }
        }

        /**
         * The route has failed.
         *
         * @param failure what was thrown
         * @return the route to try next, or empty if the call has failed, with {@link #failure()}
         */
        public Optional<Route<M>> failed(Throwable failure) {
            end();
            ModelFailure meaning = ModelFailure.of(failure, fallback.clock);
            long now = fallback.ticker.read();
            stop.failed(admission, new RouteFailure(stop.name(), failure, meaning), now);
            failures.add(new RouteFailure(stop.name(), failure, meaning));
            Entry<M> next = stop.leadsOn().test(failure, meaning) ? next(now) : null;
            if (next == null) {
                failures.forEach(other -> Causes.suppress(failure(), other.failure));
                return Optional.empty();
            }
            stop.logLeadingOn(failures.get(failures.size() - 1), next.stop);
            stop = next.stop;
            admission = next.admission;
            stop.health().tries.increment();
            over = false;
            return Optional.of(stop.route());
        }

        private void end() {
            if (over) {
                throw new IllegalStateException("the call is over: its route '" + stop.name() + "' has been reported");
            }
            over = true;
        }

        /**
         * Tells which routes have failed.
         *
         * @return the failures so far, in order; a copy
         */
        public List<RouteFailure> failures() {
            return List.copyOf(failures);
        }

        /**
         * Gets what to throw when no route has answered.
         *
         * @return what the first route failed with, unchanged; the others are its suppressed exceptions once the call has failed
         * @throws IllegalStateException if no route has failed
         */
        public Throwable failure() {
            if (failures.isEmpty()) {
                throw new IllegalStateException("no route has failed");
            }
            return failures.get(0).failure;
        }
    }

    /**
     * Describes a fallback. Not thread-safe.
     *
     * @param <M> the type of the models
     */
    public static final class Builder<M> {

        private static final Set<FailureKind> AVAILABILITY = Set.of(FailureKind.TRANSIENT, FailureKind.RATE_LIMITED);

        private final String name;
        private final List<Planned<M>> routes = new ArrayList<>();
        private Policy<M> policy = (context, route) -> true;
        private int failuresInARow = 5;
        private Duration coolDown = Duration.ofSeconds(30);
        private Ticker ticker = Ticker.systemTicker();
        private InstantSource clock = InstantSource.system();

        private record Planned<M>(Route<M> route, BiPredicate<Throwable, ModelFailure> leadsOn) {}

        private Builder(String name) {
            this.name = name;
        }

        /**
         * Adds a route behind those there are. Failures of availability lead on from it.
         *
         * @param routeName a short name for logs and statistics
         * @param model the model
         * @return this builder
         * @throws IllegalArgumentException if there is a route of that name
         */
        public Builder<M> route(String routeName, M model) {
            return route(routeName, model, AVAILABILITY);
        }

        /**
         * Adds a route behind those there are.
         *
         * @param routeName a short name for logs and statistics
         * @param model the model
         * @param leadOn the failures that lead on from it to the next
         * @return this builder
         * @throws IllegalArgumentException if there is a route of that name
         */
        public Builder<M> route(String routeName, M model, Set<FailureKind> leadOn) {
            Set<FailureKind> kinds = Set.copyOf(leadOn);
            return route(routeName, model, (failure, meaning) -> kinds.contains(meaning.kind()));
        }

        /**
         * Adds a route behind those there are.
         *
         * @param routeName a short name for logs and statistics
         * @param model the model
         * @param leadsOn says whether a failure leads on from it to the next; thread-safe, must not throw
         * @return this builder
         * @throws IllegalArgumentException if there is a route of that name
         */
        public Builder<M> route(String routeName, M model, BiPredicate<Throwable, ModelFailure> leadsOn) {
            if (routes.stream().anyMatch(other -> other.route.name.equals(routeName))) {
                throw new IllegalArgumentException("there is a route '" + routeName + "' already");
            }
            Route<M> route = new Route<>(requireNonNull(routeName, "name"), requireNonNull(model, "model"));
            routes.add(new Planned<>(route, requireNonNull(leadsOn, "leadsOn")));
            return this;
        }

        /**
         * Restricts the routes of a call by its owner.
         *
         * @param newPolicy says which routes a call may take; without one, all
         * @return this builder
         */
        public Builder<M> policy(Policy<M> newPolicy) {
            policy = requireNonNull(newPolicy, "policy");
            return this;
        }

        /**
         * Sets when to pass over a route that keeps failing.
         *
         * @param newFailuresInARow after how many failures without an answer in between, at least 1
         * @param newCoolDown for how long, more than zero
         * @return this builder
         * @throws IllegalArgumentException if one of them is out of its range
         */
        public Builder<M> coolDown(int newFailuresInARow, Duration newCoolDown) {
            if (newFailuresInARow < 1 || newCoolDown.isNegative() || newCoolDown.isZero()) {
                throw new IllegalArgumentException("cool-down after " + newFailuresInARow + " failures for "
                        + newCoolDown + ", allowed: 1 or more, for more than zero");
            }
            failuresInARow = newFailuresInARow;
            coolDown = newCoolDown;
            return this;
        }

        /**
         * Sets where time comes from.
         *
         * @param newTicker elapsed time
         * @return this builder
         */
        public Builder<M> ticker(Ticker newTicker) {
            ticker = requireNonNull(newTicker, "ticker");
            return this;
        }

        /**
         * Sets the calendar, for providers that name a date to wait for.
         *
         * @param newClock the calendar
         * @return this builder
         */
        public Builder<M> clock(InstantSource newClock) {
            clock = requireNonNull(newClock, "clock");
            return this;
        }

        /**
         * Makes the fallback.
         *
         * @return the fallback
         * @throws IllegalArgumentException if it has no route
         */
        public ModelFallback<M> build() {
            if (routes.isEmpty()) {
                throw new IllegalArgumentException("fallback '" + name + "' has no route");
            }
            return new ModelFallback<>(this);
        }
    }
}
