package io.agentruntime.testkit.gcs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** The bytes of an object: in memory if they came at once, in a file if they came in pieces, of which there may be many. Immutable. */
final class GcsContent {

    private static final int CHUNK = 64 * 1024;

    private final byte[] memory;
    private final @Nullable Path file;
    private final long size;

    private GcsContent(byte[] memory, @Nullable Path file, long size) {
        this.memory = memory;
        this.file = file;
        this.size = size;
    }

    static GcsContent of(byte[] bytes) {
        return new GcsContent(bytes, null, bytes.length);
    }

    static GcsContent of(Path file) throws IOException {
        return new GcsContent(new byte[0], file, Files.size(file));
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

    /** The CRC-32C and the MD5, each in Base64. */
    Hashes hashes() {
        CRC32C crc32c = new CRC32C();
        MessageDigest md5 = md5();
        try {
            writeTo(
                    new OutputStream() {
                        @Override
                        public void write(int b) {
                            write(new byte[] {(byte) b}, 0, 1);
                        }

                        @Override
                        public void write(byte[] bytes, int offset, int length) {
                            crc32c.update(bytes, offset, length);
                            md5.update(bytes, offset, length);
                        }
                    },
                    0,
                    size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] crc = ByteBuffer.allocate(4).putInt((int) crc32c.getValue()).array();
        return new Hashes(base64(crc), base64(md5.digest()));
    }

    /** Two checksums. */
    record Hashes(String crc32c, String md5) {}

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }
}
