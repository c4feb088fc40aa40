package io.agentruntime.storage;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keeps named blobs. A reader sees a blob whole, as one writer left it, or not at all; without a condition the last writer wins.
 *
 * <p>What is read is compared with the checksums that were stored with it; what is not the same is never returned.
 *
 * <p>The calls block on I/O: make them on the io workload, by {@link AsyncBlobStore} for instance. Implementations are thread-safe
 * and throw {@link StorageException} when the storage below fails. The blobs a store returns belong to the caller.
 */
public interface BlobStore {

    /**
     * Makes a store on the file system. A blob is written to a temporary file, forced to the disk and then moved into place in one
     * step, so that neither a crash nor a full disk leaves half a blob. Several stores and several processes may share the folder:
     * conditions hold between all of them.
     *
     * <p>Each blob is a file that begins with the bytes of the blob and ends in a line of JSON with what is known of it. Its name is that
     * of the blob, with a mark for capitals and a {@code +} at the end, so that file systems that do not tell {@code A} from
     * {@code a} keep all blobs apart. A folder that gets empty is removed.
     *
     * @param root the folder that holds the blobs; made if it does not exist
     * @return the store
     * @throws StorageException if the folder cannot be made or written to
     */
    static BlobStore inDirectory(Path root) {
        return FileBlobStore.open(root);
    }

    /**
     * Makes a store that lives and dies with the process.
     *
     * @return the store
     */
    static BlobStore inMemory() {
        return new MemoryBlobStore();
    }

    /**
     * Stores a blob, in place of the one that had this name.
     *
     * @param name its name
     * @param content its bytes; copied
     * @return what was stored
     * @throws StorageException if it could not be stored; what was there before is untouched then
     */
    default BlobInfo put(BlobName name, byte[] content) {
        return put(name, content, PutOptions.forName(name));
    }

    /**
     * Stores a blob under a condition, with a type and metadata.
     *
     * @param name its name
     * @param content its bytes; copied
     * @param options how
     * @return what was stored
     * @throws StorageException if it could not be stored, or the condition does not hold; what was there before is untouched then
     */
    default BlobInfo put(BlobName name, byte[] content, PutOptions options) {
        return put(name, new ByteArrayInputStream(requireNonNull(content, "content")), options);
    }

    /**
     * Stores a blob of a length that need not be known, and holds a bounded part of it in memory at a time (all of it, if that is where
     * the store keeps its blobs).
     *
     * @param name its name
     * @param content its bytes; read to the end, not closed
     * @param options how
     * @return what was stored
     * @throws StorageException if it could not be stored, or the condition does not hold; what was there before is untouched then
     * @throws UncheckedIOException if the content could not be read; what was there before is untouched then
     */
    BlobInfo put(BlobName name, InputStream content, PutOptions options);

    /**
     * Fetches a blob.
     *
     * @param name its name
     * @return its bytes, or empty if there is none of this name
     * @throws StorageException if it could not be read, or is not what was stored
     */
    default Optional<byte[]> get(BlobName name) {
        Optional<BlobStream> found = open(name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (BlobStream stream = found.get()) {
            return Optional.of(stream.readAllBytes());
        } catch (IOException e) {
            throw Failures.of("read '" + name + "'", this, e);
        }
    }

    /**
     * Opens a blob to be read piece by piece, and tells what is known of it.
     *
     * @param name its name
     * @return a stream that the caller closes, or empty if there is no blob of this name; stays on one version, or fails as unavailable
     *     if that is gone and the storage below does not keep it
     * @throws StorageException if it could not be opened
     */
    Optional<BlobStream> open(BlobName name);

    /**
     * Fetches a part of a blob. A part has no checksum of its own: it is what the storage below gives.
     *
     * @param name its name
     * @param offset where the part begins, in bytes from the start, 0 or more
     * @param length the most bytes to fetch, 0 or more
     * @return the bytes from there on, fewer or none where the blob ends before; or empty if there is no blob of this name
     * @throws IllegalArgumentException if an argument is negative
     * @throws StorageException if it could not be read
     */
    Optional<byte[]> range(BlobName name, long offset, int length);

    /**
     * Tells what is known of a blob, without reading it.
     *
     * @param name its name
     * @return the facts, or empty if there is no blob of this name
     * @throws StorageException if they could not be read
     */
    Optional<BlobInfo> head(BlobName name);

    /**
     * Says which of some names have a blob.
     *
     * @param names the names to look for
     * @return those of them that have one
     * @throws StorageException if that could not be found out
     */
    default Set<BlobName> existing(Collection<BlobName> names) {
        return names.stream().filter(name -> head(name).isPresent()).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Removes a blob, whatever its version.
     *
     * @param name its name
     * @return true if there was one
     * @throws StorageException if it could not be removed
     */
    boolean delete(BlobName name);

    /**
     * Removes one version of a blob.
     *
     * @param name its name
     * @param version what {@link BlobInfo#version} said
     * @return true if it was removed, false if there is no blob of this name
     * @throws StorageException if it could not be removed, or there is another version
     */
    boolean delete(BlobName name, String version);

    /**
     * Copies a blob with its type and metadata.
     *
     * @param from the name of the blob
     * @param to the name of the copy
     * @param precondition what must be true of the copy's name
     * @return what was stored, or empty if there is no blob of the first name
     * @throws StorageException if it could not be copied, or the condition does not hold; what was there before is untouched then
     */
    default Optional<BlobInfo> copy(BlobName from, BlobName to, Precondition precondition) {
        Optional<BlobStream> found = open(from);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (BlobStream source = found.get()) {
            BlobInfo info = source.info();
            return Optional.of(put(to, source, new PutOptions(info.contentType(), info.metadata(), precondition)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close '" + from + "' in " + this, e);
        }
    }

    /**
     * Lists all blobs of the store.
     *
     * @return their names, in the order of their paths; see {@link #list(BlobName)}
     * @throws StorageException if they could not be read; the stream may throw it later, too
     */
    Stream<BlobName> list();

    /**
     * Lists the blobs in a folder and in the folders below it.
     *
     * <p>The names are fetched as they are taken, a page or a folder at a time. What is stored or removed meanwhile may be seen or
     * not; what stays is seen once. The names may be removed while they are listed. The stream holds nothing between two names, so that
     * closing it is allowed and not needed.
     *
     * @param folder the name of the folder
     * @return their names, in the order of their paths; empty if there is no such folder
     * @throws StorageException if the folder could not be read; the stream may throw it later, too
     */
    Stream<BlobName> list(BlobName folder);
}
