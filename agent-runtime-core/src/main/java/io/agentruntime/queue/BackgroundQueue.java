package io.agentruntime.queue;

import static java.util.Objects.requireNonNull;

import io.agentruntime.context.ContextSnapshot;
import io.agentruntime.executor.WorkloadStatistics;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes events from any thread, and hands them to a handler on threads of its own: in batches, in order, and again until they are taken.
 *
 * <p><b>In.</b> Memory is bounded. An event that finds no room is treated as the {@link Overflow} says; {@link #enqueue} tells what
 * became of it, and every refusal is counted. With a {@link Journal} an event is kept there before {@code enqueue} returns, and
 * forgotten when it was delivered or a dead letter took it; so an accepted event survives the process, and is handed over at least once.
 *
 * <p><b>Out.</b> Events come in the order of their acceptance where batches are handed over one at a time, which is the default, and in
 * that order for each key where there is a key function. The exception is an event that failed alone when others were taken: without
 * keys it is tried once more, behind them.
 *
 * <p><b>Failures.</b> A batch that failed is tried again, whole, after a growing pause, until its attempts are used up. Then it is halved
 * again and again until events fail alone. An event is <em>poison</em> if its failure is an {@link
 * io.agentruntime.base.AgentRuntimeException} that is not retryable, or if it fails alone and the handler takes others: of its batch, of
 * those that wait behind it, or of other batches. Poison goes to the {@link DeadLetter}, the others are delivered. If the handler takes
 * none of those that it is given alone, two at first and more at later examinations, it is an <em>outage</em>: nothing is given up, and
 * the batch is tried again, at least every five seconds, unless a longest outage was set. Nothing that a handler throws ends a worker.
 *
 * <p>The workers start with {@link #start()} or with the first event. Thread-safe.
 *
 * @param <T> the type of the events
 */
public final class BackgroundQueue<T> implements Managed {

    private final QueueConfig<T> config;
    private final QueueState<T> state;
    private final Intake<T> intake;
    private final Exit<T> exit;
    private final Courier<T> courier;
    private final @Nullable Refiller<T> refiller; // null without a journal
    private final Workers<T> workers;
    private final AtomicReference<@Nullable DrainReport> report = new AtomicReference<>();

    BackgroundQueue(QueueConfig<T> config) {
        EventMaker<T> maker = new EventMaker<>(config);
        this.config = config;
        this.state = new QueueState<>(config);
        this.intake = new Intake<>(state, maker);
        this.exit = new Exit<>(state);
        Graveyard<T> graveyard = new Graveyard<>(state);
        this.courier = new Courier<>(state, exit, graveyard);
        this.refiller = config.records() == null ? null : new Refiller<>(state, maker, graveyard);
        this.workers = new Workers<>(state, this::work);
    }

    /**
     * Begins to describe a queue that hands over batches, without a context: a batch holds events of many owners.
     *
     * @param <T> the type of the events
     * @param name a short name for its threads, logs and statistics
     * @param handler what to do with the events
     * @return a builder with the defaults
     */
    public static <T> BackgroundQueueBuilder<T> builder(String name, BatchHandler<T> handler) {
        return new BackgroundQueueBuilder<>(name, Delivery.of(requireNonNull(handler, "handler")), 500);
    }

    /**
     * Begins to describe a queue that hands over one event at a time, each in the {@link io.agentruntime.context.UsageContext} in which
     * it was enqueued, also if it comes from a journal after a restart.
     *
     * @param <T> the type of the events
     * @param name a short name for its threads, logs and statistics
     * @param handler what to do with an event
     * @return a builder with the defaults, but for the size of a batch, which is 1 and stays so
     */
    public static <T> BackgroundQueueBuilder<T> perEvent(String name, EventHandler<T> handler) {
        return new BackgroundQueueBuilder<>(name, Delivery.ofEach(requireNonNull(handler, "handler")), 1).singly();
    }

    /**
     * Begins to describe a queue whose handler ends later. A worker waits for the end of each batch, so the queue's concurrency bounds how
     * many are under way.
     *
     * @param <T> the type of the events
     * @param name a short name for its threads, logs and statistics
     * @param handler what to do with a batch, without a context: as {@link BatchHandler}; it took the batch if the stage ends normally
     * @return a builder with the defaults
     */
    public static <T> BackgroundQueueBuilder<T> async(
            String name, Function<? super List<T>, ? extends CompletionStage<?>> handler) {
        return new BackgroundQueueBuilder<>(name, Delivery.ofAsync(requireNonNull(handler, "handler")), 500);
    }

    @Override
    public String name() {
        return config.name();
    }

    /**
     * Offers an event. Waits for room no longer than the {@link Overflow} says, and for the journal to keep the event if there is one; never
     * for the handler, which is never run here.
     *
     * @param event what to hand over
     * @return what became of it
     */
    public EnqueueResult enqueue(T event) {
        requireNonNull(event, "event");
        workers.start(); // before the event is in, so that a stop at the same time knows that there is something to end
        return intake.offer(event);
    }

    /** Starts the workers. Does nothing if they run, or the queue was stopped. */
    @Override
    public void start() {
        workers.start();
    }

    private void work() throws InterruptedException {
        ContextSnapshot nothing = ContextSnapshot.capture();
        for (Batch<T> batch = exit.next(); batch != null; batch = exit.next()) {
            Batch<T> next = batch;
            nothing.run(() -> handle(next)); // so that no context stays open from one batch to the next
        }
    }

    private void handle(Batch<T> batch) {
        if (refiller != null && batch.range != null) {
            refiller.refill(batch.range);
        } else {
            courier.deliver(batch);
        }
    }

    /**
     * Waits until the handler has taken everything that was accepted before the call. Batches do not wait to fill meanwhile.
     *
     * @param timeout how long to wait at most
     * @return true if it has; false if the time was up first, or if an event before the call was given up or dropped, and no flush had
     *     told so yet: each is told by the flushes that wait for it, or else by the next one
     * @throws InterruptedException if interrupted while waiting
     */
    public boolean flush(Duration timeout) throws InterruptedException {
        return flush(Deadline.after(timeout));
    }

    /**
     * The same as {@link #flush(Duration)}, with a time that several steps share.
     *
     * @param deadline until when to wait at most
     * @return true if the handler has taken everything that was accepted before the call
     * @throws InterruptedException if interrupted while waiting
     */
    public boolean flush(Deadline deadline) throws InterruptedException {
        workers.start(); // the journal may hold something from before
        return state.flush(deadline);
    }

    /**
     * Tells the figures.
     *
     * @return the figures of this moment
     */
    public Statistics statistics() {
        return state.statistics(new Figures(
                name(),
                workers.phase(),
                workers.startFailures(),
                courier.handlerTime().latency()));
    }

    /**
     * Refuses further events, and hands over what was accepted as far as the deadline allows. A handler that is still at work then is
     * interrupted and left behind. Closes the journal, which keeps what was not delivered.
     *
     * @param deadline when to be done, whatever the handler does
     * @return how many accepted events are lost; those that the journal keeps are not
     * @throws InterruptedException if interrupted while draining
     */
    @Override
    public long stop(Deadline deadline) throws InterruptedException {
        state.close();
        try {
            if (!workers.endUnstarted()) {
                workers.awaitEnd(deadline);
            }
        } finally {
            settleAccount();
        }
        return state.drainReport().lost();
    }

    private void settleAccount() {
        if (report.compareAndSet(null, state.drainReport()) && config.records() != null) {
            config.records().close();
        }
    }

    /**
     * Tells how the stop ended.
     *
     * @return the report, or empty before the end of {@link #stop}
     */
    public Optional<DrainReport> drainReport() {
        return Optional.ofNullable(report.get());
    }

    /** Lets everyone who waits look at a clock that was turned. */
    void wake() {
        state.wake();
    }

    /** What the host does on a worker thread, before the first event or after the last one. */
    @FunctionalInterface
    public interface Hook {

        /**
         * Does it.
         *
         * @throws Exception if it could not be done
         */
        void run() throws Exception;
    }

    /** What the workers of a queue do. */
    public enum WorkerState {
        /** They have not been started. */
        NEW,
        /** The start hook has not succeeded yet. */
        STARTING,
        /** They hand over events. */
        RUNNING,
        /** They have ended. */
        STOPPED
    }

    /**
     * The figures of a {@link BackgroundQueue} at one moment, consistent with each other: {@code accepted = delivered + dead + dropped +
     * pending}. Immutable and thread-safe.
     *
     * @param name the queue
     * @param workers what its workers do
     * @param accepted events that the queue took, the recovered ones included
     * @param recovered events that the journal had from before
     * @param delivered events that the handler took
     * @param dead events that were given up
     * @param dropped events that made room for others
     * @param pending events that wait, in memory or in the journal, or are being handled
     * @param queued the part of them that waits in memory, and is bounded by the capacity; what a handler has in hand is not in it
     * @param retried how often an event was handed over again
     * @param rejectedFull events that were refused because the queue was full
     * @param rejectedClosed events that were refused because the queue was closed
     * @param rejectedInterrupted events that were refused because their caller was interrupted while it waited
     * @param rejectedJournalFull events that were refused because the journal was full
     * @param rejectedJournalFailed events that were refused because the journal could not keep them
     * @param oldestAge how long the oldest event in memory has been waiting for its end; zero if there is none
     * @param calls how often the handler was called
     * @param meanBatch how many events a call had on average; 0 before the first
     * @param largestBatch how many events a call had at most
     * @param handlerTime how long the calls took
     * @param startFailures how often the start hook failed
     */
    public record Statistics(
            String name,
            WorkerState workers,
            long accepted,
            long recovered,
            long delivered,
            long dead,
            long dropped,
            long pending,
            int queued,
            long retried,
            long rejectedFull,
            long rejectedClosed,
            long rejectedInterrupted,
            long rejectedJournalFull,
            long rejectedJournalFailed,
            Duration oldestAge,
            long calls,
            double meanBatch,
            int largestBatch,
            WorkloadStatistics.Latency handlerTime,
            long startFailures) {

        /**
         * Adds up the refusals.
         *
         * @return how many events were refused, for whatever reason
         */
        public long rejected() {
            return rejectedFull + rejectedClosed + rejectedInterrupted + rejectedJournalFull + rejectedJournalFailed;
        }
    }
}
