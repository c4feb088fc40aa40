package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32;

/** Writes a few blobs over and over until it is killed, and prints the number of each one that is stored. */
final class BlobWriter {

    static final BlobName FOLDER = BlobName.of("acme");
    static final int BLOBS = 5;

    private BlobWriter() {}

    public static void main(String[] arguments) {
        BlobStore store = BlobStore.inDirectory(Path.of(arguments[0]));
        Random random = new Random();
        for (int i = 0; ; i = (i + 1) % BLOBS) {
            byte[] content = new byte[8 + random.nextInt(200_000)];
            random.nextBytes(content);
            ByteBuffer.wrap(content).putLong(checksum(content));
            store.put(name(i), content);
            System.out.println(i);
        }
    }

    static BlobName name(int number) {
        return FOLDER.child("blob " + number);
    }

    /** A blob begins with the checksum of its rest. */
    static void assertWhole(byte[] content) {
        assertThat(content).hasSizeGreaterThanOrEqualTo(8);
        assertThat(ByteBuffer.wrap(content).getLong()).isEqualTo(checksum(content));
    }

    private static long checksum(byte[] content) {
        CRC32 checksum = new CRC32();
        checksum.update(content, 8, content.length - 8);
        return checksum.getValue() << 20 | content.length;
    }
}
