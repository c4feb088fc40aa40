package io.agentruntime.queue;

import static java.util.Objects.requireNonNull;

import io.agentruntime.queue.QueueConfig.Batching;
import io.agentruntime.queue.QueueConfig.Bounds;
import io.agentruntime.queue.QueueConfig.Hooks;
import io.agentruntime.queue.QueueConfig.Retry;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Describes a {@link BackgroundQueue}. By default it holds 1,000 events in memory only and refuses more, hands them over one batch at a time,
 * in batches of up to 500 that wait at most 100 ms to fill, and tries a failing batch 5 times with pauses of 100 ms, doubling to 5 s.
 * Not thread-safe.
 *
 * @param <T> the type of the events
 */
public final class BackgroundQueueBuilder<T> {

    private static final BackgroundQueue.Hook NOTHING = () -> {};

    private final String name;
    private final Delivery<T> delivery;
    private boolean singly;
    private @Nullable DeadLetter<T> deadLetter;
    private int capacity = 1_000;
    private long capacityBytes = Long.MAX_VALUE;
    private @Nullable ToLongFunction<? super T> sizer;
    private Overflow overflow = Overflow.reject();
    private int batchSize;
    private Duration linger = Duration.ofMillis(100);
    private int concurrency = 1;
    private @Nullable Function<? super T, ?> key;
    private int attempts = 5;
    private Duration pause = Duration.ofMillis(100);
    private @Nullable Duration maxOutage;
    private @Nullable Records<T> records;
    private BackgroundQueue.Hook startHook = NOTHING;
    private BackgroundQueue.Hook stopHook = NOTHING;
    private QueueClock clock = QueueClock.SYSTEM;

    BackgroundQueueBuilder(String name, Delivery<T> delivery, int batchSize) {
        this.name = requireNonNull(name, "name");
        this.delivery = delivery;
        this.batchSize = batchSize;
    }

    BackgroundQueueBuilder<T> singly() {
        singly = true;
        return this;
    }

    /**
     * Bounds the events that wait in memory. What a handler has in hand does not count; a batch that failed takes room again until its next
     * attempt, so that the bound may be passed by the batches that are handled at once.
     *
     * @param events 1 or more
     * @return this builder
     */
    public BackgroundQueueBuilder<T> capacity(int events) {
        capacity = events;
        return this;
    }

    /**
     * Bounds the bytes that wait in memory, by the length of the events in the journal. For a queue with a journal.
     *
     * @param bytes 1 or more; an event that is larger finds no room
     * @return this builder
     */
    public BackgroundQueueBuilder<T> capacityBytes(long bytes) {
        capacityBytes = bytes;
        return this;
    }

    /**
     * Bounds the bytes that wait in memory.
     *
     * @param bytes 1 or more; an event that is larger finds no room
     * @param newSizer tells how many bytes an event takes, below zero is zero; called on the caller's thread
     * @return this builder
     */
    public BackgroundQueueBuilder<T> capacityBytes(long bytes, ToLongFunction<? super T> newSizer) {
        sizer = requireNonNull(newSizer, "newSizer");
        return capacityBytes(bytes);
    }

