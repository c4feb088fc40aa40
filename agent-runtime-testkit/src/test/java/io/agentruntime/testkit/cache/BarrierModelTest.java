package io.agentruntime.testkit.cache;

import static io.agentruntime.testkit.cache.BarrierModelTest.Before.FRESH;
import static io.agentruntime.testkit.cache.BarrierModelTest.Before.NOTHING;
import static io.agentruntime.testkit.cache.BarrierModelTest.Before.NO_TIER;
import static io.agentruntime.testkit.cache.BarrierModelTest.Before.STALE;
import static io.agentruntime.testkit.cache.BarrierModelTest.Before.UNTOLD;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.agentruntime.cache.CacheCodec;
import io.agentruntime.cache.CacheTier;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.cache.TieredCacheBuilder;
import io.agentruntime.testkit.ManualScheduler;
import io.agentruntime.testkit.ManualTicker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Small scenarios around an invalidation, in every order of their steps: what was made, stored or read before an invalidation that has
 * returned is not served to who asks afterwards; and when its future has ended well, no tier holds it.
 */
@Tag("flaw-20")
class BarrierModelTest {

    private static final CacheCodec<Long> CODEC = CacheCodec.json(Long.class);
    private static final long NOTHING_THERE = Long.MAX_VALUE;

    /** Something that a thread does. */
    private record Act(String name, Consumer<World> action) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final Act GET = new Act("get", World::get);
    private static final Act GET_FAILING = new Act("get whose source fails", World::getFailing);
    private static final Act PUT = new Act("put", World::put);
    private static final Act INVALIDATE =
            new Act("invalidate", world -> world.change(() -> world.cache.invalidate("key")));
    private static final Act TAG =
            new Act("invalidateTag", world -> world.change(() -> world.cache.invalidateTag("tag")));
    private static final Act CLEAR = new Act("clear", world -> world.change(world.cache::clear));
    private static final Act RING = new Act("timer rings", world -> world.timer.advance(Duration.ofSeconds(5)));

    /** What the lower tier has in the beginning. */
    enum Before {
        NO_TIER,
        NOTHING,
        FRESH,
        STALE,
        /** And an invalidation of it that the tier could not be told. */
        UNTOLD
    }

    /** Which threads, above which tier, and how many of its first changes that fails. */
    private record Scenario(Before before, int fails, List<Act> acts) {}

    private static Scenario of(Before before, Act... acts) {
        return new Scenario(before, 0, List.of(acts));
    }

    private static Scenario failing(Before before, Act... acts) {
        return new Scenario(before, 1, List.of(acts));
    }

    /** Each order has a cache of its own, which says of a failure that it is the first. */
    @BeforeAll
    static void silence() {
        ((Logger) LoggerFactory.getLogger(TieredCache.class)).setLevel(Level.OFF);
    }

    @AfterAll
    static void speak() {
        ((Logger) LoggerFactory.getLogger(TieredCache.class)).setLevel(null);
    }

    static Stream<Scenario> small() {
        return Stream.of(INVALIDATE, TAG, CLEAR)
                .flatMap(change -> Stream.of(
                        of(NO_TIER, GET, GET, change),
                        of(NOTHING, GET, change),
                        of(FRESH, GET, change),
                        of(STALE, GET_FAILING, change),
                        of(UNTOLD, RING, change)));
    }

    static Stream<Scenario> withAFailure() {
        return Stream.of(TAG, CLEAR).map(change -> failing(FRESH, GET, change));
    }

    static Stream<Scenario> large() {
        return Stream.of(INVALIDATE, TAG, CLEAR)
                .flatMap(change -> Stream.of(
                        of(NOTHING, GET, GET, change),
                        of(STALE, GET, GET_FAILING, change),
                        failing(FRESH, GET, change, RING),
                        of(UNTOLD, GET, RING, change),
                        of(FRESH, GET, change, INVALIDATE),
                        of(FRESH, GET, change, TAG),
                        of(FRESH, GET, change, CLEAR)));
    }

    @ParameterizedTest
    @MethodSource("small")
    void everyOrder_ofTwo_keepsThePromise(Scenario scenario) {
        explore(scenario);
    }

    @Test
    void everyOrder_ofGetAndInvalidateThatFails_keepsThePromise() {
        explore(failing(FRESH, GET, INVALIDATE));
    }

    @ParameterizedTest
    @MethodSource("withAFailure")
    @Tag("stress")
    void everyOrder_ofGetAndSweepThatFails_keepsThePromise(Scenario scenario) {
        explore(scenario);
    }

    @Test
    void everyOrder_ofGetAndPut_keepsThePromise() {
        explore(of(NOTHING, GET, PUT));
        explore(of(FRESH, GET, PUT));
        explore(failing(FRESH, GET, PUT));
    }

    @Test
    void everyOrder_ofGetAndRetry_keepsThePromise() {
        explore(of(UNTOLD, GET, RING));
    }

    @ParameterizedTest
    @MethodSource({"large", "withAFailure"})
    void someOrders_ofThree_keepThePromise(Scenario scenario) {
        sample(scenario, 200);
    }

    @ParameterizedTest
    @MethodSource("large")
    @Tag("stress")
    void manyOrders_ofThree_keepThePromise(Scenario scenario) {
        sample(scenario, 20_000);
    }

    private static void sample(Scenario scenario, int orders) {
        try (Interleavings interleavings = new Interleavings()) {
            interleavings.some(orders, System.nanoTime(), steps -> new World(steps, scenario).play());
        }
    }

    private static void explore(Scenario scenario) {
        try (Interleavings interleavings = new Interleavings()) {
            int orders = interleavings.all(steps -> new World(steps, scenario).play());
            System.out.println("BarrierModelTest: " + orders + " orders of " + scenario);
            assertThat(orders).isGreaterThan(10);
        }
    }

