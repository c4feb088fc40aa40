package io.agentruntime.resilience;

import static java.util.Objects.requireNonNull;

import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.RetryDecision.Backoff;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls a model, and calls it again if it failed in a way that may pass: three attempts, a second apart, then two, never more than ten,
 * each spread by half to both sides.
 *
 * <ul>
 *   <li>What {@link ModelFailure} does not call retryable is not tried again.
 *   <li>What the provider asks for with Retry-After is waited, be it more or less than the usual time.
 *   <li>No wait goes past the call's deadline: if it would, the call fails at once, with what the provider said.
 *   <li>The retries of all calls that share a {@link RetryBudget} are bounded together.
 *   <li>Inside of an attempt, directly or on another thread with the attempt's context, another retry makes one attempt only: layers
 *       do not multiply.
 *   <li>The last failure is thrown as it is; the ones before it are its suppressed exceptions.
 * </ul>
 *
 * <p>Whether and when to try again is decided by a resilience4j {@link Retry}, whose events and metrics see every call; it can stand in
 * the host's registry. Waiting goes through the given timer. A synchronous call waits on its thread for a future of that timer: if
 * that is a {@link io.agentruntime.executor.WorkloadExecutor}, a task of a workload lends its seat meanwhile. An asynchronous call holds
 * no thread while it waits.
 *
 * <p>Nothing here ends an attempt that takes too long: that is the business of what is called. Thread-safe.
 */
public final class ModelRetry {

    private final String name;
    private final int attempts;
    private final ScheduledExecutorService timer;
    private final Function<Throwable, ModelFailure> meaning;
    private final RetryBudget budget;
    private final Listener listener;
    private final Retry retry;
    private final RetryCounters counters = new RetryCounters();

    /** Why a call was not tried again. */
    public enum GiveUp {
        /** The failure is not one that passes. */
        NOT_RETRYABLE,
        /** All attempts have been made. */
        ATTEMPTS,
        /** The wait would have gone past the deadline, or the deadline had passed. */
        DEADLINE,
        /** The budget was used up. */
        BUDGET,
        /** The call was part of an attempt, whose retry it is left to. */
        NESTED,
        /** The caller, or whoever owns the timer, ended the call. */
        CANCELLED
    }

    /**
     * Sees every attempt. Called on the thread that makes the attempt or learns of its end; must be quick. What it throws is logged and
     * changes nothing. Implementations are thread-safe.
     */
    public interface Listener {

        /** Does nothing. */
        Listener NONE = new Listener() {};

        /**
         * An attempt begins.
         *
         * @param attempt its number, from 1
         */
        default void attemptStarted(int attempt) {}

        /**
         * An attempt has failed.
         *
         * @param attempt its number, from 1
         * @param failure what was thrown
         * @param meaning what to think of it
         */
        default void attemptFailed(int attempt, Throwable failure, ModelFailure meaning) {}

        /**
         * There will be another attempt.
         *
         * @param attempt its number, from 2
         * @param wait how long until then
         */
        default void retryScheduled(int attempt, Duration wait) {}

        /**
         * The call has failed.
         *
         * @param attempts how many there have been
         * @param reason why there is no other one
         */
        default void gaveUp(int attempts, GiveUp reason) {}

        /**
         * The call has succeeded.
         *
         * @param attempts how many it took
         */
        default void succeeded(int attempts) {}
    }

    /**
     * The figures of one retry. When no call is under way, calls are those that succeeded and those given up.
     *
     * @param calls how many calls began
     * @param retries how many attempts there were beyond the first of each call
     * @param succeeded how many calls succeeded
     * @param gaveUp how many calls failed, by reason; has every reason
     */
    public record Statistics(long calls, long retries, long succeeded, Map<GiveUp, Long> gaveUp) {}

    private ModelRetry(Builder builder) {
        this.name = builder.name;
        this.attempts = builder.attempts;
        this.timer = builder.timer;
        this.meaning = builder.meaning();
        this.budget = builder.budget == null ? RetryBudget.create() : builder.budget;
        this.listener = builder.listener;
        this.retry = builder.retry(meaning);
    }

    /**
     * Begins to describe a retry.
     *
     * @param name a short name for logs, events and statistics
     * @param timer what waits; never closed here. Synchronous calls must not run on it themselves: if it is a workload, and calls that
     *     wait hold all its seats, it has none left to tell them that the time is up
     * @return a builder with the defaults
     */
    public static Builder builder(String name, ScheduledExecutorService timer) {
        return new Builder(requireNonNull(name, "name"), requireNonNull(timer, "timer"));
    }

