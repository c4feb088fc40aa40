package io.agentruntime.resilience;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Ticker;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Lets calls to one model go no faster than it takes them: requests per minute, tokens per minute, and calls at the same time, each of
 * them if asked for.
 *
 * <ul>
 *   <li>In no stretch of a minute, wherever it begins, more is admitted than the limit. A call counts with its estimate from its
 *       admission on; {@link Permit#settle} corrects that: what it needed less is free at once, what it needed more counts from then on.
 *   <li>Calls are admitted in the order they come. One that could not be admitted before its deadline, by what is known when it comes,
 *       is refused at once with a {@link ThrottledException}; one whose time runs out in the queue, then.
 *   <li>What a waiter that is interrupted or cancelled had, or would have had, is the next one's.
 *   <li>When the provider says that nothing is left until some time, nothing is admitted until then.
 * </ul>
 *
 * <p>Waiting goes through the given timer. A synchronous call waits on its thread, an asynchronous one without. Thread-safe.
 */
public final class ModelThrottle {

    private final ThrottleQueue queue;
    private final String name;

    /**
     * The right to make one call. Close it when the call has ended, however it ended. Thread-safe.
     */
    public static final class Permit implements AutoCloseable {

        private final ThrottleQueue queue;
        private final CallLog.Entry entry;
        private final AtomicLong tokens;
        private final AtomicBoolean closed = new AtomicBoolean();

        Permit(ThrottleQueue queue, CallLog.Entry entry, long tokens) {
            this.queue = queue;
            this.entry = entry;
            this.tokens = new AtomicLong(tokens);
        }

        /**
         * Tells what the call really needed. May be told again if it changes, also after the end.
         *
         * @param actualTokens all tokens that the provider counts for the call, not negative
         * @throws IllegalArgumentException if it is negative
         */
        public void settle(long actualTokens) {
            if (actualTokens < 0) {
                throw new IllegalArgumentException("actualTokens is " + actualTokens + ", allowed: 0 or more");
            }
            long difference = actualTokens - tokens.getAndSet(actualTokens);
            if (difference != 0) {
                queue.correct(entry, difference);
            }
        }

        /** The call has ended; another one may begin. Does nothing the second time. */
        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                queue.end();
            }
        }

        /** The call has not been made: it does not count. Does nothing after the end. */
        public void unused() {
            if (closed.compareAndSet(false, true)) {
                queue.neverMade(entry);
            }
        }
    }

    /**
     * The figures of one throttle. Calls that came are those admitted, refused, cancelled and waiting.
     *
     * @param name its name
     * @param admitted how many calls were admitted, those included that were not made in the end
     * @param delayed how many calls had to wait
     * @param refused how many calls got a {@link ThrottledException}
     * @param cancelled how many calls went away while they waited
     * @param waiting how many calls are waiting now
     * @param running how many calls are under way now
     * @param requestsInWindow how many calls were admitted during the last minute
     * @param tokensInWindow how many tokens those calls needed, or may need
     * @param waited how long admitted calls have waited in all
     */
    public record Statistics(
            String name,
            long admitted,
            long delayed,
            long refused,
            long cancelled,
            int waiting,
            int running,
            long requestsInWindow,
            long tokensInWindow,
            Duration waited) {}

    private ModelThrottle(Builder builder) {
        this.name = builder.name;
        CallLog log = new CallLog(builder.requests, builder.tokens);
        this.queue = new ThrottleQueue(name, log, builder.concurrent, builder);
    }

    /**
     * Begins to describe a throttle.
     *
     * @param name a short name, of the model for example
     * @param timer what waits; never closed here
     * @return a builder without limits
     */
    public static Builder builder(String name, ScheduledExecutorService timer) {
        return new Builder(requireNonNull(name, "name"), requireNonNull(timer, "timer"));
    }

    /**
     * Waits until a call may be made.
     *
     * @param estimatedTokens how many tokens the call will need, its answer included; 0 or more
     * @param deadline how long to wait at most
     * @return the right to make it; to be closed
     * @throws ThrottledException if it cannot be made before the deadline
     * @throws InterruptedException if interrupted while waiting, with the thread's interrupt restored
     * @throws RejectedExecutionException if it has to wait and the timer is closed
     * @throws java.util.concurrent.CancellationException if the timer is stopped while it waits
     * @throws IllegalArgumentException if the estimate is negative
     */
    public Permit acquire(long estimatedTokens, Deadline deadline) throws InterruptedException {
        CompletableFuture<Permit> permit = acquireAsync(estimatedTokens, deadline);
        try {
            return permit.get();
        } catch (InterruptedException e) {
            if (!permit.cancel(true) && !permit.isCompletedExceptionally()) {
                permit.join().unused();
            }
            Thread.currentThread().interrupt();
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("throttle '" + name + "' failed", e.getCause());
        }
    }

    /**
     * Waits until a call may be made, without holding a thread.
     *
     * @param estimatedTokens how many tokens the call will need, its answer included; 0 or more
     * @param deadline how long to wait at most
     * @return the right to make it, to be closed; or a {@link ThrottledException}. Cancel it to go away
     * @throws IllegalArgumentException if the estimate is negative
     */
    public CompletableFuture<Permit> acquireAsync(long estimatedTokens, Deadline deadline) {
        if (estimatedTokens < 0) {
            throw new IllegalArgumentException("estimatedTokens is " + estimatedTokens + ", allowed: 0 or more");
        }
        return queue.acquire(estimatedTokens, requireNonNull(deadline, "deadline"));
    }

    /**
     * Takes note of what the provider says about its limits. If nothing is left of one, nothing is admitted until it is whole again.
     *
     * @param limits what an answer said
     */
    public void observe(ProviderLimits limits) {
        Stream.of(limits.requests(), limits.tokens()).forEach(allowance -> {
            if (allowance != null
                    && allowance.resetIn() != null
                    && Long.valueOf(0).equals(allowance.remaining())) {
                hold(allowance.resetIn());
            }
        });
    }

    /**
     * Admits nothing for a time: that of a Retry-After, for example.
     *
     * @param time how long from now; a shorter time than one that holds already changes nothing
     */
    public void hold(Duration time) {
        if (!time.isNegative() && !time.isZero()) {
            queue.hold(time);
        }
    }

    /**
     * Tells the name.
     *
     * @return the name that statistics and exceptions bear
     */
    public String name() {
        return name;
    }

    /**
     * Tells the figures.
     *
     * @return the figures of this moment
     */
    public Statistics statistics() {
        return queue.statistics();
    }

    /** Describes a throttle. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private final ScheduledExecutorService timer;
        private long requests = Long.MAX_VALUE;
        private long tokens = Long.MAX_VALUE;
        private int concurrent = Integer.MAX_VALUE;
        private Ticker ticker = Ticker.systemTicker();

        private Builder(String name, ScheduledExecutorService timer) {
            this.name = name;
            this.timer = timer;
        }

        /**
         * Bounds the calls that begin in a minute.
         *
         * @param limit how many, at least 1
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder requestsPerMinute(long limit) {
            requests = positive("requestsPerMinute", limit);
            return this;
        }

        /**
         * Bounds the tokens of the calls that begin in a minute.
         *
         * @param limit how many, at least 1
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder tokensPerMinute(long limit) {
            tokens = positive("tokensPerMinute", limit);
            return this;
        }

        /**
         * Bounds the calls that are under way at the same time.
         *
         * @param limit how many, at least 1
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder concurrentCalls(int limit) {
            concurrent = (int) positive("concurrentCalls", limit);
            return this;
        }

        /**
         * Sets where time comes from.
         *
         * @param newTicker elapsed time
         * @return this builder
         */
        public Builder ticker(Ticker newTicker) {
            ticker = requireNonNull(newTicker, "ticker");
            return this;
        }

        private static long positive(String what, long limit) {
            if (limit < 1) {
                throw new IllegalArgumentException(what + " is " + limit + ", allowed: 1 or more");
            }
            return limit;
        }

        ScheduledExecutorService timer() {
            return timer;
        }

        Ticker ticker() {
            return ticker;
        }

        /**
         * Makes the throttle.
         *
         * @return the throttle
         */
        public ModelThrottle build() {
            return new ModelThrottle(this);
        }
    }
}
