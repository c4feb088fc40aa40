package io.agentruntime.testkit.gcs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The bytes of an object: in memory if they came at once, in a file if they came in pieces, of which there may be many. Immutable. */
final class GcsContent {

    private static final int CHUNK = 64 * 1024;

    private final byte[] memory;
    private final @Nullable Path file;
    private final long size;
    private final GcsHashes hashes;

    private GcsContent(byte[] memory, @Nullable Path file, long size, GcsHashes hashes) {
        this.memory = memory;
        this.file = file;
        this.size = size;
        this.hashes = hashes;
    }

    static GcsContent of(byte[] bytes) {
        GcsHashes.Computation computation = new GcsHashes.Computation();
        computation.update(bytes);
        return new GcsContent(bytes, null, bytes.length, computation.end());
    }

    static GcsContent of(Path file, GcsHashes hashes) throws IOException {
        return new GcsContent(new byte[0], file, Files.size(file), hashes);
    }

    long size() {
        return size;
    }

    byte[] bytes(long offset, long length) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writeTo(bytes, offset, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    void writeTo(OutputStream target, long offset, long length) throws IOException {
        if (file == null) {
            target.write(memory, (int) offset, (int) length);
            return;
        }
        try (InputStream source = Files.newInputStream(file)) {
            source.skipNBytes(offset);
            byte[] chunk = new byte[CHUNK];
            for (long left = length; left > 0; ) {
                int count = source.readNBytes(chunk, 0, (int) Math.min(left, CHUNK));
                target.write(chunk, 0, count);
                left -= count;
            }
        }
    }

    /** The checksums; those of a file are known from the time when it was written. */
    GcsHashes hashes() {
        return hashes;
    }
}
