package io.agentruntime.resilience;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Bounds the retries of many calls together, so that retrying cannot become the load that keeps a broken provider down.
 *
 * <p>The budget holds up to {@code capacity} retries, 20 by default, and starts full. Every call that begins adds a {@code share} of a
 * retry, 7 % by default; time adds one retry per {@code refill}, a minute by default; each retry takes one. <b>The bound:</b> in any
 * stretch of time, and under any interleaving,
 *
 * <pre>{@code retries <= capacity + share * calls begun in it + its length / refill}</pre>
 *
 * <p>With the defaults: 1,000 calls to a dead provider within ten minutes make at most 1,100 attempts, whatever was before, and a host
 * that makes a call every few minutes has both of its retries each time.
 *
 * <p>Share one budget among all that call the same provider. Thread-safe and lock-free.
 */
public final class RetryBudget {

    private static final long RETRY = 1_000_000; // in the unit of the balance

    private final long capacity;
    private final long share;
    private final double refillNanos;
    private final Ticker ticker;
    private final AtomicReference<State> state;
    private final AtomicLong granted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    /** What was left at a moment. One object, so that the two change together: the bound must hold in a race too. */
    private record State(long balance, long atNanos) {}

    private RetryBudget(Builder builder) {
        this.capacity = builder.capacity * RETRY;
        this.share = (long) (builder.share * RETRY);
        this.refillNanos = builder.refill.toNanos();
        this.ticker = builder.ticker;
        this.state = new AtomicReference<>(new State(capacity, ticker.read()));
    }

    /**
     * Makes a budget with the defaults.
     *
     * @return the budget, full
     */
    public static RetryBudget create() {
        return builder().build();
    }

    /**
     * Begins to describe a budget.
     *
     * @return a builder with the defaults
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Tells that a call begins, and is about to make its first attempt. */
    public void callBegins() {
        State before;
        State after;
        do {
            before = state();
            State now = refilled(before);
            after = new State(Math.min(capacity, now.balance + share), now.atNanos);
        } while (after.balance != before.balance && !state.compareAndSet(before, after));
    }

    /**
     * Takes one retry, if there is one.
     *
     * @return true if the call may be tried again, false if the budget is used up
     */
    public boolean tryRetry() {
        while (true) {
            State before = state();
            State now = refilled(before);
            if (now.balance < RETRY) {
                refused.incrementAndGet();
                return false;
            }
            if (state.compareAndSet(before, new State(now.balance - RETRY, now.atNanos))) {
                granted.incrementAndGet();
                return true;
            }
        }
    }

    private State state() {
        return requireNonNull(state.get(), "state");
    }

    /** What time has added. The moment goes on by exactly what was added, so that nothing is lost between frequent calls. */
    private State refilled(State from) {
        long now = ticker.read();
        long elapsed = now - from.atNanos;
        double added = elapsed / refillNanos * RETRY;
        if (elapsed <= 0 || added < 1) {
            return from;
        }
        if (added >= capacity - from.balance) {
            return new State(capacity, now);
        }
        long whole = (long) added;
        return new State(from.balance + whole, from.atNanos + (long) Math.ceil(whole * refillNanos / RETRY));
    }

    /**
     * Tells how many retries there are at this moment.
     *
     * @return whole retries
     */
    public long available() {
        return refilled(state()).balance / RETRY;
    }

    /**
     * Tells how many retries there have been.
     *
     * @return those granted since the beginning
     */
    public long granted() {
        return granted.get();
    }

    /**
     * Tells how many retries there have not been.
     *
     * @return those refused since the beginning
     */
    public long refused() {
        return refused.get();
    }

    @Override
    public String toString() {
        return "retry budget: " + available() + " of " + capacity / RETRY + " available, " + granted + " granted, "
                + refused + " refused";
    }

    /** Describes a budget. Not thread-safe. */
    public static final class Builder {

        private int capacity = 20;
        private double share = 0.07;
        private Duration refill = Duration.ofMinutes(1);
        private Ticker ticker = Ticker.systemTicker();

        private Builder() {}

        /**
         * Bounds the retries that may come at once.
         *
         * @param newCapacity how many, 1 to a million
         * @return this builder
         * @throws IllegalArgumentException if it is not in that range
         */
        public Builder capacity(int newCapacity) {
            if (newCapacity < 1 || newCapacity > 1_000_000) {
                throw new IllegalArgumentException("capacity is " + newCapacity + ", allowed: 1 to 1000000");
            }
            capacity = newCapacity;
            return this;
        }

        /**
         * Sets what each call adds.
         *
         * @param newShare the part of a retry, 0 to 1
         * @return this builder
         * @throws IllegalArgumentException if it is not in that range
         */
        public Builder share(double newShare) {
            if (!(newShare >= 0 && newShare <= 1)) {
                throw new IllegalArgumentException("share is " + newShare + ", allowed: 0 to 1");
            }
            share = newShare;
            return this;
        }

        /**
         * Sets how long it takes until time has added one retry.
         *
         * @param newRefill the time, more than zero
         * @return this builder
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder refill(Duration newRefill) {
            if (newRefill.isNegative() || newRefill.isZero()) {
                throw new IllegalArgumentException("refill is " + newRefill + ", allowed: more than zero");
            }
            refill = newRefill;
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

        /**
         * Makes the budget.
         *
         * @return the budget, full
         */
        public RetryBudget build() {
            return new RetryBudget(this);
        }
    }
}
