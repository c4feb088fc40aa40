package io.agentruntime.queue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The segments of a journal, and how much they hold together. Everything here, and each segment, is guarded by {@link #lock}. */
final class Segments {

    /** A segment is worth writing anew if at least one in so many bytes is garbage: what is copied stays in proportion. */
    private static final int WORTH = 4;

    /** Held for some microseconds, and while a record is appended. */
    private final ReentrantLock lock = new ReentrantLock();

    private final NavigableMap<Long, Segment> byFirst = new TreeMap<>();
    private long bytes;
    private long live;

    ReentrantLock lock() {
        return lock;
    }

    /** Looks at something under the lock. */
    <T> T look(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** Changes something under the lock. */
    void change(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    void add(Segment segment) {
        byFirst.put(segment.first(), segment);
        bytes += segment.bytes();
        live += segment.live();
    }

    void remove(Segment segment) {
        byFirst.remove(segment.first());
        bytes -= segment.bytes();
        live -= segment.live();
    }

    /** Counts a record that was appended. */
    void appended(int length) {
        bytes += length;
        live++;
    }

    /** Counts a change of a segment's length. */
    void resized(long difference) {
        bytes += difference;
    }

    int count() {
        return byFirst.size();
    }

    long bytes() {
        return bytes;
    }

    long live() {
        return live;
    }

    long garbage() {
        return byFirst.values().stream().mapToLong(Segment::garbage).sum();
    }

    /** The number of the newest segment; 0 if there is none. Its file tells which numbers have been given, and so it stays. */
    long newest() {
        return byFirst.isEmpty() ? 0 : byFirst.lastKey();
    }

    /** Finds the next records that are wanted. */
    List<Segment.Slot> slots(long after, long last, int limit) {
        List<Segment.Slot> slots = new ArrayList<>();
        Long from = byFirst.floorKey(after);
        for (Segment segment : byFirst.tailMap(from == null ? 0 : from).values()) {
            slots.addAll(segment.slots(after, last, limit - slots.size()));
            if (slots.size() == limit) {
                break;
            }
        }
        return slots;
    }

    /** Forgets records. */
    void forget(long[] sequences) {
        for (long sequence : sequences) {
            Map.Entry<Long, Segment> entry = byFirst.floorEntry(sequence);
            if (entry != null && entry.getValue().forget(sequence)) {
                live--;
            }
        }
    }

    /** Forgets a record that cannot be read. That is not written down: its bytes may be found in order another time. */
    void drop(Segment.Slot slot) {
        if (slot.segment().drop(slot.sequence())) {
            live--;
        }
    }

    /** Finds the segments with acknowledgements that are not on the disk. */
    List<Segment> unwritten() {
        return byFirst.values().stream()
                .filter(segment -> !segment.unwritten().isEmpty())
                .toList();
    }

    /** Finds the segments of which nothing is wanted any more. */
    List<Segment> done() {
        Collection<Segment> older = byFirst.headMap(newest()).values();
        return older.stream().filter(segment -> segment.live() == 0).toList();
    }

    /** Finds the segment with the greatest part of garbage, besides one, if it is worth the work. */
    Optional<Segment> sparsest(@Nullable Segment besides) {
        return byFirst.values().stream()
                .filter(segment -> segment != besides && isSparse(segment))
                .max(Comparator.comparingDouble(segment -> (double) segment.garbage() / segment.bytes()));
    }

    /** Tells if it is worth the work to write a segment anew. */
    static boolean isSparse(Segment segment) {
        return segment.garbage() > 0 && segment.garbage() >= segment.bytes() / WORTH;
    }
}
