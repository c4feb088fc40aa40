package io.agentruntime.testkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.cache.CacheCodec;
import io.agentruntime.cache.CacheLoadException;
import io.agentruntime.cache.CacheTier;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.cache.TieredCacheBuilder;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.MissingContextException;
import io.agentruntime.context.UsageContext;
import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TieredCacheTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualTicker ticker = new ManualTicker();
    private final BlobStore blobs = BlobStore.inMemory();
    private final AtomicInteger computed = new AtomicInteger();
    private ContextScope scope;

    @BeforeEach
    void openContext() {
        scope = UsageContext.of("acme", "test").open();
    }

    @AfterEach
    void closeContext() {
        scope.close();
    }

    private TieredCacheBuilder<String, String> builder() {
        return TieredCache.<String, String>builder("texts", Runnable::run)
                .clocks(ticker, ticker)
                .jitter(0);
    }

    private TieredCacheBuilder<String, String> tiered() {
        return builder().tier(CacheTier.on(blobs, "cache")).codec(CacheCodec.json(String.class));
    }

    private String compute(String key) {
        return key + " " + computed.incrementAndGet();
    }

    @Test
    void get_again_isServedFromMemory() {
        TieredCache<String, String> cache = builder().build();
        assertThat(cache.get("a", this::compute)).isEqualTo("a 1");
        assertThat(cache.get("a", this::compute)).isEqualTo("a 1");
        assertThat(cache.getAsync("a", this::compute)).isCompletedWithValue("a 1");
        assertThat(cache.getIfPresent("a")).contains("a 1");
        assertThat(cache.getIfPresent("b")).isEmpty();
        assertThat(cache.statistics())
                .matches(s -> s.hits() == 3 && s.misses() == 1 && s.loads() == 1 && s.size() == 1);
    }

    @Test
    void get_afterItsTime_isComputedAgain() {
        TieredCache<String, String> cache = builder().expireAfterWrite(MINUTE).build();
        assertThat(cache.get("a", this::compute)).isEqualTo("a 1");
        ticker.advance(MINUTE.minusNanos(1));
        assertThat(cache.get("a", this::compute)).isEqualTo("a 1");
        ticker.advance(Duration.ofNanos(1));
        assertThat(cache.get("a", this::compute)).isEqualTo("a 2");
    }

    @Test
    void get_readAgainAndAgain_outlivesTheIdleTime() {
        TieredCache<String, String> cache = builder().expireAfterAccess(MINUTE).build();
        cache.get("a", this::compute);
        for (int i = 0; i < 5; i++) {
            ticker.advance(MINUTE.minusSeconds(1));
            assertThat(cache.get("a", this::compute)).isEqualTo("a 1");
        }
        ticker.advance(MINUTE);
        assertThat(cache.get("a", this::compute)).isEqualTo("a 2");
    }

    @Test
    void expireAfterWrite_withJitter_neverLastsLongerAndNotAllTheSame() {
        TieredCache<String, String> cache =
                builder().jitter(0.1).expireAfterWrite(Duration.ofSeconds(100)).build();
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            keys.add("k" + i);
            cache.get("k" + i, this::compute);
        }
        ticker.advance(Duration.ofSeconds(90));
        assertThat(keys).allMatch(key -> cache.getIfPresent(key).isPresent());
        ticker.advance(Duration.ofSeconds(5));
        assertThat(keys.stream()
                        .filter(key -> cache.getIfPresent(key).isPresent())
                        .count())
                .isBetween(100L, 400L);
        ticker.advance(Duration.ofSeconds(5));
        assertThat(keys).noneMatch(key -> cache.getIfPresent(key).isPresent());
    }

    @Test
    void get_afterARestart_isServedFromTheLowerTierAndPromoted() {
        assertThat(tiered().build().get("a", this::compute)).isEqualTo("a 1");
        TieredCache<String, String> restarted = tiered().build();
        assertThat(restarted.get("a", this::compute)).isEqualTo("a 1");
        assertThat(restarted.get("a", this::compute)).isEqualTo("a 1");
        assertThat(restarted.statistics().hits()).isEqualTo(1);
        assertThat(restarted.statistics().tiers().get(0).hits()).isEqualTo(1);
        assertThat(blobs.list(BlobName.of("cache")))
                .containsExactly(BlobName.of("cache", "texts", "organisations", "acme", "a"));
    }

    @Test
    void get_twoLowerTiers_fillsTheUpperFromTheLower() {
        FaultyTier near = new FaultyTier();
        FaultyTier far = new FaultyTier();
        TieredCacheBuilder<String, String> both = builder().tier(near).tier(far).codec(CacheCodec.json(String.class));
        both.build().get("a", this::compute);
        near.entries.clear();
        assertThat(both.build().get("a", this::compute)).isEqualTo("a 1");
        assertThat(near.entries).hasSize(1);
        far.entries.clear();
        assertThat(both.build().get("a", this::compute)).isEqualTo("a 1");
    }

    @Test
    void tierTime_endsInTheLowerTierAndInWhatWasPromotedFromIt() {
        FaultyTier tier = new FaultyTier();
        try (var timer = new io.agentruntime.testkit.ManualScheduler(ticker)) {
            TieredCacheBuilder<String, String> timed = builder()
                    .expireAfterWrite(Duration.ofHours(1))
                    .tier(tier, Duration.ofHours(2), Duration.ofSeconds(1))
                    .timer(timer)
                    .codec(CacheCodec.json(String.class));
            timed.build().get("a", this::compute);
            ticker.advance(Duration.ofMinutes(119));
            TieredCache<String, String> restarted = timed.build();
            assertThat(restarted.get("a", this::compute)).isEqualTo("a 1");
            ticker.advance(Duration.ofMinutes(1));
            assertThat(restarted.get("a", this::compute)).isEqualTo("a 2");
        }
    }

    @Test
    void validFor_emptyAnswers_haveAShorterTimeInEveryTier() {
        TieredCache<String, Optional<String>> cache = TieredCache.<String, Optional<String>>builder(
                        "answers", Runnable::run)
                .clocks(ticker, ticker)
                .jitter(0)
                .expireAfterWrite(Duration.ofHours(1))
                .validFor((key, value) -> value.isPresent() ? Duration.ofDays(1) : Duration.ofSeconds(5))
                .build();
        assertThat(cache.get("none", key -> Optional.empty())).isEmpty();
        ticker.advance(Duration.ofSeconds(4));
        assertThat(cache.get("none", key -> Optional.of("late")))
                .as("empty is a hit")
                .isEmpty();
        ticker.advance(Duration.ofSeconds(1));
        assertThat(cache.get("none", key -> Optional.of("late"))).contains("late");
    }

    @Test
    @Tag("flaw-27")
    void validFor_nothing_isGivenButNotKept() {
        TieredCache<String, String> cache =
                tiered().validFor((key, value) -> Duration.ZERO).build();
        assertThat(cache.get("a", this::compute)).isEqualTo("a 1");
        assertThat(cache.get("a", this::compute)).isEqualTo("a 2");
        assertThat(blobs.list(BlobName.of("cache"))).isEmpty();
    }

    @Test
    void validFor_saidTwice_theShorterTimeHolds() {
        TieredCache<String, String> cache = TieredCache.<String, String>builder("answers", Runnable::run)
                .clocks(ticker, ticker)
                .jitter(0)
                .validFor((key, value) -> key.equals("a") ? Duration.ZERO : Duration.ofSeconds(5))
                .validFor((key, value) -> key.equals("b") ? Duration.ZERO : Duration.ofSeconds(9))
                .build();
        for (String key : List.of("a", "b", "c")) {
            assertThat(cache.get(key, unused -> "one")).isEqualTo("one");
        }
        assertThat(cache.getIfPresent("a")).isEmpty();
        assertThat(cache.getIfPresent("b")).isEmpty();
        ticker.advance(Duration.ofSeconds(4));
        assertThat(cache.getIfPresent("c")).contains("one");
        ticker.advance(Duration.ofSeconds(1));
        assertThat(cache.getIfPresent("c")).isEmpty();
    }

    @Test
    @Tag("flaw-19")
    void put_ofAKeyThatIsThere_replacesItInEveryTier() {
        TieredCache<String, String> cache = tiered().build();
        cache.get("a", this::compute);
        assertThat(cache.put("a", "new")).isCompleted();
        assertThat(cache.get("a", this::compute)).isEqualTo("new");
        assertThat(tiered().build().get("a", this::compute)).isEqualTo("new");
    }

    @Test
    @Tag("flaw-24")
    void get_otherOrganisation_neverSeesAnEntry() {
        TieredCache<String, String> cache = tiered().build();
        assertThat(cache.get("a", this::compute)).isEqualTo("a 1");
        try (ContextScope other = UsageContext.of("other", "test").openReplacing()) {
            assertThat(cache.getIfPresent("a")).isEmpty();
            assertThat(cache.get("a", this::compute)).isEqualTo("a 2");
            assertThat(cache.clear()).isCompleted();
        }
        assertThat(cache.get("a", this::compute))
                .as("cleared by the other only")
                .isEqualTo("a 1");
    }

    @Test
    @Tag("flaw-24")
    void get_withoutContext_failsUnlessShared() {
        TieredCache<String, String> cache = builder().build();
        TieredCache<String, String> shared = builder().shared().build();
        scope.close();
        assertThatThrownBy(() -> cache.get("a", this::compute)).isInstanceOf(MissingContextException.class);
        assertThat(shared.get("a", this::compute)).isEqualTo("a 1");
        openContext();
        assertThat(shared.get("a", this::compute)).isEqualTo("a 1");
    }

    @Test
    void shared_andNotShared_neverMeetInTheLowerTier() {
        tiered().shared().build().get("a", key -> "for all");
        assertThat(tiered().build().get("a", key -> "acme's")).isEqualTo("acme's");
        assertThat(tiered().shared().build().get("a", key -> "computed")).isEqualTo("for all");
    }

    @Test
    @Tag("flaw-21")
    void maximumWeight_holdsAtAllTimes() {
        TieredCache<Integer, byte[]> cache = TieredCache.<Integer, byte[]>builder("bytes", Runnable::run)
                .maximumWeight(1_000, (key, value) -> value.length)
                .build();
        for (int i = 0; i < 100; i++) {
            cache.get(i, key -> new byte[100]);
            assertThat(cache.statistics().size()).isLessThanOrEqualTo(10);
        }
        cache.get(1_000, key -> new byte[1_001]);
        assertThat(cache.getIfPresent(1_000)).isEmpty();
        assertThat(cache.statistics().evictions()).isGreaterThanOrEqualTo(90);
    }

    @Test
    @Tag("flaw-21")
    void build_impossibleSettings_areNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maximumSize(0))
                .withMessageContaining("is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().maximumWeight(-1, (key, value) -> 1))
                .withMessageContaining("is -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().tier(new FaultyTier()).build())
                .withMessageContaining("codec");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().hardTimeout(MINUTE).build())
                .withMessageContaining("timer");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().expireAfterWrite(Duration.ZERO))
                .withMessageContaining("above zero");
    }

    @Test
    @Tag("flaw-22")
    void copiedBy_callersChangeTheirCopy_nobodyElseSeesIt() {
        TieredCache<String, List<String>> cache = TieredCache.<String, List<String>>builder("rows", Runnable::run)
                .copiedBy(ArrayList::new)
                .build();
        List<String> first = cache.get("a", key -> new ArrayList<>(List.of("row")));
        first.add("mine");
        assertThat(cache.get("a", key -> List.of())).containsExactly("row");
        cache.getAsync("a", key -> List.of()).join().clear();
        assertThat(cache.getIfPresent("a")).contains(List.of("row"));
    }

    @Test
    void get_computationReturnsNull_isAFailure() {
        TieredCache<String, String> cache = builder().build();
        assertThatThrownBy(() -> cache.get("a", key -> null))
                .isInstanceOf(CacheLoadException.class)
                .hasRootCauseInstanceOf(NullPointerException.class);
        assertThat(cache.get("a", this::compute)).isEqualTo("a 1");
    }

    @Test
    void get_hostileKeys_neverMeetInALowerTier() {
        List<String> hostile =
                List.of("../x", "..", "a/b", "a%2Fb", "a\\b", "x\0y", "é", "k".repeat(2_000), "k".repeat(2_001));
        TieredCache<String, String> cache = tiered().build();
        hostile.forEach(key -> cache.get(key, k -> "of " + k));
        TieredCache<String, String> restarted = tiered().build();
        assertThat(hostile)
                .allSatisfy(key -> assertThat(restarted.get(key, k -> "lost")).isEqualTo("of " + key));
        assertThat(blobs.list(BlobName.of("cache", "texts", "organisations", "acme")))
                .hasSize(hostile.size());
    }

    @Test
    void get_keyThatIsNoText_needsToBeTold() {
        record Pair(int left, int right) {}
        TieredCacheBuilder<Pair, String> pairs = TieredCache.<Pair, String>builder("pairs", Runnable::run)
                .tier(CacheTier.on(blobs, "cache"))
                .codec(CacheCodec.json(String.class));
        assertThatThrownBy(() -> pairs.build().get(new Pair(1, 2), key -> "value"))
                .hasMessageContaining("keyText");
        pairs.keyText(pair -> pair.left + " and " + pair.right);
        pairs.build().get(new Pair(1, 2), key -> "value");
        assertThat(pairs.build().get(new Pair(1, 2), key -> "computed")).isEqualTo("value");
    }

    @Test
    void getAll_someAreThere_computesTheRestAtOnce() {
        TieredCache<String, String> cache = tiered().build();
        cache.get("a", this::compute);
        tiered().build().get("b", this::compute);
        List<Set<String>> asked = new ArrayList<>();
        Map<String, String> all = cache.getAll(List.of("a", "b", "c", "d", "c", "none"), keys -> {
            asked.add(keys);
            return Map.of("c", "bulk c", "d", "bulk d");
        });
        assertThat(all)
                .containsExactly(
                        Map.entry("a", "a 1"),
                        Map.entry("b", "b 2"),
                        Map.entry("c", "bulk c"),
                        Map.entry("d", "bulk d"));
        assertThat(asked).containsExactly(Set.of("c", "d", "none"));
        assertThat(tiered().build().get("d", this::compute)).isEqualTo("bulk d");
        assertThat(cache.get("none", this::compute)).isEqualTo("none 3");
    }

    @Test
    void getAll_computationFails_failsAndKeepsNothing() {
        TieredCache<String, String> cache = builder().build();
        assertThatThrownBy(() -> cache.getAll(List.of("a", "b"), keys -> {
                    throw new IllegalStateException("down");
                }))
                .isInstanceOf(CacheLoadException.class)
                .hasRootCauseMessage("down");
        assertThat(cache.getAll(List.of(), keys -> Map.of())).isEmpty();
        assertThat(cache.get("a", this::compute)).isEqualTo("a 1");
    }
}
