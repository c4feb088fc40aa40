package io.agentruntime.cache;

import io.agentruntime.storage.BlobStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the entries of caches outside of the memory: in a blob store, a database, another process.
 *
 * <p>A tier need not be trusted: each entry carries a seal over its content, its place and its owner, and is served only if all of it
 * is as it was written. A tier need not be reliable: what it throws is a miss. It must not return what a call that has ended has
 * replaced or removed.
 *
 * <p>Keys are paths of encoded segments, {@code a-z A-Z 0-9 _ - . % ~} each, joined by {@code /}: safe as file and object names,
 * never two for one text. The calls may block; they are made on the cache's executor. Implementations are thread-safe and may throw
 * any exception.
 */
public interface CacheTier {

    /**
     * Makes a tier of a blob store.
     *
     * @param store where the entries are kept
     * @param prefix names the folder of the entries in the store; any text that is not empty
     * @return the tier
     * @throws IllegalArgumentException if the prefix is empty
     */
    static CacheTier on(BlobStore store, String prefix) {
        return BlobTier.on(store, prefix);
    }

    /**
     * Fetches an entry.
     *
     * @param key its key
     * @return its bytes, which belong to the caller, or empty if there is none
     * @throws Exception if the tier cannot tell
     */
    Optional<byte[]> get(String key) throws Exception;

    /**
     * Stores an entry, in place of the one that had this key.
     *
     * @param key its key
     * @param entry its bytes; not to be kept without a copy
     * @param useless from when on nobody will want it, and the tier may drop it; {@link Instant#MAX} if there is no such time
     * @throws Exception if it could not be stored
     */
    void put(String key, byte[] entry, Instant useless) throws Exception;

    /**
     * Removes an entry, if it is there.
     *
     * @param key its key
     * @throws Exception if it may still be there
     */
    void delete(String key) throws Exception;

    /**
     * Lists a folder of entries, to look for those that are to be removed.
     *
     * @param folder the beginning of their keys, without the {@code /} after it
     * @return all keys in the folder and the folders below it
     * @throws Exception if the tier cannot tell
     */
    List<String> list(String folder) throws Exception;

    /**
     * Claims something that only one instance is to do. One step, whoever else calls it meanwhile: of all that ask for a claim that is
     * free one gets it, and of all that ask for one that is overdue. Only called if {@link TieredCacheBuilder#oncePerCluster} says
     * so; by default everyone gets the claim.
     *
     * @param key the key of the claim, which is no entry's; it is listed, and removed by {@link #delete}, like an entry
     * @param mark names the caller's claim; another one for each
     * @param overdue the mark of a claim that the caller has seen for too long; if it is that one which stands, the caller gets the claim
     *     in its place. Null for none
     * @return the mark of the claim that stands now: the caller's if it is free for it, or another one's
     * @throws Exception if the tier cannot tell; the caller goes on without a claim, and releases what it may have got
     */
    default String claim(String key, String mark, @Nullable String overdue) throws Exception {
        return mark;
    }

    /**
     * Gives a claim back. By default there is none.
     *
     * @param key the key of the claim
     * @param mark the caller's; a claim that has another mark stays
     * @throws Exception if it may still be there
     */
    default void release(String key, String mark) throws Exception {}

    /**
     * Names the tier in figures and logs.
     *
     * @return a short name; by default that of the class
     */
    default String name() {
        return getClass().getSimpleName();
    }
}
