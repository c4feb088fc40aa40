package io.agentruntime.cache;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * Builders with the bounds and times that suit the caches of an agent runtime. Each can be changed before it is built; each call gives a
 * builder of its own.
 */
public final class Caches {

    private static final int RESPONSES = 10;
    private static final Duration QUOTA_TIME = Duration.ofSeconds(60);
    private static final int QUOTAS = 10_000;
    private static final Duration TIER_TIME = Duration.ofHours(1);
    private static final int TIERS = 10;
    private static final Duration METADATA_TIME = Duration.ofMinutes(5);

    private Caches() {}

    /**
     * Describes the answers of one session: the 10 that were used most, without an end in time. One cache per session; its key must name
     * all that decides an answer, such as the versions of the documents and the rights of the user.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the answers
     * @param executor where answers are computed
     * @return a builder
     */
    public static <K, V> TieredCacheBuilder<K, V> sessionResponses(Executor executor) {
        return TieredCache.<K, V>builder("session-responses", executor).maximumSize(RESPONSES);
    }

    /**
     * Describes what is known of quotas: 10,000 entries, each for 60 seconds at most. What is counted must be reserved at the source: a
     * cached figure says nothing about what others are spending now.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the figures
     * @param executor where quotas are read
     * @return a builder
     */
    public static <K, V> TieredCacheBuilder<K, V> quotas(Executor executor) {
        return TieredCache.<K, V>builder("quotas", executor).maximumSize(QUOTAS).expireAfterWrite(QUOTA_TIME);
    }

    /**
     * Describes the settings of subscription tiers: 10 entries, each for an hour at most, the same for all organisations.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the settings
     * @param executor where settings are read
     * @return a builder
     */
    public static <K, V> TieredCacheBuilder<K, V> tierConfiguration(Executor executor) {
        return TieredCache.<K, V>builder("tier-configuration", executor)
                .shared()
                .maximumSize(TIERS)
                .expireAfterWrite(TIER_TIME);
    }

    /**
     * Describes what is known of stores, such as the list of an organisation's files: 1,000 entries, each for 5 minutes at most.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the metadata
     * @param executor where stores are read
     * @return a builder
     */
    public static <K, V> TieredCacheBuilder<K, V> storeMetadata(Executor executor) {
        return TieredCache.<K, V>builder("store-metadata", executor).expireAfterWrite(METADATA_TIME);
    }
}
