package io.agentruntime.bulk;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Ticker;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import io.agentruntime.queue.BackgroundQueue;
import io.agentruntime.queue.BackgroundQueueBuilder;
import io.agentruntime.queue.DeadEvent;
import io.agentruntime.queue.EnqueueResult;
import io.agentruntime.queue.EventCodec;
import io.agentruntime.queue.Journal;
import io.agentruntime.queue.Overflow;
import io.agentruntime.resilience.FailureKind;
import io.agentruntime.resilience.ModelFailure;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does many pieces of the same work in the background, so many at a time, and tells of each what became of it.
 *
 * <p>An item that fails is tried again; when its attempts are used up it counts as failed, and the others go on. When a model is rate
 * limited, no item begins until the provider may be asked again: the pause costs no attempt.
 *
 * <p>With a journal a job outlives the process: after a restart its unfinished items are handed over first, and {@link #job} finds it
 * again by its id. A submission that the end of the process cut short never ends, but what was accepted of it is done. The journal keeps
 * items, not results: those of items that an earlier process was through with are known as {@link
 * BulkJob.State#SETTLED_EARLIER} only, so what is to last the handler stores.
 *
 * <p>Thread-safe.
 *
 * @param <T> the type of the items
 * @param <R> the type of the results
 */
public final class BulkQueue<T, R> implements Managed {

    /** The longest id of a job, in characters. */
    public static final int MAX_ID = 256;

    private static final Logger log = LoggerFactory.getLogger(BulkQueue.class);

    private final Handler<? super T, ? extends R> handler;
    private final InstantSource clock;
    private final Duration pause;
    private final Gate gate;
    private final boolean keepsJobs;
    private final ConcurrentHashMap<String, BulkJob<R>> unfinished = new ConcurrentHashMap<>(); // by id
    private final ConcurrentHashMap<String, BulkJob<R>> journalled =
            new ConcurrentHashMap<>(); // by key, until their end has come out
    private final BackgroundQueue<BulkItem<T, R>> queue;

    private BulkQueue(Builder<T, R> builder) {
        handler = builder.handler;
        clock = builder.clock;
        pause = builder.pause;
        gate = new Gate(Ticker.systemTicker());
        keepsJobs = builder.journal != null;
        queue = builder.queue(this).deadLetter(this::giveUp).build();
    }

    /**
     * Begins to describe a queue.
     *
     * @param <T> the type of the items
     * @param <R> the type of the results
     * @param name a short name for its threads, logs and statistics
     * @param handler what to do with an item
     * @return a builder with the defaults
     */
    public static <T, R> Builder<T, R> builder(String name, Handler<? super T, ? extends R> handler) {
        return new Builder<>(requireNonNull(name, "name"), requireNonNull(handler, "handler"));
    }

    @Override
    public String name() {
        return queue.name();
    }

    @Override
    public void start() {
        queue.start();
    }

    /**
     * Submits a job under an id of its own.
     *
     * @param items what to do
     * @return its handle
     */
    public BulkJob<R> submit(List<? extends T> items) {
        return submit(UUID.randomUUID().toString(), items);
    }

    /**
     * Submits a job. Items that the queue does not take, because it is full or closed, count as failed at once, with a {@link
     * RejectedExecutionException}; the others are done.
     *
     * @param id its name; a job of this name that is not finished is returned as it is, and nothing is submitted
     * @param items what to do
     * @return its handle
     * @throws IllegalArgumentException if the id is longer than {@value #MAX_ID} characters
     */
    public BulkJob<R> submit(String id, List<? extends T> items) {
        List<T> all = List.copyOf(items);
        if (id.length() > MAX_ID) {
            throw new IllegalArgumentException(
                    "the id of a job has " + id.length() + " characters, allowed: " + MAX_ID);
        }
        BulkJob<R> job = new BulkJob<>(BulkJob.newKey(id), all.size(), false, this::forget);
        BulkJob<R> other = unfinished.putIfAbsent(id, job);
        if (other != null) {
            return other;
        }
        job.completeIfSettled(); // if there is nothing to do
        if (keepsJobs) {
            journalled.put(job.key(), job);
        }
        for (int i = 0; i < all.size() && !job.cancelRequested(); i++) {
            EnqueueResult result = queue.enqueue(new BulkItem<>(job, i, all.get(i)));
            if (!result.accepted()) {
                job.failed(
                        i,
                        new RejectedExecutionException("bulk queue '" + name() + "' did not take item " + i
                                + " of job '" + id + "': " + result));
            }
        }
        if (keepsJobs && !queue.enqueue(BulkItem.endOf(job)).accepted()) {
            log.warn("bulk queue '{}' could not note the end of job '{}'", name(), id);
        }
        return job;
    }

    private void forget(BulkJob<R> over) {
        unfinished.remove(over.id(), over);
    }

    /**
     * Finds a job that is not finished.
     *
     * @param id its name
     * @return its handle; after a restart from the moment on when the first of its items is read
     */
    public Optional<BulkJob<R>> job(String id) {
        return Optional.ofNullable(unfinished.get(id));
    }

    /**
     * Lists the jobs that are not finished.
     *
     * @return their handles, in no order
     */
    public List<BulkJob<R>> jobs() {
        return List.copyOf(unfinished.values());
    }

    private void handle(BulkItem<T, R> item) throws Exception {
        BulkJob<R> job = item.job();
        T value = item.value();
        if (value == null) {
            journalled.remove(job.key());
            return;
        }
        while (job.begin(item.index())) {
            gate.pass();
            try {
                job.done(item.index(), handler.handle(value));
                return;
            } catch (Exception failure) {
                Duration wanted = pauseAfter(failure);
                if (wanted == null) {
                    throw failure;
                }
                gate.closeFor(wanted);
                log.info("bulk queue '{}' pauses for {}: {}", name(), wanted, failure.toString());
            }
        }
    }

    private BulkJob<R> find(String key, int total) {
        return journalled.computeIfAbsent(key, k -> {
            BulkJob<R> job = new BulkJob<>(k, total, true, this::forget);
            BulkJob<R> unused = unfinished.putIfAbsent(job.id(), job);
            return job;
        });
    }

    /** How long to leave the provider alone; null if that would not help. */
    private @Nullable Duration pauseAfter(Exception failure) {
        ModelFailure meaning = ModelFailure.of(failure, clock);
        if (meaning.kind() != FailureKind.RATE_LIMITED) {
            return null;
        }
        Duration asked = meaning.retryAfter();
        return asked == null ? pause : asked;
    }

    private void giveUp(DeadEvent<BulkItem<T, R>> dead) {
        BulkItem<T, R> item = dead.event();
        if (item == null) {
            log.error("bulk queue '{}' has an item in its journal that cannot be read", name(), dead.cause());
        } else if (!item.isEnd()) {
            item.job().failed(item.index(), dead.cause());
        }
    }

    /**
     * Tells the figures of the queue behind; the ends of jobs count as events too.
     *
     * @return the figures of this moment
     */
    public BackgroundQueue.Statistics statistics() {
        return queue.statistics();
    }

    /**
     * Tells how often a rate limit has let this queue pause.
     *
     * @return the number of pauses
     */
    public long pauses() {
        return gate.pauses();
    }

    /**
     * Takes no more jobs, and works off what it has as far as the deadline allows. Closes the journal, which keeps the rest.
     *
     * @param deadline when to be done
     * @return how many items are lost; those in the journal are not
     * @throws InterruptedException if interrupted while working off
     */
    @Override
    public long stop(Deadline deadline) throws InterruptedException {
        return queue.stop(deadline);
    }

    /**
     * What a queue does with an item.
     *
     * @param <T> the type of the items
     * @param <R> the type of the results
     */
    @FunctionalInterface
    public interface Handler<T, R> {

        /**
         * Handles one item. Called on a worker thread of the queue, in the {@link io.agentruntime.context.UsageContext} in which the item was
         * submitted. After a failure, and after the end of a process that was in the middle of it, the same item comes again: what it does
         * must bear that.
         *
         * @param item the item
         * @return its result, not null
         * @throws Exception if it could not be handled; a rate limit, as {@link io.agentruntime.resilience.ModelFailure} tells, lets the whole
         *     queue pause and costs the item no attempt
         */
        R handle(T item) throws Exception;
    }

    /**
     * Describes a {@link BulkQueue}. By default it handles 5 items at a time, holds 100,000 in memory, tries an item 3 times with pauses of a
     * second, doubling to five, and pauses for 10 seconds after a rate limit that does not say for how long. Not thread-safe.
     *
     * @param <T> the type of the items
     * @param <R> the type of the results
     */
    public static final class Builder<T, R> {

        private final String name;
        private final Handler<? super T, ? extends R> handler;
        private int concurrency = 5;
        private int capacity = 100_000;
        private int attempts = 3;
        private Duration backoff = Duration.ofSeconds(1);
        private Duration pause = Duration.ofSeconds(10);
        private InstantSource clock = InstantSource.system();
        private @Nullable Journal journal;
        private @Nullable EventCodec<T> codec;

        private Builder(String name, Handler<? super T, ? extends R> handler) {
            this.name = name;
            this.handler = handler;
        }

        /**
         * Sets how many items are handled at a time.
         *
         * @param items 1 or more; each takes a thread
         * @return this builder
         */
        public Builder<T, R> concurrency(int items) {
            concurrency = items;
            return this;
        }

        /**
         * Bounds the items that wait in memory. With a journal, more than that wait there.
         *
         * @param items 1 or more
         * @return this builder
         */
        public Builder<T, R> capacity(int items) {
            capacity = items;
            return this;
        }

        /**
         * Sets how often an item is tried.
         *
         * @param times 1 or more
         * @param firstPause zero or more; doubles with each failure, up to five seconds
         * @return this builder
         */
        public Builder<T, R> attempts(int times, Duration firstPause) {
            attempts = times;
            backoff = requireNonNull(firstPause, "firstPause");
            return this;
        }

        /**
         * Sets how long to pause after a rate limit that does not say for how long.
         *
         * @param time more than zero
         * @return this builder
         */
        public Builder<T, R> pause(Duration time) {
            pause = requireNonNull(time, "time");
            return this;
        }

        /**
         * Keeps the items until they are done. What the journal has from before is done first.
         *
         * @param newJournal for this queue alone, which closes it
         * @param newCodec turns items into bytes and back
         * @return this builder
         */
        public Builder<T, R> journal(Journal newJournal, EventCodec<T> newCodec) {
            journal = requireNonNull(newJournal, "newJournal");
            codec = requireNonNull(newCodec, "newCodec");
            return this;
        }

        /**
         * Sets the calendar, for providers that name a date to wait for.
         *
         * @param newClock the calendar
         * @return this builder
         */
        public Builder<T, R> clock(InstantSource newClock) {
            clock = requireNonNull(newClock, "newClock");
            return this;
        }

        private BackgroundQueueBuilder<BulkItem<T, R>> queue(BulkQueue<T, R> bulk) {
            BackgroundQueueBuilder<BulkItem<T, R>> queue = BackgroundQueue.<BulkItem<T, R>>perEvent(name, bulk::handle)
                    .concurrency(concurrency)
                    .capacity(capacity)
                    .attempts(attempts, backoff)
                    .maxOutage(Duration.ZERO); // each item has its attempts, whatever becomes of the others
            if (journal != null) {
                queue.journal(journal, new BulkCodec<T, R>(requireNonNull(codec), bulk::find))
                        .overflow(Overflow.spill());
            }
            return queue;
        }

        /**
         * Makes the queue.
         *
         * @return a queue that has not started; whoever makes it stops it
         * @throws IllegalArgumentException if a number is out of range
         */
        public BulkQueue<T, R> build() {
            if (pause.isNegative() || pause.isZero()) {
                throw new IllegalArgumentException("the pause is not positive: " + pause);
            }
            return new BulkQueue<>(this);
        }
    }
}
