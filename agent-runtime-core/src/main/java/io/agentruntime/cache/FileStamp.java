package io.agentruntime.cache;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a file looks like without being read. The time of its last change of any kind, where the system tells it, cannot be set by a
 * program, as the time of the last change of its content can.
 */
record FileStamp(
        long size,
        FileTime modified,
        @Nullable Object changed,
        @Nullable Object fileKey) {

    /** Two changes within this time may leave the same stamp. */
    private static final Duration GRAIN = Duration.ofSeconds(2);

    private static final int BUFFER = 64 * 1024;

    static FileStamp of(Path file) throws IOException {
        BasicFileAttributes basic = Files.readAttributes(file, BasicFileAttributes.class);
        boolean unix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
        Object changed = unix ? Files.getAttribute(file, "unix:ctime") : null;
        return new FileStamp(basic.size(), basic.lastModifiedTime(), changed, basic.fileKey());
    }

    /** Whether a file that still has this stamp has not been written since it was read. */
    boolean tells(Instant read) {
        return modified.toInstant().plus(GRAIN).isBefore(read);
    }

    /** Hashes the content piece by piece. */
    static String hash(Path file) throws IOException {
        var digest = Sha256.digest();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return Sha256.hex(digest);
    }
}
