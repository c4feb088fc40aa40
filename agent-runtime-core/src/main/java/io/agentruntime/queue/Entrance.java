package io.agentruntime.queue;

import static java.util.Objects.requireNonNull;

import io.agentruntime.queue.Backlog.Append;
import io.agentruntime.queue.QueueCounters.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How events come in: at once without a journal; with one they are admitted, then appended, then accepted. Thread-safe. */
final class Entrance<T> {

    private final QueueState<T> state;
    private final Overflow overflow;
    private final List<Long> droppedRecords = new ArrayList<>(); // guarded by the lock of the state, as everything here

    Entrance(QueueState<T> state) {
        this.state = state;
        this.overflow = state.config.bounds().overflow();
    }

    /** Offers an event that no journal keeps. */
    EnqueueResult offer(QueuedEvent<T> event) {
        state.lock.lock();
        try {
            EnqueueResult result = admit(event);
            if (result.accepted()) {
                state.room.take(event);
                state.counts.accepted++;
                event.position = state.counts.accepted;
                toMemory(event);
            }
            return result;
        } finally {
            state.lock.unlock();
        }
    }

    private void toMemory(QueuedEvent<T> event) {
        if (state.lanes.add(event)) {
            state.work.signal();
        }
    }

    /** Whether an event may be appended; null unless the result says so. */
    record Admission<T>(EnqueueResult result, @Nullable Append<T> append) {}

    /** Admits an event that is to be appended to the journal next. */
    Admission<T> begin(QueuedEvent<T> event) {
        state.lock.lock();
        try {
            EnqueueResult result = admit(event);
            return new Admission<>(result, result.accepted() ? beginAppend(event) : null);
        } finally {
            state.lock.unlock();
        }
    }

    private Append<T> beginAppend(QueuedEvent<T> event) {
        boolean fits = fits(event);
        if (fits) {
            state.room.take(event);
        }
        return backlog().begin(event, fits);
    }

    private Backlog<T> backlog() {
        return requireNonNull(state.backlog, "a queue without a journal has no backlog");
    }

    /** Accepts an event that was appended. */
    EnqueueResult appended(Append<T> append, long sequence) {
        state.lock.lock();
        try {
            Backlog<T> backlog = backlog();
            boolean spilledBefore = backlog.spilled();
            state.counts.accepted++;
            state.flushes.accepted(sequence);
            backlog.arrived(append, sequence);
            if (append.roomTaken && backlog.spilled()) {
                giveRoom(append.event);
            }
            backlog.leaveEarly().forEach(this::giveRoom);
            moveOn(backlog, !spilledBefore);
            return EnqueueResult.ACCEPTED;
        } finally {
            state.lock.unlock();
        }
    }

    /** Takes back the admission of an event that could not be appended. */
    EnqueueResult notAppended(Append<T> append, EnqueueResult reason) {
        state.lock.lock();
        try {
            if (append.roomTaken) {
                giveRoom(append.event);
            }
            backlog().end(append);
            moveOn(backlog(), false);
            return state.counts.refuse(reason);
        } finally {
            state.lock.unlock();
        }
    }

    /** An append has ended: others may have waited for it. While the queue is spilled, workers are not woken for each event. */
    private void moveOn(Backlog<T> backlog, boolean mayHaveSpilled) {
        for (QueuedEvent<T> next = backlog.pollReady(); next != null; next = backlog.pollReady()) {
            toMemory(next);
        }
        boolean spilledNow = mayHaveSpilled && backlog.spilled();
        if (backlog.takeAppendAwaited() || spilledNow || state.closed()) {
            state.work.signalAll();
        }
    }

    private void giveRoom(QueuedEvent<T> event) {
        state.room.give(event);
        state.freed.signalAll();
    }

    /** Counts an event that did not get so far. */
    EnqueueResult refuse(EnqueueResult reason) {
        state.lock.lock();
        try {
            return state.counts.refuse(reason);
        } finally {
            state.lock.unlock();
        }
    }

    /** Lets an event in, or says why not; waits as long as the policy says. */
    private EnqueueResult admit(QueuedEvent<T> event) {
        if (state.closed()) {
            return state.counts.refuse(EnqueueResult.CLOSED);
        }
        return fits(event) ? EnqueueResult.ACCEPTED : admitWithoutRoom(event);
    }

    /** Where nothing may spill, what a restart has found in the journal takes room as well. */
    private boolean fits(QueuedEvent<T> event) {
        Backlog<T> backlog = overflow.spills() ? null : state.backlog;
        return state.room.fits(event.bytes, backlog == null ? 0 : backlog.behind());
    }

    private EnqueueResult admitWithoutRoom(QueuedEvent<T> event) {
        try {
            awaitRoom(event);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return state.counts.refuse(EnqueueResult.INTERRUPTED);
        }
        if (state.closed()) {
            return state.counts.refuse(EnqueueResult.CLOSED);
        }
        boolean in = overflow.spills() || fits(event) || (overflow.drops() && dropFor(event));
        return in ? EnqueueResult.ACCEPTED : state.counts.refuse(EnqueueResult.FULL);
    }

    private void awaitRoom(QueuedEvent<T> event) throws InterruptedException {
        long nanos = overflow.waitNanos();
        long end = state.clock.nanos() + nanos;
        for (long left = nanos; left > 0 && !state.closed() && !fits(event); left = end - state.clock.nanos()) {
            state.clock.await(state.freed, left);
        }
    }

    private boolean dropFor(QueuedEvent<T> event) {
        while (!fits(event)) {
            QueuedEvent<T> oldest = state.lanes.takeOldest();
            if (oldest == null) {
                return false;
            }
            state.room.give(oldest);
            if (state.backlog != null) {
                droppedRecords.add(oldest.sequence);
            }
            state.settle(oldest, Outcome.DROPPED);
        }
        return true;
    }

    /** The records of what was dropped since the last call, for the journal to forget. */
    List<Long> takeDroppedRecords() {
        state.lock.lock();
        try {
            List<Long> taken = List.copyOf(droppedRecords);
            droppedRecords.clear();
            return taken;
        } finally {
            state.lock.unlock();
        }
    }
}
