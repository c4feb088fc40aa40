package io.agentruntime.gcs;

import com.google.cloud.WriteChannel;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobGetOption;
import com.google.cloud.storage.Storage.BlobSourceOption;
import com.google.cloud.storage.Storage.BlobTargetOption;
import com.google.cloud.storage.Storage.BlobWriteOption;
import com.google.cloud.storage.StorageException;
import io.agentruntime.storage.BlobDigest;
import io.agentruntime.storage.Precondition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes objects. Every change names the generation that it replaces, so that the client may repeat it after a failure without undoing
 * what others did meanwhile.
 *
 * <p>If the condition fails, the object may be the very one that was to be written, whose answer was lost: its mark tells. Without a
 * condition of the caller's, a change that finds another generation than at its beginning took effect, and was replaced, or counts as
 * replaced by the one that was faster. To repeat it would be wrong: it might undo the change of one who had already seen it.
 */
final class GcsWriter {

    /** Writes the object under the condition that its generation is still the one given, and returns it. */
    interface Write {
        @Nullable
        Blob to(long generation) throws IOException;
    }

    static final long ABSENT = 0; // the generation of an object that does not exist, as preconditions know it
    private static final int PRECONDITION_FAILED = 412;
    private static final int MAX_REFUSALS = 3;

    private final Storage client;
    private final GcsCalls calls;

    GcsWriter(Storage client, GcsCalls calls) {
        this.client = client;
        this.calls = calls;
    }

    /** Stores an object; gives it as it was stored, or nothing if it counts as replaced already. */
    Optional<Blob> put(BlobInfo described, byte[] content, Precondition precondition) throws IOException {
        return write(
                described,
                precondition,
                generation -> client.create(
                        described,
                        content,
                        BlobTargetOption.generationMatch(generation),
                        BlobTargetOption.disableGzipContent()));
    }

    /** The same by pieces, of which the first is read already; the digest has taken it in. */
    Optional<Blob> put(BlobInfo described, GcsPieces pieces, Precondition precondition) throws IOException {
        Optional<Blob> stored = write(
                described,
                precondition,
                1,
                generation -> { // a stream is read once
                    send(client.writer(described, BlobWriteOption.generationMatch(generation)), pieces);
                    Blob found = find(described.getBlobId());
                    return GcsFacts.isOf(described, found) ? found : null;
                });
        return stored.map(object -> complete(object, pieces.digest()));
    }

    /** Closing the channel is what makes the object; a channel that is not closed leaves nothing. */
    private void send(WriteChannel channel, GcsPieces pieces) throws IOException {
        channel.setChunkSize(GcsPieces.LENGTH);
        for (ByteBuffer piece = pieces.current(); piece.hasRemaining(); piece = pieces.next()) {
            while (piece.hasRemaining()) {
                int unused = channel.write(piece);
            }
        }
        channel.close();
    }

    /** The SHA-256 is known only now. */
    private Blob complete(Blob stored, BlobDigest digest) {
        if (!digest.crc32c().equals(stored.getCrc32cToHexString())) {
            boolean unused =
                    client.delete(stored.getBlobId(), BlobSourceOption.generationMatch(stored.getGeneration()));
            throw GcsFailure.corrupt(calls.uri(stored.getName()), "what was stored is not what was sent");
        }
        Blob known = stored.toBuilder()
                .setMetadata(GcsFacts.withSha256(stored, digest.sha256()))
                .build();
        try {
            return client.update(known, BlobTargetOption.generationMatch(), BlobTargetOption.metagenerationMatch());
        } catch (StorageException e) {
            // refused: it was done, and only the answer lost, or the object has been replaced since
            return e.getCode() == PRECONDITION_FAILED ? known : stored;
        }
    }

    /** Makes a write that can be made again. */
    Optional<Blob> write(BlobInfo described, Precondition precondition, Write write) throws IOException {
        return write(described, precondition, MAX_REFUSALS, write);
    }

    private Optional<Blob> write(BlobInfo described, Precondition precondition, int maxRefusals, Write write)
            throws IOException {
        for (int refusals = 1; ; refusals++) {
            long generation = expected(described.getBlobId(), precondition);
            calls.checkTime();
            try {
                return Optional.ofNullable(write.to(generation));
            } catch (StorageException | IOException e) {
                if (GcsFailure.status(e) != PRECONDITION_FAILED) {
                    throw e;
                }
                Blob now = find(described.getBlobId());
                if (GcsFacts.isOf(described, now)) {
                    return Optional.ofNullable(now);
                }
                if (generation(now) != generation) {
                    return replaced(described.getBlobId(), precondition, now);
                }
                if (refusals == maxRefusals) {
                    throw e; // not our condition, then: a policy of the bucket is refused with the same status
                }
            }
        }
    }

    private Optional<Blob> replaced(BlobId id, Precondition precondition, @Nullable Blob now) {
        if (precondition.kind() == Precondition.Kind.NONE) {
            return Optional.empty();
        }
        throw refused(id, precondition, now);
    }

    private long expected(BlobId id, Precondition precondition) {
        return switch (precondition.kind()) {
            case NONE -> generation(find(id));
            case ABSENT -> ABSENT;
            case VERSION -> generation(id, precondition);
        };
    }

    /** Takes the version for a generation; what is none cannot be the current one. */
    private long generation(BlobId id, Precondition precondition) {
        if (!precondition.version().matches("[1-9][0-9]{0,17}")) {
            throw refused(id, precondition, find(id));
        }
        return Long.parseLong(precondition.version());
    }

    private io.agentruntime.storage.StorageException refused(BlobId id, Precondition precondition, @Nullable Blob now) {
        String found = now == null ? "there is none" : "there is version " + now.getGeneration();
        return new io.agentruntime.storage.StorageException(
                io.agentruntime.storage.StorageException.Reason.PRECONDITION_FAILED,
                "cannot change gs://" + id.getBucket() + "/" + id.getName() + " " + precondition + ": " + found,
                null);
    }

    /** Removes an object; says whether there was one. */
    boolean delete(BlobId id, Precondition precondition) {
        for (int refusals = 1; ; refusals++) {
            Blob before = find(id);
            if (before == null) {
                return false;
            }
            if (!precondition.holds(Long.toString(before.getGeneration()))) {
                throw refused(id, precondition, before);
            }
            try {
                calls.checkTime();
                return client.delete(id, BlobSourceOption.generationMatch(before.getGeneration()));
            } catch (StorageException e) {
                if (e.getCode() != PRECONDITION_FAILED) {
                    throw e;
                }
                if (generation(find(id)) != before.getGeneration()) {
                    return deletedOrRefused(id, precondition);
                }
                if (refusals == MAX_REFUSALS) {
                    throw e;
                }
            }
        }
    }

    private boolean deletedOrRefused(BlobId id, Precondition precondition) {
        if (precondition.kind() == Precondition.Kind.NONE) {
            return true;
        }
        throw refused(id, precondition, find(id));
    }

    @Nullable
    Blob find(BlobId id) {
        calls.checkTime();
        return client.get(id, BlobGetOption.fields(GcsFacts.FIELDS));
    }

    private static long generation(@Nullable Blob blob) {
        return blob == null ? ABSENT : blob.getGeneration();
    }
}
