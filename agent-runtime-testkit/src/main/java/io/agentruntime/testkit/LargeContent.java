package io.agentruntime.testkit;

import io.agentruntime.storage.BlobDigest;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.util.Random;

/** A content that is made as it is read, and a look at the memory that is in use while it passes. */
final class LargeContent extends InputStream {

    private static final int BLOCK = 1 << 20;
    private static final int BLOCKS_PER_LOOK = 16;

    private final byte[] block = new byte[BLOCK];
    private final BlobDigest digest = new BlobDigest();
    private final long size;
    private long position;
    private long mostHeap;

    LargeContent(long size) {
        this.size = size;
        new Random(size).nextBytes(block);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (position == size) {
            return -1;
        }
        int inBlock = (int) (position % BLOCK);
        if (inBlock == 0) {
            beginBlock();
        }
        int count = (int) Math.min(Math.min(length, BLOCK - inBlock), size - position);
        System.arraycopy(block, inBlock, target, offset, count);
        digest.update(block, inBlock, count);
        position += count;
        return count;
    }

    /** No block is like another one. */
    private void beginBlock() {
        long number = position / BLOCK;
        for (int i = 0; i < Long.BYTES; i++) {
            block[i] = (byte) (number >> (8 * i));
        }
        if (number % BLOCKS_PER_LOOK == 0) {
            mostHeap = Math.max(mostHeap, liveHeap());
        }
    }

    BlobDigest digest() {
        return digest;
    }

    /** The most memory that was in use, in bytes. */
    long mostHeap() {
        return mostHeap;
    }

    /** Reads another stream to its end, and looks at the memory as often; gives the most that was in use. */
    static long drain(InputStream stream) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        long most = 0;
        long nextLook = 0;
        long total = 0;
        for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
            total += count;
            if (total >= nextLook) {
                most = Math.max(most, liveHeap());
                nextLook += (long) BLOCKS_PER_LOOK * BLOCK;
            }
        }
        return most;
    }

    /** What is still in use after a collection, in bytes. */
    static long liveHeap() {
        var memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}
