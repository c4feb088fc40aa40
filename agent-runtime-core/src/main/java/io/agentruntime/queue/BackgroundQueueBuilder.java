package io.agentruntime.queue;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Describes a {@link BackgroundQueue}. By default it holds 1,000 events, hands them over in batches of up to 500 that wait at most
 * 100 ms to fill, and gives a failing batch 5 attempts with pauses of 100 ms, doubling to 5 s. Not thread-safe.
 *
 * @param <T> the type of the events
 */
public final class BackgroundQueueBuilder<T> {

    private static final Logger log = LoggerFactory.getLogger(BackgroundQueue.class);

    private final String name;
    private final BatchHandler<T> handler;
    private BatchHandler<T> deadLetter = this::logDead;
    private int capacity = 1_000;
    private int batchSize = 500;
    private Duration linger = Duration.ofMillis(100);
    private int attempts = 5;
    private Duration backoff = Duration.ofMillis(100);

    BackgroundQueueBuilder(String name, BatchHandler<T> handler) {
        this.name = name;
        this.handler = handler;
    }

    private void logDead(List<T> batch) {
        log.error("queue '{}' gives up {} events after {} attempts", name, batch.size(), attempts);
    }

    /**
     * Bounds the events that wait.
     *
     * @param events 1 or more
     * @return this builder
     */
    public BackgroundQueueBuilder<T> capacity(int events) {
        capacity = events;
        return this;
    }

    /**
     * Bounds a batch.
     *
     * @param events 1 or more
     * @return this builder
     */
    public BackgroundQueueBuilder<T> batchSize(int events) {
        batchSize = events;
        return this;
    }

    /**
     * Sets how long the first event of a batch waits for others.
     *
     * @param time zero or more
     * @return this builder
     */
    public BackgroundQueueBuilder<T> linger(Duration time) {
        linger = requireNonNull(time, "time");
        return this;
    }

    /**
     * Sets how often a batch is tried, and how long to wait after the first failure.
     *
     * @param times 1 or more
     * @param pause zero or more; doubles with each failure, up to 5 s
     * @return this builder
     */
    public BackgroundQueueBuilder<T> attempts(int times, Duration pause) {
        attempts = times;
        backoff = requireNonNull(pause, "pause");
        return this;
    }

    /**
     * Sets who gets a batch whose attempts are used up, in place of a line in the log.
     *
     * @param newDeadLetter called on the worker thread
     * @return this builder
     */
    public BackgroundQueueBuilder<T> deadLetter(BatchHandler<T> newDeadLetter) {
        deadLetter = requireNonNull(newDeadLetter, "newDeadLetter");
        return this;
    }

    /**
     * Makes the queue.
     *
     * @return a queue that has not started
     * @throws IllegalArgumentException if a number is out of range
     */
    public BackgroundQueue<T> build() {
        return new BackgroundQueue<>(
                new QueueConfig<>(name, handler, deadLetter, capacity, batchSize, linger, attempts, backoff));
    }
}
