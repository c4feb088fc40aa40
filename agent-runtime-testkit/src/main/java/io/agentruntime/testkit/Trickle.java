package io.agentruntime.testkit;

import java.io.IOException;
import java.io.InputStream;

/** A content of unknown length that comes a few bytes at a time, and may fail on the way. */
final class Trickle extends InputStream {

    private static final int MOST = 4_097;

    private final byte[] content;
    private final int good;
    private int position;

    /** Fails after the bytes that are good, unless those are all. */
    Trickle(byte[] content, int good) {
        this.content = content;
        this.good = good;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (position == content.length) {
            return -1;
        }
        if (position >= good) {
            throw new IOException("the source failed");
        }
        int count = Math.min(Math.min(length, MOST), content.length - position);
        System.arraycopy(content, position, target, offset, count);
        position += count;
        return count;
    }
}
