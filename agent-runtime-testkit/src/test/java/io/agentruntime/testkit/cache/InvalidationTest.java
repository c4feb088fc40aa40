package io.agentruntime.testkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.cache.CacheCodec;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.cache.TieredCacheBuilder;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is invalidated stays away, whatever was under way: from memory, from the lower tiers, and as a value past its time. */
@Tag("flaw-20")
class InvalidationTest extends DrivenCacheFixture {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private String truth = "old";

    private TieredCacheBuilder<String, String> builder() {
        return driven(executor)
                .expireAfterWrite(MINUTE)
                .tags((key, value) -> Set.of("all", "of " + key))
                .tier(tier, MINUTE, Duration.ofSeconds(1))
                .codec(CacheCodec.json(String.class));
    }

    static Stream<Function<TieredCache<String, String>, CompletableFuture<Void>>> invalidations() {
        return Stream.of(
                cache -> cache.invalidate("a"),
                cache -> cache.invalidateTag("all"),
                cache -> cache.invalidateTag("of a"),
                TieredCache::clear);
    }

    private String get(TieredCache<String, String> cache) {
        CompletableFuture<String> answer = cache.getAsync("a", key -> truth);
        executor.runAll();
        return answer.join();
    }

    private void assertOldIsGone(TieredCache<String, String> cache) {
        executor.runAll();
        assertThat(cache.getIfPresent("a").orElse("new")).isEqualTo("new");
        assertThat(get(cache)).isEqualTo("new");
        assertThat(get(builder().build())).as("from the lower tier").isEqualTo("new");
    }

    @ParameterizedTest
    @MethodSource("invalidations")
    void stored_isGoneFromEveryTier(Function<TieredCache<String, String>, CompletableFuture<Void>> invalidation) {
        TieredCache<String, String> cache = builder().build();
        get(cache);
        truth = "new";
        CompletableFuture<Void> unusedEnd = invalidation.apply(cache);
        assertThat(cache.getIfPresent("a")).as("before any I/O").isEmpty();
        executor.runAll();
        assertThat(tier.entries).isEmpty();
        assertOldIsGone(cache);
    }

    @Test
    void fusionCache625_removedWhileItIsComputed_isNotThereAgainAfterwards() {
        assertNotKept(cache -> cache.invalidate("a"));
    }

    @Test
    void fusionCache535_removedByATagWhileItIsComputed_isNotThereAgainAfterwards() {
        assertNotKept(cache -> cache.invalidateTag("all"));
        assertNotKept(cache -> cache.invalidateTag("of a"));
    }

    @Test
    void clearedWhileItIsComputed_isNotThereAgainAfterwards() {
        assertNotKept(TieredCache::clear);
    }

    private void assertNotKept(Function<TieredCache<String, String>, CompletableFuture<Void>> invalidation) {
        tier.entries.clear();
        truth = "old";
        TieredCache<String, String> cache = builder().build();
        CompletableFuture<String> before = cache.getAsync("a", key -> {
            String read = truth;
            truth = "new";
            CompletableFuture<Void> unusedEnd = invalidation.apply(cache);
            return read;
        });
        executor.runAll();
        assertThat(before).as("asked before").isCompletedWithValue("old");
        assertThat(cache.statistics().discarded()).isEqualTo(1);
        assertOldIsGone(cache);
    }

    @ParameterizedTest
    @MethodSource("invalidations")
    void computationUnderWay_whoAsksAfterwards_doesNotGetItsValue(
            Function<TieredCache<String, String>, CompletableFuture<Void>> invalidation) {
        TieredCache<String, String> cache = builder().build();
        CompletableFuture<?>[] after = new CompletableFuture<?>[1];
        CompletableFuture<String> unused = cache.getAsync("a", key -> {
            String read = truth;
            truth = "new";
            CompletableFuture<Void> unusedEnd = invalidation.apply(cache);
            after[0] = cache.getAsync("a", k -> truth);
            return read;
        });
        executor.runAll();
        assertThat(after[0].join()).isEqualTo("new");
        assertOldIsGone(cache);
    }

    @ParameterizedTest
    @MethodSource("invalidations")
    void readOfALowerTierUnderWay_isNotKept(
            Function<TieredCache<String, String>, CompletableFuture<Void>> invalidation) {
        get(builder().build());
        TieredCache<String, String> cache = builder().build();
        tier.afterRead = () -> {
            tier.afterRead = () -> {};
            truth = "new";
            CompletableFuture<Void> unusedEnd = invalidation.apply(cache);
        };
        assertThat(get(cache)).as("asked before").isIn("old", "new");
        assertOldIsGone(cache);
    }

    @ParameterizedTest
    @MethodSource("invalidations")
    void writeToALowerTierUnderWay_isUndone(
            Function<TieredCache<String, String>, CompletableFuture<Void>> invalidation) {
        TieredCache<String, String> cache = builder().build();
        tier.beforeWrite = () -> {
            tier.beforeWrite = () -> {};
            truth = "new";
            CompletableFuture<Void> unusedEnd = invalidation.apply(cache);
        };
        get(cache);
        executor.runAll();
        assertThat(tier.entries).isEmpty();
        assertOldIsGone(cache);
    }

