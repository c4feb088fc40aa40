package io.agentruntime.queue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Numbers that follow one another and are acknowledged. On the disk: the first number, how many, and the CRC32C of the segment's name
 * and both.
 */
record Acknowledgement(long first, int count) {

    /** The bytes of one on the disk. */
    static final int LENGTH = 16;

    /** Finds what follows one another in numbers that are sorted. */
    static List<Acknowledgement> of(List<Long> sorted) {
        List<Acknowledgement> runs = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= sorted.size(); i++) {
            if (i == sorted.size() || sorted.get(i) != sorted.get(i - 1) + 1) {
                runs.add(new Acknowledgement(sorted.get(from), i - from));
                from = i;
            }
        }
        return runs;
    }

    static byte[] encode(long segment, List<Acknowledgement> acknowledgements) {
        ByteBuffer bytes = ByteBuffer.allocate(LENGTH * acknowledgements.size());
        for (Acknowledgement one : acknowledgements) {
            bytes.putLong(one.first).putInt(one.count).putInt(one.checksum(segment));
        }
        return bytes.array();
    }

    /** Reads what is whole. What is not is passed over: its records come again. */
    static List<Acknowledgement> decode(long segment, byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        List<Acknowledgement> whole = new ArrayList<>();
        while (bytes.remaining() >= LENGTH) {
            Acknowledgement one = new Acknowledgement(bytes.getLong(), bytes.getInt());
            if (bytes.getInt() == one.checksum(segment)) {
                whole.add(one);
            }
        }
        return whole;
    }

    private int checksum(long segment) {
        CRC32C checksum = new CRC32C();
        checksum.update(ByteBuffer.allocate(20)
                .putLong(segment)
                .putLong(first)
                .putInt(count)
                .flip());
        return (int) checksum.getValue();
    }
}
