package io.agentruntime.cache;

/**
 * How long an entry in memory is good for, in the nanoseconds of the cache's ticker, which may wrap around: times are subtracted, never
 * compared.
 *
 * @param asks whether the source is asked again from {@code askAt} on; false for an entry that is only ever hit or gone
 * @param askAt from when on a hit asks the source again: in the background while the entry is fresh
 * @param expires whether {@code freshUntil} and {@code deadAt} count
 * @param freshUntil until when it is as good as new
 * @param deadAt until when it may be served in place of a source that fails
 */
record Lifetime(boolean asks, long askAt, boolean expires, long freshUntil, long deadAt) {

    static final Lifetime ENDLESS = new Lifetime(false, 0, false, 0, 0);

    /** Whether it may be served without asking the source. */
    boolean quiet(long now) {
        return !asks || now - askAt < 0;
    }

    boolean fresh(long now) {
        return !expires || now - freshUntil < 0;
    }

    boolean alive(long now) {
        return !expires || now - deadAt < 0;
    }

    /** How long the memory has to keep it. */
    long remaining(long now) {
        return expires ? Math.max(0, deadAt - now) : Long.MAX_VALUE;
    }

    /** The same, but the source is left in peace for a while. */
    Lifetime quietUntil(long time) {
        return new Lifetime(true, time, expires, freshUntil, deadAt);
    }
}
