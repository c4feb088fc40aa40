package io.agentruntime.gcs;

import io.agentruntime.storage.BlobDigest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A content of unknown length, one piece at a time, in one buffer. Not thread-safe. */
final class GcsPieces {

    /** The length of all pieces but the last one: a multiple of 256 KiB, as the service demands. */
    static final int LENGTH = 2 * 1024 * 1024;

    private final InputStream content;
    private final String path;
    private final byte[] piece = new byte[LENGTH];
    private final BlobDigest digest = new BlobDigest();
    private int length;

    /** Reads the first piece. */
    GcsPieces(InputStream content, String path) {
        this.content = content;
        this.path = path;
        this.length = read();
    }

    private int read() {
        try {
            int count = content.readNBytes(piece, 0, LENGTH);
            digest.update(piece, 0, count);
            return count;
        } catch (IOException e) { // the caller's, and no failure of the storage
            throw new UncheckedIOException("cannot read the content of '" + path + "'", e);
        }
    }

    /** Says whether there may be more than the current piece. */
    boolean maybeMore() {
        return length == LENGTH;
    }

    byte[] all() {
        return Arrays.copyOf(piece, length);
    }

    ByteBuffer current() {
        return ByteBuffer.wrap(piece, 0, length);
    }

    /** Reads the next piece in the current one's place; empty if there is no more. */
    ByteBuffer next() {
        length = maybeMore() ? read() : 0;
        return current();
    }

    /** What the pieces so far are. */
    BlobDigest digest() {
        return digest;
    }
}
