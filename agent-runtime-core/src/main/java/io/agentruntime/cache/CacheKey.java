package io.agentruntime.cache;

/**
 * Whose key: the tenant is a part of every key, so that no look-up can reach another one's entry.
 *
 * <p>Keys that stand in a map never change. Each thread has one more, to look things up without making a key for it.
 */
final class CacheKey {

    /** The tenant of caches that all share; no organisation is named like this. */
    static final String SHARED = "";

    private static final Object NOTHING = new Object();
    private static final ThreadLocal<CacheKey> PROBE = ThreadLocal.withInitial(() -> new CacheKey(SHARED, NOTHING));

    private String tenant;
    private Object key;

    CacheKey(String tenant, Object key) {
        this.tenant = tenant;
        this.key = key;
    }

    /** The calling thread's own key, for one look-up: to be released after it, and never to be put anywhere. */
    static CacheKey probe(String tenant, Object key) {
        CacheKey probe = PROBE.get();
        probe.tenant = tenant;
        probe.key = key;
        return probe;
    }

    /** Lets go of the key that was looked up, which may be large. */
    void release() {
        key = NOTHING;
    }

    String tenant() {
        return tenant;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CacheKey that && key.equals(that.key) && tenant.equals(that.tenant);
    }

    @Override
    public int hashCode() {
        return 31 * tenant.hashCode() + key.hashCode();
    }

    @Override
    public String toString() {
        return tenant + "/" + key;
    }
}
