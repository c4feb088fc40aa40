package io.agentruntime.queue;

import static java.util.Objects.requireNonNull;

import io.agentruntime.queue.Backlog.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads back into memory what is in the journal only. One worker at a time does it; the lock is not held while it reads. */
final class Refiller<T> {

    private static final Logger log = LoggerFactory.getLogger(BackgroundQueue.class);

    /** How long to wait when there was no room for what was read, or nothing could be concluded. */
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long SHORT_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** A record that was read: as an event, or why it is none. */
    private record Read<T>(
            Journal.Entry entry,
            @Nullable QueuedEvent<T> event,
            @Nullable Throwable failure) {}

    /** A record that is no event, and where it stood among the others. */
    private record Unreadable(Journal.Entry entry, Throwable failure, long position) {}

    private final QueueState<T> state;
    private final EventMaker<T> maker;
    private final Records<T> records;
    private final Backlog<T> backlog;
    private final Graveyard<T> graveyard;
    private final Rarely failures;
    private final AtomicInteger failuresInARow = new AtomicInteger();

    Refiller(QueueState<T> state, EventMaker<T> maker, Graveyard<T> graveyard) {
        this.state = state;
        this.maker = maker;
        this.graveyard = graveyard;
        this.records = requireNonNull(state.config.records(), "records");
        this.backlog = requireNonNull(state.backlog, "backlog");
        this.failures = new Rarely(state.clock);
    }

    void refill(Range range) {
        try {
            List<Journal.Entry> entries = records.journal().read(range.cursor(), range.limit());
            failuresInARow.set(0);
            boolean whole = entries.size() < range.limit();
            takeIn(range, read(entries, range.end()), whole);
        } catch (Throwable failure) { // an error too must leave the queue readable
            later(failure);
        }
    }

    private void later(Throwable failure) {
        if (failures.now()) {
            log.warn("queue '{}' cannot read its journal ({} times)", state.config.name(), failures.count(), failure);
        }
        long pause = state.config.retry().backoff().nanosAfter(failuresInARow.incrementAndGet());
        state.lock.lock();
        try {
            backlog.readAgain(state.clock.nanos() + Math.max(pause, REST_NANOS));
            state.work.signal();
        } finally {
            state.lock.unlock();
        }
    }

    /** What is behind the end may be an append that is under way: it stays for the next time. */
    private List<Read<T>> read(List<Journal.Entry> entries, long end) {
        List<Read<T>> read = new ArrayList<>(entries.size());
        for (Journal.Entry entry : entries) {
            if (entry.sequence() <= end) {
                read.add(read(entry));
            }
        }
        return read;
    }

    private Read<T> read(Journal.Entry entry) {
        try {
            return new Read<>(entry, maker.make(entry, records.decode(entry)), null);
        } catch (Throwable failure) { // whatever a codec throws costs this record only
            return new Read<>(entry, null, failure);
        }
    }

    private void takeIn(Range range, List<Read<T>> read, boolean whole) {
        List<Unreadable> unreadable = new ArrayList<>();
        long missing = 0;
        state.lock.lock();
        try {
            if (backlog.doubtful(range)) {
                backlog.readAgain(state.clock.nanos());
            } else {
                int passed = toMemory(read, unreadable);
                boolean atEnd = passed == read.size() && (whole || read.size() < range.limit());
                missing = backlog.endReading(range, passed, atEnd);
                restIfLittle(passed + missing, atEnd);
            }
            state.work.signalAll();
        } finally {
            state.lock.unlock();
        }
        unreadable.forEach(record -> graveyard.buryRecord(record.entry, record.failure, record.position));
        if (missing > 0) {
            graveyard.missing(missing);
        }
    }

    /** Takes in as much as there is room for, and always one if memory is empty. */
    private int toMemory(List<Read<T>> read, List<Unreadable> unreadable) {
        int passed = 0;
        for (Read<T> record : read) {
            QueuedEvent<T> event = record.event;
            if (event != null && !state.room.isEmpty() && !state.room.fits(event.bytes, 0)) {
                break;
            }
            passed++;
            long sequence = record.entry.sequence();
            long position = backlog.position(sequence);
            state.counts.recoveredUnless(backlog.passed(sequence));
            if (event == null) {
                unreadable.add(new Unreadable(record.entry, requireNonNull(record.failure), position));
            } else {
                event.position = position;
                state.room.take(event);
                boolean unused = state.lanes.add(event);
            }
        }
        return passed;
    }

    /**
     * Lets more come together where little could be moved: a queue that is spilled, and is offered events all the time, must not be read for
     * each of them.
     */
    private void restIfLittle(long moved, boolean atEnd) {
        if (backlog.spilled() && moved == 0) {
            backlog.readAgain(state.clock.nanos() + REST_NANOS);
        } else if (backlog.spilled() && atEnd && moved < state.config.batching().size()) {
            backlog.readAgain(state.clock.nanos() + SHORT_REST_NANOS);
        }
    }
}
