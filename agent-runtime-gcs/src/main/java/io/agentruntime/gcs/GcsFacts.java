package io.agentruntime.gcs;

import static io.agentruntime.storage.PutOptions.RESERVED;

import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.Storage.BlobField;
import io.agentruntime.storage.BlobInfo;
import io.agentruntime.storage.BlobName;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a blob, and where it stands in an object: the SHA-256 in the object's metadata, beside a mark by which a writer knows
 * its own object again when the answer to its request was lost.
 */
final class GcsFacts {

    /** All that is read of an object. */
    static final BlobField[] FIELDS = {
        BlobField.BUCKET,
        BlobField.NAME,
        BlobField.GENERATION,
        BlobField.METAGENERATION,
        BlobField.CONTENT_TYPE,
        BlobField.METADATA,
        BlobField.SIZE,
        BlobField.CRC32C,
        BlobField.TIME_CREATED
    };

    private static final String SHA256 = RESERVED + "sha256";
    private static final String WRITE = RESERVED + "write";

    private GcsFacts() {}

    /** Describes an object that is to be written; the SHA-256 is null if it is not known yet. */
    static com.google.cloud.storage.BlobInfo describe(
            BlobId id, String contentType, Map<String, String> metadata, @Nullable String sha256) {
        Map<String, String> all = new HashMap<>(metadata);
        all.put(WRITE, UUID.randomUUID().toString());
        if (sha256 != null) {
            all.put(SHA256, sha256);
        }
        return com.google.cloud.storage.BlobInfo.newBuilder(id)
                .setContentType(contentType)
                .setMetadata(all)
                .build();
    }

    /** Says whether an object is the one that was described. */
    static boolean isOf(com.google.cloud.storage.BlobInfo described, @Nullable Blob stored) {
        return stored != null
                && Objects.equals(
                        metadata(described).get(WRITE), metadata(stored).get(WRITE));
    }

    static Map<String, String> withSha256(Blob stored, String sha256) {
        Map<String, String> all = new HashMap<>(metadata(stored));
        all.put(SHA256, sha256);
        return all;
    }

    static BlobInfo of(BlobName name, Blob stored) {
        Map<String, String> all = metadata(stored);
        Map<String, String> metadata = new HashMap<>(all);
        metadata.keySet().removeIf(key -> key.startsWith(RESERVED));
        return new BlobInfo(
                name,
                Optional.ofNullable(stored.getContentType()).orElse("application/octet-stream"),
                metadata,
                stored.getSize(),
                stored.getCrc32cToHexString(),
                all.get(SHA256),
                Long.toString(stored.getGeneration()),
                stored.getCreateTimeOffsetDateTime().toInstant());
    }

    private static Map<String, String> metadata(com.google.cloud.storage.BlobInfo object) {
        Map<String, String> metadata = object.getMetadata();
        return metadata == null ? Map.of() : metadata;
    }
}
