package io.agentruntime.queue;

import java.time.Duration;

/** What a {@link BackgroundQueue} does with an event that finds no room in memory. Immutable and thread-safe. */
public final class Overflow {

    /** What happens when waiting does not help. */
    enum Then {
        REJECT,
        DROP_OLDEST,
        SPILL
    }

    private static final Duration MAX_WAIT = Duration.ofDays(365);

    private final long waitNanos;
    private final Then then;

    private Overflow(Duration wait, Then then) {
        if (wait.isNegative()) {
            throw new IllegalArgumentException("a wait for room is negative: " + wait);
        }
        this.waitNanos = wait.compareTo(MAX_WAIT) < 0 ? wait.toNanos() : MAX_WAIT.toNanos();
        this.then = then;
    }

    /**
     * Refuses the event.
     *
     * @return the policy
     */
    public static Overflow reject() {
        return new Overflow(Duration.ZERO, Then.REJECT);
    }

    /**
     * Takes the event in place of the oldest that still waits, which counts as dropped. What the handler has in hand is not dropped.
     *
     * @return the policy
     */
    public static Overflow dropOldest() {
        return new Overflow(Duration.ZERO, Then.DROP_OLDEST);
    }

    /**
     * Lets the caller wait for room, and refuses the event if there is none in time.
     *
     * @param atMost how long; zero or more, more than a year counts as a year
     * @return the policy
     */
    public static Overflow block(Duration atMost) {
        return new Overflow(atMost, Then.REJECT);
    }

    /**
     * Keeps the event in the journal only, until what was accepted before it is worked off.
     *
     * @return the policy; for a queue with a journal
     */
    public static Overflow spill() {
        return new Overflow(Duration.ZERO, Then.SPILL);
    }

    /**
     * Lets the caller wait for room, and keeps the event in the journal only if there is none in time.
     *
     * @param atMost how long; zero or more, more than a year counts as a year
     * @return the policy; for a queue with a journal
     */
    public static Overflow blockThenSpill(Duration atMost) {
        return new Overflow(atMost, Then.SPILL);
    }

    long waitNanos() {
        return waitNanos;
    }

    boolean drops() {
        return then == Then.DROP_OLDEST;
    }

    boolean spills() {
        return then == Then.SPILL;
    }

    @Override
    public String toString() {
        return then + (waitNanos == 0 ? "" : " after " + Duration.ofNanos(waitNanos));
    }
}
