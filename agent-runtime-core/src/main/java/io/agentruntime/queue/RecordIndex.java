package io.agentruntime.queue;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Where the records of one segment are, and which of them are still wanted: 12 bytes and a bit for each. Numbers are counted from the
 * first one of the segment. Not thread-safe.
 */
final class RecordIndex {

    private static final int INITIAL = 64;

    private final BitSet forgotten = new BitSet();
    private int[] numbers = new int[INITIAL];
    private int[] places = new int[INITIAL];
    private int[] lengths = new int[INITIAL];
    private int count;
    private int live;
    private long liveBytes;

    /** Adds a record behind the others. */
    void add(int number, int place, int length) {
        if (count == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * count);
            places = Arrays.copyOf(places, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
        }
        numbers[count] = number;
        places[count] = place;
        lengths[count++] = length;
        live++;
        liveBytes += length;
    }

    /** Forgets the record of that number, and tells if there was one. */
    boolean forget(long number) {
        int position = position(number);
        if (position == count || numbers[position] != number || forgotten.get(position)) {
            return false;
        }
        forgotten.set(position);
        live--;
        liveBytes -= lengths[position];
        return true;
    }

    /** Forgets the records whose numbers lie in a range. */
    void forget(long from, int size) {
        for (int i = position(from); i < count && numbers[i] < from + size; i++) {
            forget(numbers[i]);
        }
    }

    /** Finds the position of the first record that is wanted and whose number is not smaller; -1 if there is none. */
    int atOrAfter(long number) {
        return wanted(position(number));
    }

    /** Finds the next position of a record that is wanted; -1 if there is none. */
    int after(int position) {
        return wanted(position + 1);
    }

    private int wanted(int from) {
        int position = forgotten.nextClearBit(from);
        return position < count ? position : -1;
    }

    private int position(long number) {
        if (number > Integer.MAX_VALUE) {
            return count;
        }
        int found = Arrays.binarySearch(numbers, 0, count, (int) Math.max(0, number));
        return found >= 0 ? found : -found - 1;
    }

    int number(int position) {
        return numbers[position];
    }

    int place(int position) {
        return places[position];
    }

    int length(int position) {
        return lengths[position];
    }

    int live() {
        return live;
    }

    long liveBytes() {
        return liveBytes;
    }
}
