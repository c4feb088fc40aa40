package io.agentruntime.queue;

import static java.util.Objects.requireNonNull;

import io.agentruntime.executor.RuntimeThreads;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes events from any thread without blocking, and hands them in batches and in order to a handler on a thread of its own.
 *
 * <p>The queue is bounded: an event that finds it full is refused, and the caller is told. A handler that throws gets the same
 * batch again, after a growing pause, until its attempts are used up; then the batch goes to the dead letter handler and the next
 * one comes. Nothing that a handler throws ends the worker. {@link #stop} drains what was accepted. Events that are still waiting
 * when the process dies are lost.
 *
 * <p>The worker starts with {@link #start()} or with the first event. Thread-safe.
 *
 * @param <T> the type of the events
 */
public final class BackgroundQueue<T> implements Managed {

    private static final Logger log = LoggerFactory.getLogger(BackgroundQueue.class);

    private final QueueConfig<T> config;
    private final QueueState<T> state;
    private final AtomicReference<@Nullable Thread> worker = new AtomicReference<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean abandoned;

    BackgroundQueue(QueueConfig<T> config) {
        this.config = config;
        this.state = new QueueState<>(config.name(), config.capacity());
    }

    /**
     * Begins to describe a queue.
     *
     * @param <T> the type of the events
     * @param name a short name for its thread, logs and statistics
     * @param handler what to do with the events
     * @return a builder with the defaults
     */
    public static <T> BackgroundQueueBuilder<T> builder(String name, BatchHandler<T> handler) {
        return new BackgroundQueueBuilder<>(requireNonNull(name, "name"), requireNonNull(handler, "handler"));
    }

    @Override
    public String name() {
        return config.name();
    }

    /**
     * Offers an event. Never blocks on the handler and never runs it.
     *
     * @param event what to hand over
     * @return what became of it
     */
    public EnqueueResult enqueue(T event) {
        EnqueueResult result = state.offer(requireNonNull(event, "event"));
        if (result.accepted()) {
            if (worker.get() == null) {
                start();
            }
        } else {
            warnOfRejection(result);
        }
        return result;
    }

    /** Says so at the first, second, fourth, eighth, … rejection: a flood of events must not become a flood of lines. */
    private void warnOfRejection(EnqueueResult result) {
        Statistics statistics = statistics();
        long rejected = statistics.rejectedFull() + statistics.rejectedClosed();
        if (Long.bitCount(rejected) == 1) {
            log.warn("{} {}, dropping event ({} so far)", name(), result.name().toLowerCase(Locale.ROOT), rejected);
        }
    }

    /** Starts the worker. Does nothing if it runs. */
    @Override
    public void start() {
        Thread thread = RuntimeThreads.of(config.name()).newThread(this::work);
        if (worker.compareAndSet(null, thread)) {
            thread.start();
        }
    }

    private void work() {
        try {
            List<T> batch = nextBatch();
            while (!batch.isEmpty() && !abandoned) {
                deliver(batch);
                batch = nextBatch();
            }
        } finally {
            ended.countDown();
        }
    }

    private List<T> nextBatch() {
        while (!abandoned) {
            try {
                return state.takeBatch(config.batchSize(), config.linger().toNanos());
            } catch (InterruptedException e) {
                log.debug("queue '{}' was interrupted while it waited: it goes on until it is stopped", name());
            }
        }
        return List.of();
    }

    private void deliver(List<T> batch) {
        for (int attempt = 1; attempt <= config.attempts(); attempt++) {
            if (handled(config.handler(), batch, attempt)) {
                state.settle(batch.size(), true);
                return;
            }
            if (abandoned) {
                return; // what is left stays pending, and is reported so
            }
            if (attempt < config.attempts()) {
                pauseAfter(attempt);
            }
        }
        handled(config.deadLetter(), batch, config.attempts());
        state.settle(batch.size(), false);
    }

    private boolean handled(BatchHandler<T> handler, List<T> batch, int attempt) {
        try {
            handler.handle(batch);
            return true;
        } catch (Throwable failure) { // an Error or an interrupt of one batch must not end the worker
            log.warn("queue '{}' could not handle a batch of {} (attempt {})", name(), batch.size(), attempt, failure);
            return false;
        } finally {
            Thread.interrupted(); // an interrupt that the handler left behind is not meant for the next batch
        }
    }

    private void pauseAfter(int attempt) {
        try {
            state.pause(config.backoffAfter(attempt).toNanos());
        } catch (InterruptedException e) {
            log.debug("queue '{}' was interrupted in a pause: the next attempt comes at once", name());
        }
    }

    /**
     * Waits until the handler has taken everything that was accepted before the call.
     *
     * @param timeout how long to wait at most
     * @return true if it has; false if the time was up first, or if events went to the dead letter handler since the last flush
     * @throws InterruptedException if interrupted while waiting
     */
    public boolean flush(Duration timeout) throws InterruptedException {
        return state.awaitSettled(Deadline.after(timeout).remainingNanos());
    }

    /**
     * Tells the figures.
     *
     * @return the figures of this moment
     */
    public Statistics statistics() {
        return state.statistics();
    }

    /**
     * Refuses further events, and hands over what was accepted as far as the deadline allows.
     *
     * @param deadline when to be done, whatever the handler does
     * @return how many accepted events the handler did not take: those that wait, those in its hands, and the dead ones
     * @throws InterruptedException if interrupted while draining
     */
    @Override
    public long stop(Deadline deadline) throws InterruptedException {
        state.closeIntake();
        start(); // a queue that was never started has nothing to do, and ends at once
        try {
            ended.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } finally {
            abandonWorker();
        }
        Statistics statistics = statistics();
        return statistics.pending() + statistics.dead();
    }

    private void abandonWorker() {
        abandoned = true;
        Thread thread = worker.get();
        if (thread != null) {
            thread.interrupt();
        }
    }

    /**
     * The figures of a {@link BackgroundQueue} at one moment, consistent with each other: {@code accepted = delivered + dead +
     * pending}. Immutable and thread-safe.
     *
     * @param name the queue
     * @param accepted events that the queue took
     * @param delivered events that the handler took
     * @param dead events that the handler refused until its attempts were used up
     * @param pending events that wait or are being handled
     * @param rejectedFull events that were refused because the queue was full
     * @param rejectedClosed events that were refused because the queue was closed
     */
    public record Statistics(
            String name,
            long accepted,
            long delivered,
            long dead,
            long pending,
            long rejectedFull,
            long rejectedClosed) {}
}
