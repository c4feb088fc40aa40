package io.agentruntime.lifecycle;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;

/**
 * An absolute point in elapsed time that several steps can share. Immutable and thread-safe; unaffected by the wall clock.
 */
public final class Deadline {

    private static final Duration MAX = Duration.ofDays(365);

    private final Ticker ticker;
    private final long atNanos;

    private Deadline(Ticker ticker, long atNanos) {
        this.ticker = ticker;
        this.atNanos = atNanos;
    }

    /**
     * Makes a deadline on the system's elapsed time.
     *
     * @param timeout how long from now; zero or less means it has passed, more than a year counts as a year
     * @return the deadline
     */
    public static Deadline after(Duration timeout) {
        return after(timeout, Ticker.systemTicker());
    }

    /**
     * Makes a deadline on the given elapsed time.
     *
     * @param timeout how long from now; zero or less means it has passed, more than a year counts as a year
     * @param ticker where time comes from
     * @return the deadline
     */
    public static Deadline after(Duration timeout, Ticker ticker) {
        requireNonNull(ticker, "ticker");
        Duration bounded = timeout.isNegative() ? Duration.ZERO : timeout.compareTo(MAX) > 0 ? MAX : timeout;
        return new Deadline(ticker, ticker.read() + bounded.toNanos());
    }

    /**
     * Makes a deadline on the same clock that is never later than this one.
     *
     * @param timeout how long from now at most
     * @return the earlier of this deadline and the given time from now
     */
    public Deadline within(Duration timeout) {
        Deadline other = after(timeout, ticker);
        return other.remainingNanos() < remainingNanos() ? other : this;
    }

    /**
     * Says how much time is left.
     *
     * @return nanoseconds, never less than 0
     */
    public long remainingNanos() {
        return Math.max(0, atNanos - ticker.read());
    }

    /**
     * Says how much time is left.
     *
     * @return the time, never negative
     */
    public Duration remaining() {
        return Duration.ofNanos(remainingNanos());
    }

    /**
     * Says whether no time is left.
     *
     * @return true once the deadline has passed
     */
    public boolean expired() {
        return remainingNanos() == 0;
    }

    @Override
    public String toString() {
        return "in " + remaining();
    }
}
