package io.agentruntime.queue;

import java.util.ArrayList;
import java.util.List;

/** What is known of one segment and its file of acknowledgements. Guarded by the lock of its journal. */
final class Segment {

    /** Where a record is. */
    record Slot(Segment segment, long sequence, int place, int length) {}

    private final long first;
    private RecordIndex index;
    private long size;
    private long acknowledgementBytes;
    private List<Long> unwritten = new ArrayList<>();

    Segment(long first, RecordIndex index, long size) {
        this.first = first;
        this.index = index;
        this.size = size;
    }

    /** Makes a segment that holds nothing but its head. */
    static Segment empty(long first) {
        return new Segment(first, new RecordIndex(), RecordFormat.FILE_HEAD);
    }

    /** The number that its files are named after: no record in it has a smaller one. Never changes. */
    long first() {
        return first;
    }

    long size() {
        return size;
    }

    /** The bytes of both of its files. */
    long bytes() {
        return size + acknowledgementBytes;
    }

    int live() {
        return index.live();
    }

    /** The bytes that are not those of wanted records. */
    long garbage() {
        return bytes() - index.liveBytes() - RecordFormat.FILE_HEAD;
    }

    void added(long sequence, int length) {
        index.add((int) (sequence - first), (int) size, length);
        size += length;
    }

    /** Forgets a record, and remembers to write that down; tells if there was one. */
    boolean forget(long sequence) {
        return drop(sequence) && unwritten.add(sequence);
    }

    /** Forgets a record until the next start; tells if there was one. */
    boolean drop(long sequence) {
        return index.forget(sequence - first);
    }

    /** Forgets what was written down. */
    void forget(Acknowledgement acknowledgement) {
        index.forget(acknowledgement.first() - first, acknowledgement.count());
    }

    /** The numbers that are forgotten here and not on the disk. */
    List<Long> unwritten() {
        return unwritten;
    }

    long acknowledgementBytes() {
        return acknowledgementBytes;
    }

    /** Notes what is written down. */
    void acknowledged(long bytes) {
        acknowledgementBytes = bytes;
        unwritten = new ArrayList<>();
    }

    /** Finds the next records that are wanted, in their order. */
    List<Slot> slots(long after, long last, int limit) {
        List<Slot> slots = new ArrayList<>();
        int at = index.atOrAfter(after + 1 - first);
        while (at >= 0 && slots.size() < limit && first + index.number(at) <= last) {
            slots.add(new Slot(this, first + index.number(at), index.place(at), index.length(at)));
            at = index.after(at);
        }
        return slots;
    }

    /** Takes the place of what was there before it was written anew. */
    void replaced(RecordIndex newIndex, long newSize) {
        index = newIndex;
        size = newSize;
        unwritten = new ArrayList<>();
    }
}
