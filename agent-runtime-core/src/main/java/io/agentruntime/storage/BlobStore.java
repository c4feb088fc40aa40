package io.agentruntime.storage;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Keeps named blobs. A reader sees a blob whole, as one writer left it, or not at all; the last writer wins.
 *
 * <p>The calls block on I/O: make them on the io pool. Implementations are thread-safe and throw {@link StorageException} when
 * the storage below fails. The blobs a store returns belong to the caller.
 */
public interface BlobStore {

    /**
     * Makes a store on the file system. A blob is written to a temporary file, forced to the disk and then moved into place in one
     * step, so that neither a crash nor a full disk leaves half a blob.
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
     * @throws StorageException if it could not be stored; what was there before is untouched then
     */
    void put(BlobName name, byte[] content);

    /**
     * Fetches a blob.
     *
     * @param name its name
     * @return its bytes, or empty if there is none of this name
     * @throws StorageException if it could not be read
     */
    Optional<byte[]> get(BlobName name);

    /**
     * Removes a blob.
     *
     * @param name its name
     * @return true if there was one
     * @throws StorageException if it could not be removed
     */
    boolean delete(BlobName name);

    /**
     * Lists the blobs in a folder and in the folders below it.
     *
     * @param folder the name of the folder
     * @return their names, sorted; empty if there is no such folder
     * @throws StorageException if the folder could not be read
     */
    List<BlobName> list(BlobName folder);
}
