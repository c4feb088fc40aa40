package io.agentruntime.testkit.gcs;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.zip.CRC32C;

/**
 * The checksums of an object.
 *
 * @param crc32c the CRC-32C, in Base64
 * @param md5 the MD5, in Base64
 */
record GcsHashes(String crc32c, String md5) {

    /** Takes in the bytes as they come. Not thread-safe. */
    static final class Computation {

        private final CRC32C crc32c = new CRC32C();
        private final MessageDigest md5 = newMd5();

        void update(byte[] bytes) {
            crc32c.update(bytes);
            md5.update(bytes);
        }

        GcsHashes end() {
            byte[] crc = ByteBuffer.allocate(4).putInt((int) crc32c.getValue()).array();
            return new GcsHashes(base64(crc), base64(md5.digest()));
        }

        private static String base64(byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }

        private static MessageDigest newMd5() {
            try {
                return MessageDigest.getInstance("MD5");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has MD5", e);
            }
        }
    }
}
