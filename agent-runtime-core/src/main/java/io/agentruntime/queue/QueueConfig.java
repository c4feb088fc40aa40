package io.agentruntime.queue;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** The checked settings of one queue. */
record QueueConfig<T>(
        String name,
        BatchHandler<T> handler,
        BatchHandler<T> deadLetter,
        int capacity,
        int batchSize,
        Duration linger,
        int attempts,
        Duration backoff) {

    static final Duration MAX_BACKOFF = Duration.ofSeconds(5);

    QueueConfig {
        requireNonNull(name, "name");
        requireNonNull(handler, "handler");
        requireNonNull(deadLetter, "deadLetter");
        requirePositive("capacity", capacity);
        requirePositive("batchSize", batchSize);
        requirePositive("attempts", attempts);
        requireNotNegative("linger", linger);
        requireNotNegative("backoff", backoff);
    }

    private static void requirePositive(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " < 1: " + value);
        }
    }

    private static void requireNotNegative(String what, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(what + " is negative: " + value);
        }
    }

    /** How long to wait before the attempt that follows the given one: doubling, up to {@link #MAX_BACKOFF}. */
    Duration backoffAfter(int attempt) {
        Duration doubled = backoff.multipliedBy(1L << Math.min(attempt - 1, 20));
        return doubled.compareTo(MAX_BACKOFF) < 0 ? doubled : MAX_BACKOFF;
    }
}
