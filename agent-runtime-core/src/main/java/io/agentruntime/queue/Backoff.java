package io.agentruntime.queue;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** How long to wait after failures: doubling, up to five seconds, and spread over the upper half of that. */
record Backoff(Duration first) {

    static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** The most that the pause after so many failures can be. */
    long boundNanos(int failures) {
        long bound = Math.min(first.toNanos(), MAX_NANOS);
        return Math.min(bound << Math.min(failures - 1, 20), MAX_NANOS);
    }

    /** Not all at once: workers, and instances, that failed together must not come again together. */
    long nanosAfter(int failures) {
        long half = boundNanos(failures) / 2;
        return boundNanos(failures)
                - (half == 0 ? 0 : ThreadLocalRandom.current().nextLong(half + 1));
    }
}