    /**
     * Calls, and waits and calls again if need be, on the calling thread.
     *
     * @param <T> the type of the result
     * @param attempt one attempt
     * @param deadline when to be done; bounds the waits, not an attempt
     * @return the result of the attempt that succeeded
     * @throws Exception what the last attempt threw, unchanged; an {@link InterruptedException} if interrupted while waiting, with
     *     the thread's interrupt restored; a {@link dev.langchain4j.exception.TimeoutException} if the deadline had passed before the
     *     first attempt
     */
    public <T extends @Nullable Object> T call(Callable<T> attempt, Deadline deadline) throws Exception {
        return call(attempt, deadline, Listener.NONE);
    }

    /**
     * Calls like {@link #call(Callable, Deadline)}, with a listener for this call alone.
     *
     * @param <T> the type of the result
     * @param attempt one attempt
     * @param deadline when to be done; bounds the waits, not an attempt
     * @param own sees the attempts of this call
     * @return the result of the attempt that succeeded
     * @throws Exception as there
     */
    public <T extends @Nullable Object> T call(Callable<T> attempt, Deadline deadline, Listener own) throws Exception {
        requireNonNull(attempt, "attempt");
        RetryRun run = new RetryRun(this, requireNonNull(deadline, "deadline"), requireNonNull(own, "listener"));
        while (true) {
            try {
                T result = run.attempt(attempt);
                run.succeeded();
                return result;
            } catch (Exception | Error failure) {
                Duration pause = run.failed(failure);
                if (pause == null || !waited(pause, run, failure)) {
                    throw failure;
                }
            }
        }
    }

    /** Waits for the next attempt; says whether there is to be one. */
    private boolean waited(Duration pause, RetryRun run, Throwable failure) throws InterruptedException {
        Future<?> wait = null;
        try {
            wait = timer.schedule(() -> {}, pause.toNanos(), TimeUnit.NANOSECONDS);
            wait.get();
        } catch (InterruptedException e) {
            if (wait != null) {
                wait.cancel(true);
            }
            Thread.currentThread().interrupt();
            Causes.suppress(e, failure);
            run.giveUp(e, GiveUp.CANCELLED);
            throw e;
        } catch (RejectedExecutionException | CancellationException | ExecutionException e) {
            // the timer was stopped; or, being a workload, it was too full to run what does nothing, and the time is up
            // all the same
            if (!(e instanceof ExecutionException) || timer.isShutdown()) {
                Causes.suppress(failure, e);
                run.giveUp(failure, GiveUp.CANCELLED);
                return false;
            }
        }
        if (run.deadline().expired()) {
            run.giveUp(failure, GiveUp.DEADLINE);
            return false;
        }
        return true;
    }

    /**
     * Calls, and calls again if need be, without holding a thread in between. The first attempt begins on the calling thread, others
     * on the timer's, each in the context of the caller.
     *
     * <p>Cancelling the future, or completing it by other means, cancels the wait or the attempt that is under way.
     *
     * @param <T> the type of the result
     * @param attempt begins one attempt; cancelled by its future if it has one
     * @param deadline when to be done; bounds the waits, not an attempt
     * @return the result of the attempt that succeeded, or what the last one failed with, unchanged
     */
    public <T extends @Nullable Object> CompletableFuture<T> callAsync(
            Supplier<? extends CompletionStage<T>> attempt, Deadline deadline) {
        return callAsync(attempt, deadline, Listener.NONE);
    }

    /**
     * Calls like {@link #callAsync(Supplier, Deadline)}, with a listener for this call alone.
     *
     * @param <T> the type of the result
     * @param attempt begins one attempt; cancelled by its future if it has one
     * @param deadline when to be done; bounds the waits, not an attempt
     * @param own sees the attempts of this call
     * @return as there
     */
    public <T extends @Nullable Object> CompletableFuture<T> callAsync(
            Supplier<? extends CompletionStage<T>> attempt, Deadline deadline, Listener own) {
        requireNonNull(attempt, "attempt");
        requireNonNull(deadline, "deadline");
        try {
            RetryRun run = new RetryRun(this, deadline, requireNonNull(own, "listener"));
            return new AsyncRetry<T>(run, timer, attempt).start();
        } catch (dev.langchain4j.exception.TimeoutException late) {
            return CompletableFuture.failedFuture(late);
        }
    }

    /**
     * Tells the name.
     *
     * @return the name that logs, events and statistics bear
     */
    public String name() {
        return name;
    }

    /**
     * Tells how many attempts a call has.
     *
     * @return at least 1
     */
    public int attempts() {
        return attempts;
    }

    /**
     * Gets what decides, for its events and metrics.
     *
     * @return the retry of resilience4j, the same one each time
     */
    public Retry retry() {
        return retry;
    }

