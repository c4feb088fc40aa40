package io.agentruntime.queue;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How a journal's files look. A segment begins with a head of magic number, format version and the checksum of both; these 16 bytes
 * stay as they are in every version. Records follow: length of the payload, sequence number, checksum of these two, checksum of
 * all, payload. Numbers are big-endian, checksums CRC32C.
 *
 * <p>The checksums of a record also cover the name of its segment and its place in it. So a record is valid in one place only, and
 * neither a copy of it inside another one's payload nor a stale block of the disk is ever taken for a record. The head has a
 * checksum of its own, so that its length can be trusted even if the payload is damaged.
 */
final class RecordFormat {

    /** The version that is written, and the newest that is read. */
    static final int VERSION = 1;

    /** The bytes before the first record of a segment. */
    static final int FILE_HEAD = 16;

    /** The bytes of a record besides its payload. */
    static final int RECORD_HEAD = 20;

    /** The largest payload, in bytes. */
    static final int MAX_PAYLOAD = 1 << 30;

    /** A segment whose first number is n holds only numbers below n + this: that many records do not fit into the largest one. */
    static final long MAX_RECORDS = 1 << 26;

    /** The largest segment that may be asked for: 64 MiB. One record that is larger has a segment of its own. */
    static final int MAX_SEGMENT = 1 << 26;

    /** What precedes a record where its checksum is computed, and is not written: the segment, and the place in it. */
    static final int PLACE = 16;

    private static final int HEAD_CHECKSUM = PLACE + 12;
    private static final int PAYLOAD = PLACE + RECORD_HEAD;
    private static final long MAGIC = 0x4152_4A4F_5552_4E4CL; // ARJOURNL
    private static final int INITIAL_BUFFER = 8 * 1024;
    private static final int LARGEST_KEPT_BUFFER = 1024 * 1024;

    private final CRC32C checksum = new CRC32C();
    private ByteBuffer buffer = ByteBuffer.allocate(INITIAL_BUFFER);

    /** Makes a format with a buffer of its own: not thread-safe. */
    RecordFormat() {}

    /** Gives what a segment begins with. */
    static byte[] fileHead(int version) {
        ByteBuffer head = ByteBuffer.allocate(FILE_HEAD).putLong(MAGIC).putInt(version);
        CRC32C checksum = new CRC32C();
        checksum.update(head.array(), 0, 12);
        return head.putInt((int) checksum.getValue()).array();
    }

    /** Tells the version that the head of a segment names, or 0 if the head is damaged. */
    static int version(byte[] segment) {
        if (segment.length < FILE_HEAD) {
            return 0;
        }
        ByteBuffer head = ByteBuffer.wrap(segment);
        CRC32C checksum = new CRC32C();
        checksum.update(segment, 0, 12);
        boolean whole = head.getLong(0) == MAGIC && head.getInt(12) == (int) checksum.getValue();
        return whole ? head.getInt(8) : 0;
    }

    /** Puts a record together, in {@link #encoded} from {@link #encodedFrom} on, and tells its length there. */
    int encode(long segment, long place, long sequence, byte[] payload) {
        int end = PAYLOAD + payload.length;
        if (end > buffer.capacity() || buffer.capacity() > LARGEST_KEPT_BUFFER) {
            buffer = ByteBuffer.allocate(Math.max(end, INITIAL_BUFFER));
        }
        buffer.putLong(0, segment)
                .putLong(8, place)
                .putInt(PLACE, payload.length)
                .putLong(PLACE + 4, sequence);
        checksum.reset();
        checksum.update(buffer.array(), 0, HEAD_CHECKSUM);
        buffer.putInt(HEAD_CHECKSUM, (int) checksum.getValue());
        checksum.update(payload, 0, payload.length);
        buffer.putInt(HEAD_CHECKSUM + 4, (int) checksum.getValue()).put(PAYLOAD, payload);
        return end - PLACE;
    }

    /** The array that {@link #encode} wrote to. */
    byte[] encoded() {
        return buffer.array();
    }

    /** Where in {@link #encoded} the record begins. */
    static int encodedFrom() {
        return PLACE;
    }
}
