package io.agentruntime.resilience;

import io.agentruntime.base.AgentRuntimeException;
import java.time.Duration;

/** Thrown when a call would have to wait for a {@link ModelThrottle} longer than its deadline allows. */
public final class ThrottledException extends AgentRuntimeException {

    private static final long serialVersionUID = 1L;

    /** The name of the throttle. */
    private final String throttle;

    /** The limit with its figures. */
    private final String limit;

    /** How long the call had waited. */
    private final Duration waited;

    /** When there may be room. */
    private final Duration retryAfter;

    ThrottledException(String throttle, String limit, Duration waited, Duration retryAfter) {
        super("throttle '" + throttle + "' holds a call back: " + limit + ", waited " + waited + ", free in "
                + retryAfter + " at the earliest");
        this.throttle = throttle;
        this.limit = limit;
        this.waited = waited;
        this.retryAfter = retryAfter;
    }

    /**
     * Tells which throttle it was.
     *
     * @return its name
     */
    public String throttle() {
        return throttle;
    }

    /**
     * Tells which limit it was.
     *
     * @return the limit with its figures
     */
    public String limit() {
        return limit;
    }

    /**
     * Tells how long the call waited before it gave up.
     *
     * @return the time, zero if it saw at once that waiting would not do
     */
    public Duration waited() {
        return waited;
    }

    /**
     * Tells when there may be room.
     *
     * @return the time from the moment of the exception; others may be faster
     */
    public Duration retryAfter() {
        return retryAfter;
    }

    @Override
    public boolean retryable() {
        return true;
    }
}
