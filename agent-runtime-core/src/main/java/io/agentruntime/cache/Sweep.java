package io.agentruntime.cache;

import io.agentruntime.cache.Envelope.Stamp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An invalidation of many entries that a lower tier has still to carry out. Until then what it matches is not served from there.
 *
 * @param cache the cache
 * @param tenant whose entries, or null for those of all
 * @param tag the tag that they have, or null for any
 * @param stamp when: what this cache began to make later is spared
 */
record Sweep(
        String cache, @Nullable String tenant, @Nullable String tag, Stamp stamp) {

    boolean matches(Envelope entry) {
        boolean newer = entry.stamp.instance() == stamp.instance() && entry.stamp.generation() >= stamp.generation();
        return !newer
                && (tenant == null || tenant.equals(entry.address.tenant()))
                && (tag == null || entry.tags.contains(tag));
    }

    /** The same for what memory holds, where everything is older that is there when the sweep begins. */
    boolean matches(CacheKey id, Held<?> held) {
        return (tenant == null || tenant.equals(id.tenant())) && (tag == null || held.hasAny(List.of(tag)));
    }

    /** The folder to look through. */
    String folder() {
        return tenant == null ? cache : Address.folder(cache, tenant);
    }
}
