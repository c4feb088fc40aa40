package io.agentruntime.testkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.cache.CacheCodec;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.cache.TieredCacheBuilder;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nothing that a lower tier has damaged, cut or mixed up is ever served. */
@Tag("flaw-26")
class IntegrityTest {

    private static final List<String> KEYS = List.of("a", "b", "c");

    private final FaultyTier tier = new FaultyTier();
    private ContextScope scope;

    @BeforeEach
    void openContext() {
        scope = UsageContext.of("acme", "test").open();
    }

    @AfterEach
    void closeContext() {
        scope.close();
    }

    private TieredCacheBuilder<String, String> builder(String name) {
        return TieredCache.<String, String>builder(name, Runnable::run)
                .tier(tier)
                .codec(CacheCodec.json(String.class));
    }

    private Map<String, byte[]> filled() {
        for (String organisation : List.of("acme", "other")) {
            try (ContextScope owner = UsageContext.of(organisation, "test").openReplacing()) {
                for (String name : List.of("texts", "others")) {
                    KEYS.forEach(key -> builder(name).build().get(key, k -> name + " " + k + " of " + organisation));
                }
            }
        }
        return Map.copyOf(tier.entries);
    }

    @Test
    void get_damagedEntries_noneIsServed() {
        damage(500);
    }

    @Test
    @Tag("stress")
    void get_tenThousandDamagedEntries_noneIsServed() {
        damage(10_000);
    }

    private void damage(int rounds) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, byte[]> whole = filled();
        List<String> paths = List.copyOf(whole.keySet());
        TieredCacheBuilder<String, String> texts = builder("texts");
        for (int round = 0; round < rounds; round++) {
            String key = KEYS.get(random.nextInt(KEYS.size()));
            String path = "texts/organisations/acme/" + key;
            String donor = paths.get(random.nextInt(paths.size()));
            byte[] damaged =
                    donor.equals(path) || random.nextInt(4) > 0 ? damaged(whole.get(path), random) : whole.get(donor);
            tier.entries.put(path, damaged);
            TieredCache<String, String> cache = texts.build();
            String got = cache.get(key, k -> "texts " + k + " of acme");
            String as = "seed " + seed + ", round " + round;
            assertThat(got).as(as).isEqualTo("texts " + key + " of acme");
            assertThat(cache.statistics().tiers().get(0).corrupt()).as(as).isEqualTo(1);
            assertThat(cache.statistics().loads()).as(as).isEqualTo(1);
            TieredCache<String, String> next = texts.build();
            assertThat(next.get(key, k -> "computed")).as(as + ", repaired").isEqualTo(got);
        }
    }

    private static byte[] damaged(byte[] whole, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(whole, random.nextInt(whole.length));
            case 1 -> Arrays.copyOf(whole, whole.length + 1 + random.nextInt(8));
            case 2 -> new byte[random.nextInt(200)];
            default -> {
                byte[] copy = whole.clone();
                copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
                yield copy;
            }
        };
    }

    @Test
    @Tag("flaw-24")
    void get_entryOfAnotherOwnerKeyOrCache_isNotServed() {
        Map<String, byte[]> whole = filled();
        String path = "texts/organisations/acme/a";
        for (String donor : whole.keySet()) {
            tier.entries.put(path, whole.get(donor));
            assertThat(builder("texts").build().get("a", key -> "computed"))
                    .as(donor)
                    .isEqualTo(donor.equals(path) ? "texts a of acme" : "computed");
        }
    }

    @Test
    void sealedWith_entryOfSomeoneWithoutTheSecret_isNotServed() {
        byte[] secret = "sixteen bytes at least".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        builder("texts").build().get("a", key -> "planted");
        assertThat(builder("texts").sealedWith(secret).build().get("a", key -> "computed"))
                .isEqualTo("computed");
        assertThat(builder("texts").sealedWith(secret).build().get("a", key -> "again"))
                .isEqualTo("computed");
    }

    @Test
    void get_codecCannotReadIt_isAMissAndRepaired() {
        builder("texts").build().get("a", key -> "text");
        TieredCacheBuilder<String, Integer> numbers = TieredCache.<String, Integer>builder("texts", Runnable::run)
                .tier(tier)
                .codec(CacheCodec.json(Integer.class));
        TieredCache<String, Integer> cache = numbers.build();
        assertThat(cache.get("a", key -> 17)).isEqualTo(17);
        assertThat(cache.statistics().tiers().get(0).corrupt()).isEqualTo(1);
        assertThat(numbers.build().get("a", key -> 18)).isEqualTo(17);
    }
}
