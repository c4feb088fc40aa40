package io.agentruntime.queue;

import io.agentruntime.base.AgentRuntimeException;
import io.agentruntime.executor.LatencyHistogram;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands batches to the handler, and decides what becomes of those that fail. Thread-safe.
 *
 * <p>A batch that failed is tried again, whole, after a growing pause, until its attempts are used up; then {@link Isolation} finds out
 * which events are to blame. A failure that is declared not to be retryable needs no second attempt.
 */
final class Courier<T> {

    private static final Logger log = LoggerFactory.getLogger(BackgroundQueue.class);

    private final QueueState<T> state;
    private final Exit<T> exit;
    private final Graveyard<T> graveyard;
    private final QueueConfig.Retry retry;
    private final @Nullable Records<T> records;
    private final LatencyHistogram handlerTime = new LatencyHistogram();
    private final Rarely failures;

    Courier(QueueState<T> state, Exit<T> exit, Graveyard<T> graveyard) {
        this.state = state;
        this.exit = exit;
        this.graveyard = graveyard;
        this.retry = state.config.retry();
        this.records = state.config.records();
        this.failures = new Rarely(state.clock);
    }

    LatencyHistogram handlerTime() {
        return handlerTime;
    }

    void deliver(Batch<T> batch) {
        boolean settled = false;
        try {
            settled = settled(batch);
        } catch (Throwable failure) { // not the handler's: what is not settled must not be forgotten
            log.error("queue '{}' could not decide about a batch", state.config.name(), failure);
        }
        if (settled) {
            exit.done(batch);
        } else if (!state.abandoned()) {
            exit.park(batch, retry.backoff().nanosAfter(Math.max(1, batch.failures)));
        }
    }

    private boolean settled(Batch<T> batch) {
        Throwable failure = attempt(batch.events());
        if (failure == null) {
            return true;
        }
        if (state.abandoned()) {
            return false;
        }
        if (batch.failures++ == 0) {
            batch.firstFailureNanos = state.clock.nanos();
        }
        batch.tries++;
        if (retryable(failure) && batch.tries < retry.attempts()) {
            return false;
        }
        return isolate(batch, failure);
    }

    private boolean isolate(Batch<T> batch, Throwable failure) {
        boolean tooLong = retry.outlasted(state.clock.nanos() - batch.firstFailureNanos);
        int allowed = tooLong ? Integer.MAX_VALUE : 2 << Math.min(batch.outages, 4);
        Isolation<T> isolation = new Isolation<>(this, allowed, exit.deliveredSince(batch));
        isolation.examine(batch.events(), failure);
        if (tooLong) {
            isolation.condemn();
        } else {
            callWitnesses(batch, isolation);
            isolation.conclude();
        }
        exit.dismissWitnesses(batch);
        batch.tries = 0;
        batch.outages++;
        return batch.events().isEmpty();
    }

    private void callWitnesses(Batch<T> batch, Isolation<T> isolation) {
        boolean more = isolation.undecided();
        while (more) {
            List<QueuedEvent<T>> witness = exit.callWitness(batch);
            witness.forEach(event -> isolation.hear(List.of(event)));
            more = !witness.isEmpty() && isolation.undecided();
        }
    }

    /** Hands over events. Returns null if the handler took them, or else why not. */
    @Nullable
    Throwable attempt(List<QueuedEvent<T>> events) {
        events.forEach(event -> event.attempts++);
        exit.called(events);
        long began = state.clock.nanos();
        try {
            state.config.delivery().deliver(events);
        } catch (Throwable failure) { // an Error or an interrupt of one batch must not end the worker
            warn(events.size(), failure);
            return failure;
        } finally {
            handlerTime.record(state.clock.nanos() - began);
            boolean unused = Thread.interrupted(); // what the handler left behind is not meant for the next batch
        }
        if (records != null) {
            records.acknowledge(events);
        }
        state.settleDelivered(events);
        return null;
    }

    private void warn(int size, Throwable failure) {
        if (failures.now()) {
            log.warn(
                    "queue '{}' could not hand over a batch of {} ({} failures of late)",
                    state.config.name(),
                    size,
                    failures.count(),
                    failure);
        }
    }

    void bury(QueuedEvent<T> event, Throwable cause) {
        graveyard.bury(event, cause);
    }

    boolean abandoned() {
        return state.abandoned();
    }

    /** With keys, an event must not be delivered after a later one of its key. */
    boolean keyed() {
        return state.config.batching().key() != null;
    }

    /** An exception of this library says whether it makes sense to try again; from any other that is assumed. */
    static boolean retryable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AgentRuntimeException known) {
                return known.retryable();
            }
        }
        return true;
    }
}
