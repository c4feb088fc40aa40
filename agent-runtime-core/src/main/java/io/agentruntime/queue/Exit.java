package io.agentruntime.queue;

import static java.util.Objects.requireNonNull;

import io.agentruntime.queue.Backlog.Range;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How events go out: a worker takes a batch, and gives it back when it failed or when all of it is settled. Thread-safe. */
final class Exit<T> {

    private static final long FAR_NANOS = TimeUnit.DAYS.toNanos(365);

    private final QueueState<T> state;
    private final int batchSize;

    Exit(QueueState<T> state) {
        this.state = state;
        this.batchSize = state.config.batching().size();
    }

    /** Waits for a batch to hand over, or for records to read. Null says that there is nothing to do any more. */
    @Nullable
    Batch<T> next() throws InterruptedException {
        state.lock.lockInterruptibly();
        try {
            while (!state.over()) {
                Batch<T> batch = poll();
                if (batch != null) {
                    passOn();
                    return batch;
                }
                await();
            }
            state.work.signalAll();
            return null;
        } finally {
            state.lock.unlock();
        }
    }

    /** Wakes another worker, as one signal may stand for several batches. */
    private void passOn() {
        if (state.config.batching().concurrency() > 1) {
            state.work.signal();
        }
    }

    private void await() throws InterruptedException {
        long now = state.clock.nanos();
        long nanos = state.lanes.nanosToDue(now, FAR_NANOS);
        if (!state.parked.isEmpty()) {
            nanos = Math.min(nanos, Math.max(1, state.parked.element().dueNanos - now));
        }
        if (state.backlog != null) {
            nanos = state.backlog.nanosToReading(now, nanos);
        }
        state.clock.await(state.work, nanos);
    }

    /** What is to be done now, or null if that is nothing. By someone who holds the lock, as all that follows. */
    @Nullable
    Batch<T> poll() {
        long now = state.clock.nanos();
        if (!state.parked.isEmpty() && state.parked.element().dueNanos - now <= 0) {
            Batch<T> again = state.parked.remove();
            giveRoom(again.events());
            return again;
        }
        Batch<T> full = pollLane(now, false);
        if (full != null) {
            return full;
        }
        Range range = state.backlog == null ? null : state.backlog.beginReading(state.room.free(), now);
        if (range != null) {
            return Batch.refill(range);
        }
        return pollLane(now, state.closed() || state.flushes.anyWaiting());
    }

    private @Nullable Batch<T> pollLane(long now, boolean hurry) {
        Lane<T> lane = state.lanes.pollDue(now, hurry);
        while (lane != null && lane.waiting.isEmpty()) { // what it had was dropped, or called as a witness
            state.lanes.forgetIfIdle(lane);
            lane = state.lanes.pollDue(now, hurry);
        }
        return lane == null ? null : open(lane, now);
    }

    private Batch<T> open(Lane<T> lane, long now) {
        Batch<T> batch = new Batch<>(lane, state.lanes.take(lane, batchSize));
        lane.open++;
        state.open.add(batch);
        giveRoom(batch.events());
        boolean unused = state.lanes.schedule(lane, now);
        return batch;
    }

    private void giveRoom(List<QueuedEvent<T>> events) {
        state.room.give(events);
        state.freed.signalAll();
    }

    /** Keeps a batch that failed until its next attempt. What is in it takes room again. */
    void park(Batch<T> batch, long nanos) {
        state.lock.lock();
        try {
            batch.dismissSettled();
            batch.deliveredBefore = state.counts.delivered;
            batch.dueNanos = state.clock.nanos() + nanos;
            state.room.take(batch.events());
            state.parked.add(batch);
            state.work.signal();
        } finally {
            state.lock.unlock();
        }
    }

    /** Says whether the handler took other events since a batch last failed. */
    boolean deliveredSince(Batch<T> batch) {
        state.lock.lock();
        try {
            return batch.failures > 1 && state.counts.delivered > batch.deliveredBefore;
        } finally {
            state.lock.unlock();
        }
    }

    /** Adds the event that waits behind a batch to it. Returns it, or nothing if there is none. */
    List<QueuedEvent<T>> callWitness(Batch<T> batch) {
        state.lock.lock();
        try {
            List<QueuedEvent<T>> witness = state.lanes.take(lane(batch), 1);
            batch.addWitnesses(witness);
            giveRoom(witness);
            return witness;
        } finally {
            state.lock.unlock();
        }
    }

    /** Puts those that are not settled back to where they were. */
    void dismissWitnesses(Batch<T> batch) {
        state.lock.lock();
        try {
            List<QueuedEvent<T>> witnesses = batch.dismissWitnesses();
            state.room.take(witnesses);
            state.lanes.putBack(lane(batch), witnesses);
        } finally {
            state.lock.unlock();
        }
    }

    private static <T> Lane<T> lane(Batch<T> batch) {
        return requireNonNull(batch.lane, "a refill has no lane");
    }

    /** Closes a batch, and lets the next one of its lane come. */
    void done(Batch<T> batch) {
        state.lock.lock();
        try {
            Lane<T> lane = lane(batch);
            state.open.remove(batch);
            lane.open--;
            if (state.lanes.schedule(lane, state.clock.nanos())) {
                state.work.signal();
            }
            state.lanes.forgetIfIdle(lane);
        } finally {
            state.lock.unlock();
        }
    }

    /** Counts a call of the handler. */
    void called(List<QueuedEvent<T>> events) {
        state.lock.lock();
        try {
            state.counts.called(events);
        } finally {
            state.lock.unlock();
        }
    }
}