    /**
     * Sets what happens to an event that finds no room.
     *
     * @param policy in place of {@link Overflow#reject()}
     * @return this builder
     */
    public BackgroundQueueBuilder<T> overflow(Overflow policy) {
        overflow = requireNonNull(policy, "policy");
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
     * Sets how long a batch waits to fill.
     *
     * @param time zero or more, at most a year
     * @return this builder
     */
    public BackgroundQueueBuilder<T> linger(Duration time) {
        linger = requireNonNull(time, "time");
        return this;
    }

    /**
     * Sets how many batches may be with the handler at once. With more than one, and without {@link #orderedBy}, their order is not
     * kept.
     *
     * @param batches 1 or more; each takes a thread
     * @return this builder
     */
    public BackgroundQueueBuilder<T> concurrency(int batches) {
        concurrency = batches;
        return this;
    }

    /**
     * Keeps the order of the events that have the same key, and never handles two of them at once. A batch holds events of one key only. A
     * key whose events are slow, or fail, does not hold up the others, as long as memory has room and a worker is free.
     *
     * @param newKey tells the key of an event, with {@code equals} and {@code hashCode}; null counts as a key too; called on the caller's
     *     thread
     * @return this builder
     */
    public BackgroundQueueBuilder<T> orderedBy(Function<? super T, ?> newKey) {
        key = requireNonNull(newKey, "newKey");
        return this;
    }

    /**
     * Sets how often a batch is tried before its events are examined one by one, and how long to wait after the first failure.
     *
     * @param times 1 or more
     * @param firstPause zero or more; doubles with each failure, up to 5 s, and is shortened by up to a half at random
     * @return this builder
     */
    public BackgroundQueueBuilder<T> attempts(int times, Duration firstPause) {
        attempts = times;
        pause = requireNonNull(firstPause, "firstPause");
        return this;
    }

    /**
     * Gives up events that have failed for so long, even if the handler takes no other ones either. Unless set, an outage may last for
     * ever.
     *
     * @param time since the first failure; zero to give up whatever fails when its attempts are used up
     * @return this builder
     */
    public BackgroundQueueBuilder<T> maxOutage(Duration time) {
        maxOutage = requireNonNull(time, "time");
        return this;
    }

    /**
     * Sets who gets the events that are given up, in place of a line in the log.
     *
     * @param newDeadLetter called on a worker thread
     * @return this builder
     */
    public BackgroundQueueBuilder<T> deadLetter(DeadLetter<T> newDeadLetter) {
        deadLetter = requireNonNull(newDeadLetter, "newDeadLetter");
        return this;
    }

    /**
     * Keeps events in a journal until they are settled. What it has from before is handed over first.
     *
     * @param journal for this queue alone, which closes it
     * @param codec turns events into bytes and back
     * @return this builder
     */
    public BackgroundQueueBuilder<T> journal(Journal journal, EventCodec<T> codec) {
        records = new Records<>(requireNonNull(journal, "journal"), requireNonNull(codec, "codec"));
        return this;
    }

    /**
     * Sets what is done on a worker before the first event is handed over, to open what the handler needs. If it throws it is tried again
     * after a pause, for as long as it takes; events wait meanwhile.
     *
     * @param hook what to do
     * @return this builder
     */
    public BackgroundQueueBuilder<T> onStart(BackgroundQueue.Hook hook) {
        startHook = requireNonNull(hook, "hook");
        return this;
    }

    /**
     * Sets what is done on a worker after the last event, if the start hook had succeeded. Happens late if a handler hangs.
     *
     * @param hook what to do
     * @return this builder
     */
    public BackgroundQueueBuilder<T> onStop(BackgroundQueue.Hook hook) {
        stopHook = requireNonNull(hook, "hook");
        return this;
    }

    BackgroundQueueBuilder<T> clock(QueueClock newClock) {
        clock = newClock;
        return this;
    }

    /**
     * Makes the queue.
     *
     * @return a queue that has not started; whoever makes it stops it
     * @throws IllegalArgumentException if a number is out of range, or settings do not fit together
     * @throws JournalException if the journal cannot be used
     */
    public BackgroundQueue<T> build() {
        require(!singly || batchSize == 1, "batchSize is " + batchSize + ", a queue per event has batches of 1");
        require(records != null || !overflow.spills(), "overflow " + overflow + " needs a journal");
        require(
                records != null || sizer != null || capacityBytes == Long.MAX_VALUE,
                "capacityBytes needs a sizer or a journal");
        return new BackgroundQueue<>(new QueueConfig<>(
                name,
                delivery,
                deadLetter,
                new Bounds<>(capacity, capacityBytes, sizer, overflow),
                new Batching<>(batchSize, linger, concurrency, key),
                new Retry(attempts, new Backoff(pause), maxOutage),
                records,
                new Hooks(startHook, stopHook),
                clock));
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