    /**
     * Gets the budget of this retry and of all that share it.
     *
     * @return the budget
     */
    public RetryBudget budget() {
        return budget;
    }

    /**
     * Tells the figures.
     *
     * @return the figures of this moment
     */
    public Statistics statistics() {
        return counters.statistics();
    }

    RetryCounters counters() {
        return counters;
    }

    Listener listener() {
        return listener;
    }

    ModelFailure meaning(Throwable failure) {
        return meaning.apply(failure);
    }

    /** Describes a retry. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private final ScheduledExecutorService timer;
        private int attempts = 3;
        private Duration first = Duration.ofSeconds(1);
        private Duration max = Duration.ofSeconds(10);
        private double jitter = 0.5;
        private InstantSource clock = InstantSource.system();
        private DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();
        private Listener listener = Listener.NONE;
        private @Nullable RetryBudget budget;
        private @Nullable RetryRegistry registry;
        private @Nullable Function<Throwable, ModelFailure> meaning;

        private Builder(String name, ScheduledExecutorService timer) {
            this.name = name;
            this.timer = timer;
        }

        /**
         * Sets how many attempts a call has.
         *
         * @param newAttempts how many, at least 1, which means no retry
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder attempts(int newAttempts) {
            if (newAttempts < 1) {
                throw new IllegalArgumentException("attempts is " + newAttempts + ", allowed: 1 or more");
            }
            attempts = newAttempts;
            return this;
        }

        /**
         * Sets how long to wait between attempts where the provider does not say. Waits double.
         *
         * @param newFirst before the second attempt, on average
         * @param newMax the longest wait
         * @return this builder
         * @throws IllegalArgumentException if the first is not positive, or the longest is less
         */
        public Builder backoff(Duration newFirst, Duration newMax) {
            if (newFirst.toMillis() < 1 || newMax.compareTo(newFirst) < 0) {
                throw new IllegalArgumentException("backoff is " + newFirst + " to " + newMax
                        + ", allowed: a millisecond or more, to that or more");
            }
            first = newFirst;
            max = newMax;
            return this;
        }

        /**
         * Sets how far waits are spread, so that calls that failed together do not come back together.
         *
         * @param newJitter the part of a wait that it may be longer or shorter by, 0 to 1
         * @return this builder
         * @throws IllegalArgumentException if it is not in that range
         */
        public Builder jitter(double newJitter) {
            if (!(newJitter >= 0 && newJitter <= 1)) {
                throw new IllegalArgumentException("jitter is " + newJitter + ", allowed: 0 to 1");
            }
            jitter = newJitter;
            return this;
        }

        /**
         * Shares a budget with others. Without one, this retry has its own.
         *
         * @param newBudget the budget
         * @return this builder
         */
        public Builder budget(RetryBudget newBudget) {
            budget = requireNonNull(newBudget, "budget");
            return this;
        }

        /**
         * Sets who sees the attempts of all calls.
         *
         * @param newListener the listener
         * @return this builder
         */
        public Builder listener(Listener newListener) {
            listener = requireNonNull(newListener, "listener");
            return this;
        }

        /**
         * Enters the retry into a registry of the host, where its metrics are found.
         *
         * @param newRegistry the registry
         * @return this builder
         */
        public Builder registry(RetryRegistry newRegistry) {
            registry = requireNonNull(newRegistry, "registry");
            return this;
        }

        /**
         * Sets the calendar, for providers that name a date to wait for.
         *
         * @param newClock the calendar
         * @return this builder
         */
        public Builder clock(InstantSource newClock) {
            clock = requireNonNull(newClock, "clock");
            return this;
        }

        Builder random(DoubleSupplier newRandom) {
            random = newRandom;
            return this;
        }

        Builder meaning(Function<Throwable, ModelFailure> newMeaning) {
            meaning = newMeaning;
            return this;
        }

        private Function<Throwable, ModelFailure> meaning() {
            InstantSource calendar = clock;
            return meaning != null ? meaning : failure -> ModelFailure.of(failure, calendar);
        }

        private Retry retry(Function<Throwable, ModelFailure> classifier) {
            RetryConfig config = RetryDecision.config(attempts, new Backoff(first, max, jitter, random), classifier);
            if (registry == null) {
                return Retry.of(name, config);
            }
            Retry entered = registry.retry(name, config);
            if (entered.getRetryConfig() != config) {
                throw new IllegalArgumentException("the registry has a retry '" + name + "' already");
            }
            return entered;
        }

        /**
         * Makes the retry.
         *
         * @return the retry
         * @throws IllegalArgumentException if the registry has one of that name
         */
        public ModelRetry build() {
            return new ModelRetry(this);
        }
    }
}
