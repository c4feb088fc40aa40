package io.agentruntime.storage;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a stored blob without its bytes. Immutable and thread-safe.
 *
 * @param name its name
 * @param contentType its media type
 * @param metadata what its writer wanted to be known
 * @param size its length, in bytes
 * @param crc32c its CRC-32C, as 8 lower-case hexadecimal digits
 * @param sha256 its SHA-256, as 64 lower-case hexadecimal digits, or null if something else than this library stored it
 * @param version which of the blobs that ever had this name it is; two of them never share one; means nothing else
 * @param updated when it was stored
 */
public record BlobInfo(
        BlobName name,
        String contentType,
        Map<String, String> metadata,
        long size,
        String crc32c,
        @Nullable String sha256,
        String version,
        Instant updated) {

    /** Copies the metadata. */
    public BlobInfo {
        requireNonNull(name, "name");
        requireNonNull(contentType, "contentType");
        metadata = Map.copyOf(metadata);
        requireNonNull(crc32c, "crc32c");
        requireNonNull(version, "version");
        requireNonNull(updated, "updated");
    }
}
