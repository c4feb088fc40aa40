package io.agentruntime.queue;

import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.queue.FlushBarriers.Barrier;
import io.agentruntime.queue.QueueCounters.Outcome;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a queue holds and has counted, behind one lock. Nothing but waiting and counting happens under it: the journal, the handler and
 * every other function of the host's are called without it. Events come in through {@link Entrance} and go out through {@link Exit},
 * which share the lock.
 *
 * <p>An event waits in {@link Lanes} or, if it found no room, in the {@link Backlog}; a worker takes a {@link Batch} of them, which is
 * then open until its last event is settled. A batch that failed is parked until its next attempt.
 */
final class QueueState<T> {

    final QueueConfig<T> config;
    final QueueClock clock;
    final ReentrantLock lock = new ReentrantLock(); // guards everything below
    final Condition work = lock.newCondition(); // something for a worker to look at
    final Condition freed = lock.newCondition(); // room, or a closed intake
    final Condition settled = lock.newCondition(); // something for a flush to look at
    final QueueCounters counts = new QueueCounters();
    final FlushBarriers flushes = new FlushBarriers();
    final Room<T> room;
    final Lanes<T> lanes;
    final @Nullable Backlog<T> backlog; // null without a journal
    final Set<Batch<T>> open = new LinkedHashSet<>(); // the parked ones included
    final PriorityQueue<Batch<T>> parked =
            new PriorityQueue<>((a, b) -> Long.signum(a.dueNanos - b.dueNanos)); // the clock may wrap around
    private boolean closed;
    private volatile boolean abandoned;

    QueueState(QueueConfig<T> config) {
        this.config = config;
        this.clock = config.clock();
        this.room = new Room<>(config.bounds());
        this.lanes = new Lanes<>(config);
        Records<T> records = config.records();
        this.backlog = records == null ? null : new Backlog<>(records.journal().size(), clock.nanos());
        this.counts.recovered = backlog == null ? 0 : backlog.behind();
        this.counts.accepted = counts.recovered;
    }

    boolean closed() {
        return closed;
    }

    boolean abandoned() {
        return abandoned;
    }

    /** Says whether there is nothing to do any more, for workers and for flushes. */
    boolean over() {
        return abandoned || (closed && counts.pending() == 0 && (backlog == null || backlog.quiet()));
    }

    /** Refuses what comes from now on, and lets nothing wait that was accepted. */
    void close() {
        lock.lock();
        try {
            closed = true;
            parked.forEach(batch -> batch.dueNanos = clock.nanos()); // all alike, so their order stays right
            if (backlog != null) {
                backlog.hurry(clock.nanos());
            }
            wakeAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets the workers go, whatever is left. */
    void abandon() {
        lock.lock();
        try {
            abandoned = true;
            wakeAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets everyone who waits look at the clock again. */
    void wake() {
        lock.lock();
        try {
            wakeAll();
        } finally {
            lock.unlock();
        }
    }

    private void wakeAll() {
        work.signalAll();
        freed.signalAll();
        settled.signalAll();
    }

    /** Waits on a worker, but not past its end; a closing of the intake ends the wait. Returns false if there is nothing more to do. */
    boolean pause(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            boolean wasClosed = closed;
            long end = clock.nanos() + nanos;
            for (long left = nanos; left > 0 && !over() && closed == wasClosed; left = end - clock.nanos()) {
                clock.await(work, left);
            }
            return !over();
        } finally {
            lock.unlock();
        }
    }

    /** Counts events that the handler took. What the journal has of them was acknowledged before. */
    void settleDelivered(List<QueuedEvent<T>> events) {
        lock.lock();
        try {
            for (QueuedEvent<T> event : events) {
                settle(event, Outcome.DELIVERED);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Counts an event that was given up, and whether someone took it. */
    void settleDead(QueuedEvent<T> event, boolean taken) {
        event.settled = true;
        settleUnread(event.position, taken);
    }

    /** The same for a record that is no event. */
    void settleUnread(long position, boolean taken) {
        lock.lock();
        try {
            counts.untaken += taken ? 0 : 1;
            settle(position, Outcome.DEAD);
        } finally {
            lock.unlock();
        }
    }

    /** Counts how an event came to its end. By someone who holds the lock. */
    void settle(QueuedEvent<T> event, Outcome outcome) {
        event.settled = true;
        settle(event.position, outcome);
    }

    private void settle(long position, Outcome outcome) {
        counts.settled(outcome);
        if (flushes.settled(position, outcome == Outcome.DELIVERED)) {
            settled.signalAll();
        }
        if (closed && over()) {
            wakeAll();
        }
    }

    /** Waits until everything that was accepted so far is settled. Returns true if all of it was delivered. */
    boolean flush(Deadline deadline) throws InterruptedException {
        lock.lockInterruptibly();
        Barrier barrier = flushes.raise(backlog == null ? counts.accepted : backlog.position(), counts.pending());
        try {
            work.signalAll(); // a flush does not wait for batches to fill
            long left = deadline.remainingNanos();
            while (!barrier.reached() && !over() && left > 0) {
                long unused = settled.awaitNanos(left);
                left = deadline.remainingNanos();
            }
            return barrier.succeeded();
        } finally {
            flushes.lower(barrier);
            lock.unlock();
        }
    }

    /** How long the oldest event has been here that is not settled, as far as memory knows. */
    private long oldestAgeNanos() {
        long now = clock.nanos();
        long oldest = lanes.oldest(now);
        for (Batch<T> batch : open) {
            for (QueuedEvent<T> event : batch.events()) {
                boolean older = !event.settled && event.acceptedNanos - oldest < 0;
                oldest = older ? event.acceptedNanos : oldest;
            }
        }
        return now - oldest;
    }

    BackgroundQueue.Statistics statistics(Figures others) {
        lock.lock();
        try {
            return counts.statistics(others, room.held(), Duration.ofNanos(oldestAgeNanos()));
        } finally {
            lock.unlock();
        }
    }

    DrainReport drainReport() {
        lock.lock();
        try {
            return counts.drainReport(backlog != null);
        } finally {
            lock.unlock();
        }
    }
}
