package io.agentruntime.queue;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Part of a segment in memory, in which records are looked for. */
final class RecordWindow {

    private final long segment;
    private final long start;
    private final byte[] array;
    private final ByteBuffer bytes;
    private final int length;

    /** Makes a window on the part of a segment that begins at a byte of its file, and has a length. */
    RecordWindow(long segment, long start, byte[] array, int length) {
        this.segment = segment;
        this.start = start;
        this.array = array;
        this.bytes = ByteBuffer.wrap(array);
        this.length = length;
    }

    long segment() {
        return segment;
    }

    long start() {
        return start;
    }

    int length() {
        return length;
    }

    /** Tells if a record seems to begin there: cheap, and wrong for damaged bytes only. */
    private boolean plausible(int at) {
        int payload = bytes.getInt(at);
        long number = bytes.getLong(at + 4) - segment;
        return payload >= 0 && payload <= RecordFormat.MAX_PAYLOAD && number >= 0 && number < RecordFormat.MAX_RECORDS;
    }

    long sequence(int at) {
        return bytes.getLong(at + 4);
    }

    /** Tells the length of the record whose head is there. */
    int recordLength(int at) {
        return RecordFormat.RECORD_HEAD + bytes.getInt(at);
    }

    /** Tells if the head of a record is there, and whole. */
    boolean hasHead(int at) {
        return at + RecordFormat.RECORD_HEAD <= length
                && plausible(at)
                && bytes.getInt(at + 12) == (int) headChecksum(at).getValue();
    }

    /** Tells if the record whose whole head is there is whole. */
    boolean hasRecord(int at) {
        if (recordLength(at) > length - at) {
            return false;
        }
        CRC32C checksum = headChecksum(at);
        checksum.update(array, at + RecordFormat.RECORD_HEAD, recordLength(at) - RecordFormat.RECORD_HEAD);
        return bytes.getInt(at + 16) == (int) checksum.getValue();
    }

    byte[] payload(int at) {
        byte[] payload = new byte[recordLength(at) - RecordFormat.RECORD_HEAD];
        bytes.get(at + RecordFormat.RECORD_HEAD, payload);
        return payload;
    }

    private CRC32C headChecksum(int at) {
        CRC32C checksum = new CRC32C();
        checksum.update(ByteBuffer.allocate(RecordFormat.PLACE)
                .putLong(segment)
                .putLong(start + at)
                .flip());
        checksum.update(array, at, 12);
        return checksum;
    }
}
