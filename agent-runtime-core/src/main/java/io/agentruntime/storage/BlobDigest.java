package io.agentruntime.storage;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Counts bytes and computes both checksums of a {@link BlobInfo} as they pass, for those who write stores. Not thread-safe. */
public final class BlobDigest {

    private final CRC32C crc32c = new CRC32C();
    private final MessageDigest sha256 = newSha256();
    private long size;
    private @Nullable String finished;

    /** Starts with no bytes. */
    public BlobDigest() {}

    /**
     * Computes the checksums of a whole content.
     *
     * @param content the bytes
     * @return the digest
     */
    public static BlobDigest of(byte[] content) {
        BlobDigest digest = new BlobDigest();
        digest.update(content, 0, content.length);
        return digest;
    }

    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Takes in the next bytes.
     *
     * @param bytes where they are
     * @param offset where they begin
     * @param length how many they are
     * @throws IllegalStateException if the SHA-256 was asked for already
     */
    public void update(byte[] bytes, int offset, int length) {
        if (finished != null) {
            throw new IllegalStateException("the SHA-256 was asked for already");
        }
        crc32c.update(bytes, offset, length);
        sha256.update(bytes, offset, length);
        size += length;
    }

    /**
     * Tells how many bytes there were.
     *
     * @return the number of bytes
     */
    public long size() {
        return size;
    }

    /**
     * Tells the CRC-32C of the bytes so far.
     *
     * @return 8 lower-case hexadecimal digits
     */
    public String crc32c() {
        return HexFormat.of().toHexDigits((int) crc32c.getValue());
    }

    /**
     * Ends the computation and tells the SHA-256.
     *
     * @return 64 lower-case hexadecimal digits, the same at every call
     */
    public String sha256() {
        String result = finished;
        if (result == null) {
            result = HexFormat.of().formatHex(sha256.digest());
            finished = result;
        }
        return result;
    }

    /**
     * Compares size and checksums.
     *
     * @param info what is said of the blob; a SHA-256 of null is not compared
     * @return true if the bytes are those of the blob
     */
    public boolean matches(BlobInfo info) {
        return size == info.size()
                && crc32c().equals(info.crc32c())
                && (info.sha256() == null || sha256().equals(info.sha256()));
    }
}
