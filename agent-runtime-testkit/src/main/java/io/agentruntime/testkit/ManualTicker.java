package io.agentruntime.testkit;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A clock that stands still until a test turns it. It gives both kinds of time: elapsed time as a {@link Ticker}, and the calendar
 * as an {@link InstantSource}.
 *
 * <p>The elapsed time begins one second before the largest {@code long}, and so soon wraps around to negative numbers, as {@link
 * System#nanoTime()} may: code that compares two readings instead of subtracting them is found out. Thread-safe.
 */
public final class ManualTicker implements Ticker, InstantSource {

    private static final long FIRST_NANOS = Long.MAX_VALUE - 1_000_000_000L;
    private static final Instant FIRST_INSTANT = Instant.parse("2026-01-01T00:00:00Z");

    private final AtomicLong nanos = new AtomicLong(FIRST_NANOS);
    private final AtomicReference<Instant> instant = new AtomicReference<>(FIRST_INSTANT);

    /** Makes a clock whose calendar stands at the start of the year 2026, UTC. */
    public ManualTicker() {}

    /**
     * Lets time pass, for the elapsed time and the calendar alike.
     *
     * @param time how much; zero or more
     * @throws IllegalArgumentException if the time is negative: elapsed time never runs backwards
     */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time cannot run backwards: " + time);
        }
        nanos.addAndGet(time.toNanos());
        instant.updateAndGet(now -> now.plus(time));
    }

    /**
     * Sets the calendar, forward or back, as an administrator or a time server may. The elapsed time stays as it is.
     *
     * @param now what the calendar shows from now on
     */
    public void setInstant(Instant now) {
        instant.set(requireNonNull(now, "now"));
    }

    /**
     * Reads the elapsed time.
     *
     * @return nanoseconds since an arbitrary origin
     */
    @Override
    public long read() {
        return nanos.get();
    }

    /**
     * Reads the calendar.
     *
     * @return what it shows
     */
    @Override
    public Instant instant() {
        return requireNonNull(instant.get());
    }
}
