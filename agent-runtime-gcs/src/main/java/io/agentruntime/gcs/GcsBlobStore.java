package io.agentruntime.gcs;

import static java.util.Objects.requireNonNull;

import com.google.cloud.ReadChannel;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobSourceOption;
import com.google.cloud.storage.Storage.BlobTargetOption;
import com.google.cloud.storage.Storage.CopyRequest;
import com.google.cloud.storage.StorageException;
import io.agentruntime.storage.BlobDigest;
import io.agentruntime.storage.BlobInfo;
import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.storage.BlobStream;
import io.agentruntime.storage.Precondition;
import io.agentruntime.storage.PutOptions;
import io.agentruntime.storage.StorageException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps blobs as objects of a bucket in Google Cloud Storage, each under the path of its name, which may follow a prefix.
 *
 * <p>Every write and every removal names the generation that it replaces, so that the client may repeat it after a failure without
 * undoing what others did meanwhile; one whose answer was lost is recognised as done. A write without a condition that another overtook
 * counts as replaced by it: what {@code put} returns then has a version that no blob has. A repeated {@link #delete} whose first
 * attempt was carried out, but whose answer was lost, returns false.
 *
 * <p>A read asks for the facts first, and then for the bytes of that generation, which are compared with its CRC-32C and its SHA-256;
 * {@link #get} reads once more before it fails. The version of a blob is its generation. A blob longer than 2 MiB that is stored from a
 * stream has its SHA-256 added by a second request; if that fails, the blob is stored all the same, and has none, as objects that other
 * programs have stored. A bucket that does not exist
 * reads as an empty one; writing to it and listing it fail. Thread-safe.
 */
public final class GcsBlobStore implements BlobStore, AutoCloseable {

    private static final int NOT_FOUND = 404;
    private static final int MAX_BATCH = 100;
    private static final String REPLACED = "replaced";

    private final Storage client;
    private final boolean ours;
    private final GcsLocation location;
    private final GcsCalls calls;
    private final GcsWriter writer;

    private GcsBlobStore(Storage client, boolean ours, GcsLocation location, GcsDeadline deadline) {
        this.client = client;
        this.ours = ours;
        this.location = location;
        this.calls = new GcsCalls(deadline, location);
        this.writer = new GcsWriter(client, calls);
    }

    /**
     * Makes a store on a bucket with a client of the host's, without asking whether the bucket exists. How long one request may take, and
     * how often it is repeated, is that client's matter; a call makes no further request when it has taken 10 s.
     *
     * @param storage the client; stays the host's, which closes it after the last call
     * @param bucket the name of the bucket, without {@code gs://}
     * @return the store
     * @throws IllegalArgumentException if no bucket can have this name
     */
    public static GcsBlobStore of(Storage storage, String bucket) {
        return of(storage, GcsLocation.bucket(bucket));
    }

    /**
     * Makes a store below a prefix with a client of the host's; see {@link #of(Storage, String)}.
     *
     * @param storage the client; stays the host's, which closes it after the last call
     * @param location the place, as in {@code gs://bucket/prefix}
     * @return the store
     * @throws IllegalArgumentException if this is no place for blobs
     */
    public static GcsBlobStore of(Storage storage, URI location) {
        return of(storage, GcsLocation.parse(location));
    }

    private static GcsBlobStore of(Storage storage, GcsLocation location) {
        Storage client = requireNonNull(storage, "storage");
        return new GcsBlobStore(
                client, false, location, new GcsDeadline(GcsSettings.create().timeout()));
    }

    /**
     * Makes a store with a client of its own, without asking whether the bucket exists.
     *
     * @param location the place, as in {@code gs://bucket/prefix}
     * @param settings how the service is called
     * @return the store, to be closed
     * @throws IllegalArgumentException if this is no place for blobs
     */
    public static GcsBlobStore open(URI location, GcsSettings settings) {
        GcsDeadline deadline = new GcsDeadline(settings.timeout());
        return new GcsBlobStore(settings.client(deadline), true, GcsLocation.parse(location), deadline);
    }

    @Override
    public BlobInfo put(BlobName name, byte[] content, PutOptions options) {
        BlobDigest digest = BlobDigest.of(requireNonNull(content, "content"));
        var described = GcsFacts.describe(id(name), options.contentType(), options.metadata(), digest.sha256());
        return calls.make(
                "write",
                name.path(),
                () -> writer.put(described, content, options.precondition())
                        .map(stored -> GcsFacts.of(name, stored))
                        .orElseGet(() -> replaced(name, options, digest)));
    }

    @Override
    public BlobInfo put(BlobName name, InputStream content, PutOptions options) {
        BlobId id = id(name);
        GcsPieces pieces = new GcsPieces(content, name.path());
        if (!pieces.maybeMore()) {
            return put(name, pieces.all(), options);
        }
        var described = GcsFacts.describe(id, options.contentType(), options.metadata(), null);
        return calls.makeUntimed(
                "write",
                name.path(),
                () -> writer.put(described, pieces, options.precondition())
                        .map(stored -> GcsFacts.of(name, stored))
                        .orElseGet(() -> replaced(name, options, pieces.digest())));
    }

    private static BlobInfo replaced(BlobName name, PutOptions options, BlobDigest digest) {
        return replaced(new BlobInfo(
                name,
                options.contentType(),
                options.metadata(),
                digest.size(),
                digest.crc32c(),
                digest.sha256(),
                REPLACED,
                Instant.now()));
    }

    /** What was written counts as replaced: it has a version that no blob has. */
    private static BlobInfo replaced(BlobInfo written) {
        return new BlobInfo(
                written.name(),
                written.contentType(),
                written.metadata(),
                written.size(),
                written.crc32c(),
                written.sha256(),
                REPLACED,
                Instant.now());
    }

    @Override
    public Optional<byte[]> get(BlobName name) {
        BlobId id = id(name);
        return calls.make("read", name.path(), () -> {
            try {
                return read(name, id);
            } catch (io.agentruntime.storage.StorageException e) {
                if (e.reason() != Reason.CORRUPT) {
                    throw e;
                }
                return read(name, id);
            }
        });
    }

    /** Goes on with the new generation if another replaces the blob meanwhile, as long as there is time. */
    private Optional<byte[]> read(BlobName name, BlobId id) throws IOException {
        while (true) {
            Optional<BlobStream> found = stream(name, id);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            try (BlobStream stream = found.get()) {
                return Optional.of(stream.readAllBytes());
            } catch (io.agentruntime.storage.StorageException e) {
                if (GcsFailure.status(e) != NOT_FOUND) {
                    throw e;
                }
            }
        }
    }

    @Override
    public Optional<BlobStream> open(BlobName name) {
        BlobId id = id(name);
        return calls.make("read", name.path(), () -> stream(name, id));
    }

    private Optional<BlobStream> stream(BlobName name, BlobId id) {
        return find(id).map(stored -> {
            BlobId generation = BlobId.of(id.getBucket(), id.getName(), stored.getGeneration());
            InputStream bytes = new GcsSource(calls, name.path(), reader(generation));
            return new BlobStream(GcsFacts.of(name, stored), bytes, calls.uri(name.path()));
        });
    }

    private ReadChannel reader(BlobId id) {
        ReadChannel channel = client.reader(id, BlobSourceOption.shouldReturnRawInputStream(true));
        channel.setChunkSize(0); // read straight into the reader's buffer
        return channel;
    }

    @Override
    public Optional<byte[]> range(BlobName name, long offset, int length) {
        BlobId id = id(name);
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException(
                    "a range of " + length + " bytes at " + offset + " (allowed: 0 or more of both)");
        }
        return calls.make("read", name.path(), () -> {
            Optional<Blob> found = find(id);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            Blob stored = found.get();
            long rest = Math.max(0, stored.getSize() - offset);
            int count = (int) Math.min(rest, length);
            return Optional.of(count == 0 ? new byte[0] : part(stored, offset, count));
        });
    }

    private byte[] part(Blob stored, long offset, int count) throws IOException {
        BlobId id = BlobId.of(stored.getBucket(), stored.getName(), stored.getGeneration());
        ByteBuffer part = ByteBuffer.allocate(count);
        try (ReadChannel channel = reader(id)) {
            channel.seek(offset);
            channel.limit(offset + count);
            int read = 0;
            while (read >= 0 && part.hasRemaining()) {
                read = channel.read(part);
                calls.checkTime();
            }
        }
        if (part.hasRemaining()) {
            throw GcsFailure.corrupt(
                    calls.uri(location.path(stored.getName())), part.position() + " bytes arrived of " + count);
        }
        return part.array();
    }

    @Override
    public Optional<BlobInfo> head(BlobName name) {
        BlobId id = id(name);
        return calls.make("read", name.path(), () -> find(id).map(stored -> GcsFacts.of(name, stored)));
    }

    private Optional<Blob> find(BlobId id) {
        Blob stored = writer.find(id);
        if (stored != null && !stored.getName().equals(id.getName())) {
            throw GcsFailure.corrupt(calls.uri(location.path(id.getName())), "it is another object");
        }
        return Optional.ofNullable(stored);
    }

    @Override
    public Set<BlobName> existing(Collection<BlobName> names) {
        List<BlobName> all = List.copyOf(names);
        Set<BlobName> existing = new HashSet<>();
        for (int i = 0; i < all.size(); i += MAX_BATCH) {
            List<BlobName> some = all.subList(i, Math.min(all.size(), i + MAX_BATCH));
            existing.addAll(calls.make("look for", "…", () -> batch(some)));
        }
        return Set.copyOf(existing);
    }

    /** Parts of a batch that fail are not repeated by the client, and so are asked for one by one. */
    private Set<BlobName> batch(List<BlobName> names) {
        try {
            List<@Nullable Blob> found = client.get(names.stream().map(this::id).toList());
            Set<BlobName> existing = new HashSet<>();
            for (int i = 0; i < names.size(); i++) {
                if (found.get(i) != null) {
                    existing.add(names.get(i));
                }
            }
            return existing;
        } catch (StorageException e) {
            return BlobStore.super.existing(names);
        }
    }

    @Override
    public boolean delete(BlobName name) {
        BlobId id = id(name);
        return calls.make("delete", name.path(), () -> writer.delete(id, Precondition.none()));
    }

    @Override
    public boolean delete(BlobName name, String version) {
        BlobId id = id(name);
        return calls.make("delete", name.path(), () -> writer.delete(id, Precondition.ifVersion(version)));
    }

    /** The service copies by itself; no byte comes here. */
    @Override
    public Optional<BlobInfo> copy(BlobName from, BlobName to, Precondition precondition) {
        BlobId source = id(from);
        BlobId target = id(to);
        return calls.make("copy", from.path(), () -> {
            Optional<Blob> found = find(source);
            return found.isEmpty() ? Optional.empty() : Optional.of(copy(found.get(), target, to, precondition));
        });
    }

    private BlobInfo copy(Blob source, BlobId target, BlobName name, Precondition precondition) throws IOException {
        BlobInfo info = GcsFacts.of(name, source);
        var described = GcsFacts.describe(target, info.contentType(), info.metadata(), info.sha256());
        return writer.write(
                        described,
                        precondition,
                        generation -> client.copy(CopyRequest.newBuilder()
                                        .setSource(source.getBlobId())
                                        .setSourceOptions(BlobSourceOption.generationMatch(source.getGeneration()))
                                        .setTarget(described, BlobTargetOption.generationMatch(generation))
                                        .build())
                                .getResult())
                .map(stored -> GcsFacts.of(name, stored))
                .orElseGet(() -> replaced(info));
    }

    @Override
    public Stream<BlobName> list() {
        return GcsListing.of(client, calls, location, "");
    }

    @Override
    public Stream<BlobName> list(BlobName folder) {
        return GcsListing.of(
                client, calls, location, requireNonNull(folder, "folder").path() + "/");
    }

    private BlobId id(BlobName name) {
        return location.id(name);
    }

    /** Closes the client if the store made it. */
    @Override
    public void close() {
        if (!ours) {
            return;
        }
        try {
            client.close();
        } catch (Exception e) {
            throw new io.agentruntime.storage.StorageException(
                    Reason.UNAVAILABLE, "cannot close the client of " + this + ": " + e, e);
        }
    }

    @Override
    public String toString() {
        return location.toString();
    }
}