    /** A cache above one lower tier, what is true outside of it, and what of that the cache may still show. */
    private static final class World {

        private final Interleavings steps;
        private final Scenario scenario;
        private final ManualTicker ticker = new ManualTicker();
        private final ManualScheduler timer = new ManualScheduler(ticker);
        private final SteppingTier tier;
        private final TieredCache<String, Long> cache;
        private long truth = 1;
        private long floor;
        private long floorOfTier;
        private Seen seen = new Seen(0, 0);
        private int open;
        private String wrong;

        /** What was looked at. */
        private record Seen(long floor, int changes) {}

        World(Interleavings steps, Scenario scenario) {
            this.steps = steps;
            this.scenario = scenario;
            this.tier = new SteppingTier(steps);
            this.cache = newCache();
        }

        private TieredCache<String, Long> newCache() {
            TieredCacheBuilder<String, Long> builder = TieredCache.<String, Long>builder("numbers", steps.executor())
                    .shared()
                    .clocks(ticker, ticker)
                    .timer(timer)
                    .jitter(0)
                    .expireAfterWrite(Duration.ofMinutes(1))
                    .staleOnError(Duration.ofHours(1), Duration.ofSeconds(1))
                    .validFor((key, value) -> value == NOTHING_THERE ? Duration.ZERO : Duration.ofDays(1))
                    .tags((key, value) -> Set.of("tag"));
            return scenario.before == NO_TIER
                    ? builder.build()
                    : builder.tier(tier, Duration.ofMinutes(10), Duration.ofSeconds(1))
                            .codec(CODEC)
                            .build();
        }

        void play() {
            if (scenario.before != NOTHING && scenario.before != NO_TIER) {
                get();
                ticker.advance(scenario.before == STALE ? Duration.ofMinutes(11) : Duration.ofMinutes(2));
            }
            if (scenario.before == UNTOLD) {
                tier.fails = 1;
                change(() -> cache.invalidateTag("tag"));
                assertThat(tier.entries).hasSize(1);
            }
            tier.fails = scenario.fails;
            scenario.acts.forEach(act -> steps.add(act.name, () -> act.action.accept(this)));
            steps.afterEachStep(this::look);
            steps.run();
            timer.advance(Duration.ofMinutes(1)); // told again, if need be
            assertThat(cache.statistics().tiers()).allMatch(lower -> lower.pending() == 0);
            floorOfTier = floor;
            peek();
            get();
            timer.close();
            assertThat(open).as("answers that are missing").isZero();
            assertThat(wrong).isNull();
        }

        private Long load(String key) {
            long value = truth;
            steps.point("computed");
            return value;
        }

        void get() {
            expect(floor, cache.getAsync("key", this::load));
        }

        void getFailing() {
            expect(floor, cache.getAsync("key", key -> {
                steps.point("computed");
                throw new IllegalStateException("down");
            }));
        }

        private void look() {
            check(floor, cache.getIfPresent("key").orElse(NOTHING_THERE));
            peek();
        }

        private void check(long atLeast, long value) {
            if (value < atLeast) {
                wrong = value + " was served where " + atLeast + " was promised";
            }
        }

        /** Looks into the lower tier as another process would, and leaves it as it is. */
        private void peek() {
            if (floorOfTier == seen.floor && tier.changes == seen.changes) {
                return;
            }
            seen = new Seen(floorOfTier, tier.changes);
            expect(floorOfTier, newCache().getAsync("key", key -> NOTHING_THERE));
        }

        private void expect(long atLeast, CompletableFuture<Long> answer) {
            open++;
            CompletableFuture<Long> unused = answer.whenComplete((value, failure) -> {
                open--;
                check(atLeast, failure == null ? value : NOTHING_THERE);
            });
        }

        void change(Supplier<CompletableFuture<Void>> invalidation) {
            long changed = ++truth;
            CompletableFuture<Void> end = invalidation.get();
            floor = Math.max(floor, changed);
            CompletableFuture<Void> unused = end.thenRun(() -> floorOfTier = Math.max(floorOfTier, changed));
        }

        /** Does not say whether a tier that failed was told. */
        void put() {
            long changed = ++truth;
            CompletableFuture<Void> end = cache.put("key", changed);
            floor = Math.max(floor, changed);
            CompletableFuture<Void> unused =
                    end.thenRun(() -> floorOfTier = scenario.fails > 0 ? floorOfTier : Math.max(floorOfTier, changed));
        }
    }

    /** A tier each of whose calls has steps: before a change, after it, and after something was read. */
    private static final class SteppingTier implements CacheTier {

        private final Interleavings steps;
        private final Map<String, byte[]> entries = new TreeMap<>();
        private int fails;
        private int changes;

        SteppingTier(Interleavings steps) {
            this.steps = steps;
        }

        @Override
        public Optional<byte[]> get(String key) {
            Optional<byte[]> found = Optional.ofNullable(entries.get(key));
            steps.point("read");
            return found;
        }

        private void change(String what, Runnable change) throws IOException {
            steps.point("before " + what);
            if (fails > 0) {
                fails--;
                throw new IOException("down");
            }
            change.run();
            changes++;
            steps.point("after " + what);
        }

        @Override
        public void put(String key, byte[] entry, Instant useless) throws IOException {
            change("store", () -> entries.put(key, entry.clone()));
        }

        @Override
        public void delete(String key) throws IOException {
            change("removal", () -> entries.remove(key));
        }

        @Override
        public List<String> list(String folder) {
            List<String> found = List.copyOf(entries.keySet());
            steps.point("listed");
            return found;
        }
    }
}
