package io.agentruntime.gcs;

import static java.util.Objects.requireNonNull;

import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobField;
import com.google.cloud.storage.Storage.BlobGetOption;
import com.google.cloud.storage.Storage.BlobListOption;
import com.google.cloud.storage.Storage.BlobSourceOption;
import com.google.cloud.storage.Storage.BlobTargetOption;
import com.google.cloud.storage.StorageException;
import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Keeps blobs as objects of a bucket in Google Cloud Storage, each under the path of its name.
 *
 * <p>The host makes the client, gives it its deadlines, and closes it after the last call; the package's description shows how.
 *
 * <p>Every write and every removal names the generation that it replaces, so that the client may repeat it after a failure without
 * undoing what others did meanwhile. A repeated {@link #delete} whose first attempt was carried out, but whose answer was lost,
 * returns false. A read is one request; the client compares what arrives with the CRC32C that the server sends along. A bucket that
 * does not exist reads as an empty one; writing to it and listing it fail. Thread-safe.
 */
public final class GcsBlobStore implements BlobStore {

    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]");
    private static final int NOT_FOUND = 404;
    private static final int PRECONDITION_FAILED = 412;
    private static final long ABSENT = 0; // the generation of an object that does not exist, as preconditions know it
    private static final int MAX_REFUSALS = 3;

    private final Storage client;
    private final String bucket;

    private GcsBlobStore(Storage client, String bucket) {
        this.client = client;
        this.bucket = bucket;
    }

    /**
     * Makes a store on a bucket, without asking whether the bucket exists.
     *
     * @param storage the client; stays the host's, which closes it after the last call
     * @param bucket the name of the bucket, without {@code gs://}
     * @return the store
     * @throws IllegalArgumentException if no bucket can have this name
     */
    public static GcsBlobStore of(Storage storage, String bucket) {
        requireNonNull(storage, "storage");
        if (!BUCKET.matcher(requireNonNull(bucket, "bucket")).matches()) {
            throw new IllegalArgumentException(
                    "not the name of a bucket: '" + bucket + "' (allowed: 3 to 222 of a-z, 0-9, '.', '_' and '-')");
        }
        return new GcsBlobStore(storage, bucket);
    }

    @Override
    public void put(BlobName name, byte[] content) {
        requireNonNull(content, "content");
        BlobId id = id(name);
        BlobInfo info = BlobInfo.newBuilder(id)
                .setContentType(name.path().endsWith(".json") ? "application/json" : "application/octet-stream")
                .build();
        call(
                "write",
                name.path(),
                () -> change(id, generation -> {
                    BlobTargetOption condition = BlobTargetOption.generationMatch(generation);
                    client.create(info, content, condition, BlobTargetOption.disableGzipContent());
                    return true;
                }));
    }

    @Override
    public boolean delete(BlobName name) {
        BlobId id = id(name);
        return call(
                "delete",
                name.path(),
                () -> change(id, generation -> {
                    return generation != ABSENT && client.delete(id, BlobSourceOption.generationMatch(generation));
                }));
    }

    /**
     * Makes a change under the condition that the object is still as it was when the change began.
     *
     * <p>If the condition fails because there is another generation by now, then either this change was carried out and only its
     * answer lost, or another's took effect while this one was under way, and counts as the later of the two. Either way nothing is
     * left to do. To repeat the change would be wrong: it might undo the change of one who had already seen it.
     */
    private boolean change(BlobId id, LongPredicate change) {
        for (int refusals = 1; ; refusals++) {
            long generation = generation(id);
            try {
                return change.test(generation);
            } catch (StorageException e) {
                if (e.getCode() != PRECONDITION_FAILED) {
                    throw e;
                }
                if (generation(id) != generation) {
                    return true;
                }
                if (refusals == MAX_REFUSALS) {
                    throw e; // not our condition, then: a policy of the bucket is refused with the same status
                }
            }
        }
    }

    @Override
    public Optional<byte[]> get(BlobName name) {
        BlobId id = id(name);
        return call("read", name.path(), () -> read(id));
    }

    private Optional<byte[]> read(BlobId id) {
        try {
            return download(id);
        } catch (StorageException e) {
            if (e.getCode() > 0 || e.isRetryable()) {
                throw e; // the client has repeated it as often as it is allowed to
            }
            return download(id);
        }
    }

    /** The client compares what arrives with the checksum in the header of the same answer, and does not repeat a mismatch. */
    private Optional<byte[]> download(BlobId id) {
        try {
            return Optional.of(client.readAllBytes(id));
        } catch (StorageException e) {
            if (e.getCode() == NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public List<BlobName> list(BlobName folder) {
        String prefix = requireNonNull(folder, "folder").path() + "/";
        return call(
                "list",
                prefix,
                () -> client.list(bucket, BlobListOption.prefix(prefix), BlobListOption.fields(BlobField.NAME))
                        .streamAll()
                        .map(Blob::getName)
                        .filter(BlobName::isPath) // what is not ours is not listed
                        .map(BlobName::parse)
                        .sorted()
                        .toList());
    }

    private long generation(BlobId id) {
        Blob blob = client.get(id, BlobGetOption.fields(BlobField.GENERATION));
        return blob == null ? ABSENT : blob.getGeneration();
    }

    private <T> T call(String what, String path, Supplier<T> action) {
        try {
            return action.get();
        } catch (StorageException e) {
            throw GcsFailure.of(what, this + "/" + path, e);
        } catch (NullPointerException e) { // what the client throws when it is interrupted before it repeats a call
            if (Thread.currentThread().isInterrupted()) {
                throw GcsFailure.interrupted(what, this + "/" + path, e);
            }
            throw e;
        }
    }

    private BlobId id(BlobName name) {
        return BlobId.of(bucket, requireNonNull(name, "name").path());
    }

    @Override
    public String toString() {
        return "gs://" + bucket;
    }
}
