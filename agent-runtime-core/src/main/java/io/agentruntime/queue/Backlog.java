package io.agentruntime.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which events are in the journal only, and which are on their way into it. Guarded by the lock of its {@link QueueState}.
 *
 * <p>Memory holds the records up to the cursor that are not settled, and the journal alone holds those behind it. Usually none is: each
 * record goes to memory when it has been appended. Once one finds no room the queue is <em>spilled</em>: from then on records stay
 * behind the cursor, and are read when memory has been worked off, until none is left. A queue that finds records at its start is
 * spilled with its cursor at 0, so a restart is nothing else.
 *
 * <p>Appends run at the same time, and the journal gives out their numbers. A record goes to memory, or is read back, only when no
 * append that is under way can get a smaller number: it was noted for each append which number the journal had reached when it
 * began. So the cursor never passes a record that has not arrived.
 */
final class Backlog<T> {

    /** An event on its way into the journal. */
    static final class Append<T> {

        final QueuedEvent<T> event;
        final boolean roomTaken;
        private final long after; // its number will be greater

        private Append(QueuedEvent<T> event, boolean roomTaken, long after) {
            this.event = event;
            this.roomTaken = roomTaken;
            this.after = after;
        }
    }

    /** What is to be read: records behind the cursor, up to the end; and how many there are, or -1 if not known. */
    record Range(long cursor, long end, long records, int limit) {}

    private static final int MOST_AT_ONCE = 1_000;

    private final Set<Append<T>> underWay = new LinkedHashSet<>(); // the one that began first is first
    private final PriorityQueue<QueuedEvent<T>> early = new PriorityQueue<>(
            Comparator.comparingLong(event -> event.sequence)); // an append before them is under way
    private boolean appended; // one has begun
    private long arrived; // the greatest number
    private long firstOwn = Long.MAX_VALUE; // smaller ones were found at the start
    private long cursor;
    private long behind; // how many records are behind the cursor
    private boolean spilled;
    private boolean reading;
    private boolean appendAwaited; // a worker could read on if an append that is under way had ended
    private long readAgainNanos;

    Backlog(long found, long nowNanos) {
        behind = found;
        spilled = found > 0;
        readAgainNanos = nowNanos;
    }

    long behind() {
        return behind;
    }

    boolean spilled() {
        return spilled;
    }

    boolean quiet() {
        return underWay.isEmpty();
    }

    /** The position of a flush that begins now. */
    long position() {
        return arrived;
    }

    Append<T> begin(QueuedEvent<T> event, boolean roomTaken) {
        Append<T> append = new Append<>(event, roomTaken, arrived);
        appended = true;
        underWay.add(append);
        return append;
    }

    /** Ends an append that has led to a record. */
    void arrived(Append<T> append, long sequence) {
        append.event.sequence = sequence;
        append.event.position = sequence;
        arrived = Math.max(arrived, sequence);
        firstOwn = Math.min(firstOwn, sequence);
        if (spilled || !append.roomTaken) {
            spilled = true;
            behind++;
        } else {
            early.add(append.event);
        }
        end(append);
    }

    void end(Append<T> append) {
        underWay.remove(append);
    }

    /** No append that is under way gets this number or a smaller one. */
    private long settledUpTo() {
        return underWay.isEmpty() ? arrived : underWay.iterator().next().after;
    }

    /** The next event that may go to memory. */
    @Nullable
    QueuedEvent<T> pollReady() {
        QueuedEvent<T> first = early.peek();
        if (spilled || first == null || first.sequence > settledUpTo()) {
            return null;
        }
        cursor = first.sequence;
        return early.poll();
    }

    /** Leaves to the journal what has not gone to memory yet. Returns those events: they hold room no more. */
    List<QueuedEvent<T>> leaveEarly() {
        List<QueuedEvent<T>> left = new ArrayList<>(early);
        if (spilled) {
            behind += left.size();
            early.clear();
            return left;
        }
        return List.of();
    }

    /** What to read now, or null if there is nothing, or it is not the time. */
    @Nullable
    Range beginReading(int room, long now) {
        long end = appended ? settledUpTo() : Long.MAX_VALUE;
        boolean nothingSure = end <= cursor && !quiet();
        if (!spilled || reading || room <= 0 || nothingSure || readAgainNanos - now > 0) {
            appendAwaited |= nothingSure;
            return null;
        }
        reading = true;
        return new Range(cursor, end, end >= arrived ? behind : -1, Math.min(room, MOST_AT_ONCE));
    }

    /** Whether a worker waits for the end of an append; it is to be woken then. */
    boolean takeAppendAwaited() {
        boolean awaited = appendAwaited;
        appendAwaited = false;
        return awaited;
    }

    /** How long until a journal that could not be read is to be tried again, at most the given time. */
    long nanosToReading(long now, long atMost) {
        boolean later = spilled && !reading && readAgainNanos - now > 0;
        return later ? Math.min(atMost, readAgainNanos - now) : atMost;
    }

    /** What was read before the first append of this process began while it was read: some of it may be on its way to memory. */
    boolean doubtful(Range range) {
        return range.end == Long.MAX_VALUE && appended;
    }

    /** A record has left the journal's care: for memory, or because it cannot be read. Returns false if it was not known of. */
    boolean passed(long sequence) {
        cursor = sequence;
        boolean known = behind > 0;
        behind -= known ? 1 : 0;
        return known;
    }

    /** Where a record stands for a flush: what was found at the start is before all flushes. */
    long position(long sequence) {
        return sequence < firstOwn ? 0 : sequence;
    }

    /** Ends the reading. Returns how many of the records in the range were not there. */
    long endReading(Range range, long passed, boolean atEnd) {
        reading = false;
        long missing = atEnd && range.records >= 0 ? Math.max(0, range.records - passed) : 0;
        behind -= missing;
        spilled = behind > 0;
        return missing;
    }

    void readAgain(long atNanos) {
        reading = false;
        readAgainNanos = atNanos;
    }

    /** Reads at once, whatever happened before. */
    void hurry(long now) {
        readAgainNanos = readAgainNanos - now > 0 ? now : readAgainNanos;
    }
}