    @ParameterizedTest
    @MethodSource("invalidations")
    void lowerTierBroken_servesNothingOfItAndIsToldLater(
            Function<TieredCache<String, String>, CompletableFuture<Void>> invalidation) {
        TieredCache<String, String> cache = builder().build();
        get(cache);
        truth = "new";
        tier.broken = true;
        CompletableFuture<Void> unusedEnd = invalidation.apply(cache);
        executor.runAll();
        assertThat(tier.entries).as("it could not be told").hasSize(1);
        tier.broken = false;
        assertThat(get(cache)).isEqualTo("new");
        timer.advance(Duration.ofSeconds(5));
        executor.runAll();
        assertOldIsGone(cache);
    }

    /** The tier is reached again only after the source has failed: what it still has must not be the makeshift. */
    @Test
    void fusionCache648_clearedPastItsTime_theLowerTiersValueIsNotServedWhenTheSourceFails() {
        assertNotServedInstead(TieredCache::clear, false);
        assertNotServedInstead(TieredCache::clear, true);
    }

    @ParameterizedTest
    @MethodSource("invalidations")
    void invalidatedPastItsTime_isNotServedWhenTheSourceFails(
            Function<TieredCache<String, String>, CompletableFuture<Void>> invalidation) {
        assertNotServedInstead(invalidation, false);
        assertNotServedInstead(invalidation, true);
    }

    private void assertNotServedInstead(
            Function<TieredCache<String, String>, CompletableFuture<Void>> invalidation, boolean untold) {
        TieredCache<String, String> cache = builder()
                .staleOnError(Duration.ofHours(1), Duration.ofSeconds(10))
                .build();
        get(cache);
        ticker.advance(MINUTE.plusSeconds(1));
        tier.broken = untold;
        CompletableFuture<Void> unusedEnd = invalidation.apply(cache);
        executor.runAll();
        tier.broken = false;
        assertThat(tier.entries).as("in the lower tier").hasSize(untold ? 1 : 0);
        CompletableFuture<String> answer = cache.getAsync("a", key -> {
            throw new IllegalStateException("down");
        });
        executor.runAll();
        assertThat(answer).isCompletedExceptionally();
    }

    @ParameterizedTest
    @MethodSource("invalidations")
    void sourceFailsAfterTheInvalidation_theOldValueIsNotKept(
            Function<TieredCache<String, String>, CompletableFuture<Void>> invalidation) {
        TieredCache<String, String> cache = builder()
                .staleOnError(Duration.ofHours(1), Duration.ofSeconds(10))
                .build();
        get(cache);
        ticker.advance(MINUTE.plusSeconds(1));
        CompletableFuture<String> answer = cache.getAsync("a", key -> {
            CompletableFuture<Void> unusedEnd = invalidation.apply(cache);
            throw new IllegalStateException("down");
        });
        executor.runAll();
        assertThat(answer).isCompletedExceptionally();
        truth = "new";
        assertOldIsGone(cache);
    }

    @Test
    void otherTag_sparesTheComputationAndTheEntry() {
        TieredCache<String, String> cache = builder().build();
        CompletableFuture<String> answer = cache.getAsync("a", key -> {
            CompletableFuture<Void> unused = cache.invalidateTag("of b");
            return truth;
        });
        executor.runAll();
        assertThat(answer).isCompletedWithValue("old");
        assertThat(cache.getIfPresent("a")).contains("old");
        assertThat(tier.entries).hasSize(1);
    }

    @Test
    void put_duringAComputation_wins() {
        TieredCache<String, String> cache = builder().build();
        CompletableFuture<String> unused = cache.getAsync("a", key -> {
            String read = truth;
            truth = "new";
            CompletableFuture<Void> unusedEnd = cache.put("a", "new");
            return read;
        });
        executor.runAll();
        assertThat(cache.getIfPresent("a")).contains("new");
        assertOldIsGone(cache);
    }

    @Test
    @Tag("flaw-34")
    void clear_ofAnOrganisation_leavesNothingOfItAndAllOfOthers() {
        TieredCache<String, String> cache = builder().build();
        for (String key : List.of("a", "b", "../c")) {
            CompletableFuture<String> unused = cache.getAsync(key, k -> k);
        }
        executor.runAll();
        try (ContextScope other = UsageContext.of("other", "test").openReplacing()) {
            CompletableFuture<String> unused = cache.getAsync("a", k -> k);
            executor.runAll();
        }
        CompletableFuture<Void> cleared = cache.clear();
        executor.runAll();
        assertThat(cleared).isCompleted();
        assertThat(tier.entries.keySet()).containsExactly("texts/organisations/other/a");
        assertThat(cache.statistics().size()).isEqualTo(1);
    }

    @Test
    void invalidate_tierFails_saysSo() {
        TieredCache<String, String> cache = builder().build();
        get(cache);
        tier.broken = true;
        CompletableFuture<Void> told = cache.invalidate("a");
        executor.runAll();
        assertThat(told).isCompletedExceptionally();
        assertThat(cache.statistics().tiers().get(0).pending()).isEqualTo(1);
        tier.broken = false;
        timer.advance(Duration.ofSeconds(5));
        executor.runAll();
        assertThat(tier.entries).isEmpty();
        assertThat(cache.statistics().tiers().get(0).pending()).isZero();
    }
}
