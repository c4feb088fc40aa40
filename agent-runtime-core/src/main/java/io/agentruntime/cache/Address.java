package io.agentruntime.cache;

import io.agentruntime.storage.BlobName;

/**
 * The place of an entry in the lower tiers.
 *
 * @param cache the name of the cache
 * @param tenant whose entry it is
 * @param key its key as a text
 * @param path its key in the tiers
 */
record Address(String cache, String tenant, String key, String path) {

    static Address of(String cache, String tenant, String key) {
        return new Address(
                cache, tenant, key, folderOf(cache, tenant).child(key).path());
    }

    /** The place of the claim to compute an entry: one level deeper than any entry. */
    static String claim(String path) {
        return path + "/claim";
    }

    static boolean isClaim(String path, String folder) {
        return path.indexOf('/', folder.length() + 1) > 0;
    }

    /** Where the entries of a tenant are. */
    static String folder(String cache, String tenant) {
        return folderOf(cache, tenant).path();
    }

    /** What all share lies apart, so that no name of an organisation reaches it. */
    private static BlobName folderOf(String cache, String tenant) {
        return tenant.equals(CacheKey.SHARED)
                ? BlobName.of(cache, "shared")
                : BlobName.of(cache, "organisations", tenant);
    }
}
