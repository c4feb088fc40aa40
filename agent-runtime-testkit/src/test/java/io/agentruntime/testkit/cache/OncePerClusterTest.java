package io.agentruntime.testkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.cache.CacheCodec;
import io.agentruntime.cache.CacheLoadException;
import io.agentruntime.cache.CacheStatistics;
import io.agentruntime.cache.CacheTier;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.cache.TieredCacheBuilder;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Instances that share a tier compute a value once, unless one dies, and never fail because of it. */
@Tag("flaw-23")
class OncePerClusterTest extends DrivenCacheFixture {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration LEASE = Duration.ofSeconds(60);
    private static final String ENTRY = "cache/texts/organisations/acme/a";

    @TempDir
    private Path folder;

    private final AtomicInteger computed = new AtomicInteger();
    private final BlobStore memory = BlobStore.inMemory();

    /** A cache in a process of its own. */
    private final class Instance {
        final Tasks tasks = new Tasks();
        final TieredCache<String, String> cache;

        /** Each call of the tier is a task of its own, between which other instances come. */
        Instance(CacheTier shared) {
            cache = clustered(tasks).tier(shared, HOUR, SECOND).build();
        }

        CompletableFuture<String> ask() {
            return cache.getAsync("a", OncePerClusterTest.this::compute);
        }
    }

    /** What an instance has to do: in order, or in any order, as with several threads. */
    private static final class Tasks implements Executor {
        private final List<Runnable> tasks = new ArrayList<>();

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        void runNext() {
            tasks.remove(0).run();
        }

        void runAny(Random random) {
            tasks.remove(random.nextInt(tasks.size())).run();
        }

        void runAll() {
            while (!tasks.isEmpty()) {
                runNext();
            }
        }

        int pending() {
            return tasks.size();
        }
    }

    private TieredCacheBuilder<String, String> clustered(Executor threads) {
        return driven(threads).codec(CacheCodec.json(String.class)).oncePerCluster(LEASE);
    }

    private String compute(String key) {
        return key + " " + computed.incrementAndGet();
    }

    private static CacheTier on(BlobStore store) {
        return CacheTier.on(store, "cache");
    }

    private static List<String> names(BlobStore store) {
        try (Stream<BlobName> names = store.list()) {
            return names.map(BlobName::path).toList();
        }
    }

    private List<Instance> instances(int count, CacheTier shared) {
        return Stream.generate(() -> new Instance(shared)).limit(count).toList();
    }

    /** One task of each at a time. */
    private static void runInTurns(List<Instance> instances) {
        while (instances.stream().anyMatch(instance -> instance.tasks.pending() > 0)) {
            instances.stream().filter(i -> i.tasks.pending() > 0).forEach(i -> i.tasks.runNext());
        }
    }

    private static void runAll(List<Instance> instances) {
        instances.forEach(instance -> instance.tasks.runAll());
    }

    private CacheStatistics.Tier figures(Instance instance) {
        return instance.cache.statistics().tiers().get(0);
    }

    @ParameterizedTest
    @CsvSource({"2,memory,300", "8,memory,100", "2,directory,20", "8,directory,5"})
    void getAsync_instancesInAnyOrder_computeOnceAndAllGetIt(int count, String kind, int rounds) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < rounds; round++) {
            String as = kind + ", seed " + seed + ", round " + round;
            BlobStore store =
                    kind.equals("memory") ? BlobStore.inMemory() : BlobStore.inDirectory(folder.resolve("" + round));
            List<Instance> instances = instances(count, on(store));
            computed.set(0);
            List<CompletableFuture<String>> answers =
                    instances.stream().map(Instance::ask).toList();
            for (int look = 0; !answers.stream().allMatch(CompletableFuture::isDone); look++) {
                assertThat(look).as(as + ", looks").isLessThan(4);
                runInAnyOrder(instances, random);
                timer.advance(SECOND);
            }
            runAll(instances);
            assertThat(answers).as(as).allMatch(answer -> answer.join().equals("a 1"));
            assertThat(computed).as(as).hasValue(1);
            assertThat(names(store)).as(as + ", left").containsExactly(ENTRY);
            assertThat(timer.pending()).as(as + ", alarms left").isZero();
            assertThat(instances)
                    .as(as)
                    .allMatch(i -> figures(i).failures() + figures(i).corrupt() == 0);
        }
    }

    private static void runInAnyOrder(List<Instance> instances, Random random) {
        while (true) {
            List<Instance> busy =
                    instances.stream().filter(i -> i.tasks.pending() > 0).toList();
            if (busy.isEmpty()) {
                return;
            }
            busy.get(random.nextInt(busy.size())).tasks.runAny(random);
        }
    }

    /** Runs an instance until it has the claim, and then never again. */
    private CompletableFuture<String> dieWithTheClaim(Instance instance, BlobStore store) {
        CompletableFuture<String> answer = instance.ask();
        while (names(store).isEmpty()) {
            instance.tasks.runNext();
        }
        assertThat(names(store)).containsExactly(ENTRY + "/claim");
        assertThat(computed).hasValue(0);
        return answer;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7})
    void getAsync_claimantDies_oneOtherComputesAfterTheLeaseAndNoneBefore(int others) {
        Instance dead = new Instance(on(memory));
        CompletableFuture<String> late = dieWithTheClaim(dead, memory);
        List<Instance> living = instances(others, on(memory));
        List<CompletableFuture<String>> answers =
                living.stream().map(Instance::ask).toList();
        runAll(living);
        for (Duration passed = Duration.ZERO; passed.compareTo(LEASE) < 0; passed = passed.plus(SECOND)) {
            assertThat(computed).as("after " + passed).hasValue(0);
            timer.advance(SECOND);
            runAll(living);
        }
        timer.advance(SECOND);
        runAll(living);
        assertThat(answers)
                .allMatch(CompletableFuture::isDone)
                .allMatch(answer -> answer.join().equals("a 1"));
        dead.tasks.runAll();
        assertThat(late).as("it was only slow").isCompletedWithValue("a 1");
        assertThat(computed).hasValue(1);
        assertThat(names(memory)).containsExactly(ENTRY);
    }

    @Test
    void getAsync_claimantWakesUpWhenAnotherHasItsClaim_leavesThatOneAlone() {
        Instance slow = new Instance(on(memory));
        CompletableFuture<String> late = dieWithTheClaim(slow, memory);
        Instance other = new Instance(on(memory));
        CompletableFuture<String> answer = other.ask();
        other.tasks.runAll();
        String first = versionOfTheClaim();
        for (int step = 0; versionOfTheClaim().equals(first); step++) { // until it has been taken over
            assertThat(step).isLessThan(1_000);
            if (other.tasks.pending() == 0) {
                timer.advance(SECOND);
            } else {
                other.tasks.runNext();
            }
        }
        slow.tasks.runAll();
        assertThat(late).isCompletedWithValue("a 1");
        assertThat(names(memory)).containsExactly(ENTRY, ENTRY + "/claim");
        other.tasks.runAll();
        assertThat(answer).isCompletedWithValue("a 1");
        assertThat(names(memory)).containsExactly(ENTRY);
    }

    private String versionOfTheClaim() {
        return memory.head(BlobName.parse(ENTRY + "/claim")).orElseThrow().version();
    }

    @Test
    void getAsync_claimChangesHandsAllTheTime_computesAfterTwoLeases() {
        AtomicInteger marks = new AtomicInteger();
        tier.beforeClaim = () -> {
            String another = "another's " + marks.incrementAndGet();
            tier.entries.put("texts/organisations/acme/a/claim", another.getBytes(StandardCharsets.UTF_8));
        };
        TieredCache<String, String> cache = clustered(executor).tier(tier).build();
        CompletableFuture<String> answer = cache.getAsync("a", this::compute);
        for (int i = 0; i < 2 * LEASE.toSeconds(); i++) {
            executor.runAll();
            assertThat(answer).as("after %d s", i).isNotDone();
            timer.advance(SECOND);
        }
        executor.runAll();
        assertThat(answer).isCompletedWithValue("a 1");
    }

    @Test
    void getAsync_computationFails_theNextComputesAtOnce() {
        List<Instance> instances = instances(2, on(memory));
        CompletableFuture<String> failed = instances.get(0).cache.getAsync("a", key -> {
            assertThat(names(memory)).containsExactly(ENTRY + "/claim");
            throw new IllegalStateException("down");
        });
        instances.get(0).tasks.runAll();
        assertThatThrownBy(failed::join).hasRootCauseMessage("down");
        assertThat(names(memory)).isEmpty();
        CompletableFuture<String> next = instances.get(1).ask();
        instances.get(1).tasks.runAll();
        assertThat(next).isCompletedWithValue("a 1");
    }

    @Test
    void getAsync_storeTakesLong_theClaimStandsUntilThen() {
        Instance one = new Instance(tier);
        List<Integer> releasesBefore = new ArrayList<>();
        tier.beforeWrite = () -> {
            one.tasks.runAll(); // other threads do whatever else there is to do
            releasesBefore.add(tier.releases.get());
        };
        CompletableFuture<String> answer = one.ask();
        one.tasks.runAll();
        assertThat(answer).isCompletedWithValue("a 1");
        assertThat(releasesBefore).containsExactly(0);
        assertThat(tier.releases).hasValue(1);
        assertThat(tier.entries).hasSize(1);
    }

    @Test
    void getAsync_valueCannotBeStored_theClaimIsGivenBack() {
        tier.beforeWrite = () -> {
            throw new IllegalStateException("full");
        };
        Instance one = new Instance(tier);
        CompletableFuture<String> answer = one.ask();
        one.tasks.runAll();
        assertThat(answer).isCompletedWithValue("a 1");
        assertThat(tier.entries).isEmpty();
    }

    @Test
    void getAsync_claimsFail_eachComputesAndNoneFails() {
        tier.beforeClaim = () -> {
            throw new IllegalStateException("not allowed");
        };
        List<Instance> instances = instances(3, tier);
        List<CompletableFuture<String>> answers =
                instances.stream().map(Instance::ask).toList();
        runInTurns(instances);
        assertThat(answers).allMatch(CompletableFuture::isDone).noneMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(computed).hasValue(3);
        assertThat(instances).allMatch(i -> figures(i).failures() == 1);
    }

    @Test
    void getAsync_tierIsBroken_eachComputesAndNoneFails() {
        tier.broken = true;
        List<Instance> instances = instances(3, tier);
        for (String key : List.of("a", "b", "c", "d")) {
            List<CompletableFuture<String>> answers = instances.stream()
                    .map(i -> i.cache.getAsync(key, this::compute))
                    .toList();
            runInTurns(instances);
            assertThat(answers)
                    .allMatch(CompletableFuture::isDone)
                    .noneMatch(CompletableFuture::isCompletedExceptionally);
        }
        assertThat(computed).hasValue(12);
        assertThat(tier.claims.get() + tier.releases.get())
                .as("then left in peace")
                .isLessThanOrEqualTo(6);
    }

    @Test
    void getAsync_claimHangs_computesWhenTheTimeoutIsOver() throws Exception {
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 4, 100));
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch claiming = new CountDownLatch(1);
        tier.claimGate = gate;
        tier.beforeClaim = claiming::countDown;
        TieredCache<String, String> cache =
                clustered(io).tier(tier, HOUR, SECOND).build();
        try {
            CompletableFuture<String> answer = cache.getAsync("a", this::compute);
            claiming.await();
            assertThat(answer).isNotDone();
            timer.advance(SECOND);
            assertThat(answer.join()).isEqualTo("a 1");
            assertThat(cache.statistics().tiers().get(0).failures()).isEqualTo(1);
        } finally {
            gate.countDown();
            io.stop(Deadline.after(Duration.ofSeconds(10)));
        }
    }

    @Test
    void getAsync_noRoomWhenItIsTimeToLook_looksLater() {
        Instance dead = new Instance(on(memory));
        CompletableFuture<String> unused = dieWithTheClaim(dead, memory);
        boolean[] full = new boolean[1];
        TieredCache<String, String> cache = clustered(task -> {
                    if (full[0]) {
                        throw new RejectedExecutionException("full");
                    }
                    task.run();
                })
                .tier(on(memory))
                .build();
        CompletableFuture<String> waits = cache.getAsync("a", this::compute);
        full[0] = true;
        timer.advance(SECOND.multipliedBy(3));
        assertThat(waits).isNotDone();
        full[0] = false;
        dead.tasks.runAll();
        timer.advance(SECOND);
        assertThat(waits).isCompletedWithValue("a 1");
        CompletableFuture<String> never = stuck(dead, cache);
        full[0] = true;
        timer.advance(LEASE.multipliedBy(2));
        assertThatThrownBy(never::join)
                .hasCauseInstanceOf(CacheLoadException.class)
                .hasRootCauseMessage("full");
    }

    /** Waits for an instance that has died, with another key. */
    private CompletableFuture<String> stuck(Instance dead, TieredCache<String, String> cache) {
        CompletableFuture<String> unused = dead.cache.getAsync("b", this::compute);
        while (names(memory).stream().noneMatch(name -> name.endsWith("b/claim"))) {
            dead.tasks.runNext();
        }
        return cache.getAsync("b", this::compute);
    }

    @Test
    void getAsync_timerHasStopped_computesAtOnce() {
        Instance dead = new Instance(on(memory));
        CompletableFuture<String> unused = dieWithTheClaim(dead, memory);
        TieredCache<String, String> cache = clustered(executor).tier(on(memory)).build();
        timer.shutdown();
        CompletableFuture<String> answer = cache.getAsync("a", this::compute);
        executor.runAll();
        assertThat(answer).isCompletedWithValue("a 1");
        assertThat(cache.statistics().tiers().get(0).failures()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"clear", "tag", "key"})
    void invalidate_claimOfADeadInstance_goesToo(String what) {
        Instance dead = new Instance(on(memory));
        CompletableFuture<String> unused = dieWithTheClaim(dead, memory);
        Instance living = new Instance(on(memory));
        CompletableFuture<Void> done = switch (what) {
            case "clear" -> living.cache.clear();
            case "tag" -> living.cache.invalidateTag("any");
            default -> living.cache.invalidate("a");
        };
        living.tasks.runAll();
        assertThat(done).isCompleted();
        assertThat(names(memory)).isEmpty();
        assertThat(figures(living)).matches(f -> f.corrupt() == 0 && f.failures() == 0);
        CompletableFuture<String> answer = living.ask();
        living.tasks.runAll();
        assertThat(answer).as("nobody to wait for").isCompletedWithValue("a 1");
    }

    @Test
    void clear_byAnInstanceWithoutClaims_takesThemAlong() {
        Instance dead = new Instance(on(memory));
        CompletableFuture<String> unused = dieWithTheClaim(dead, memory);
        TieredCache<String, String> cache = driven(executor)
                .tier(on(memory))
                .codec(CacheCodec.json(String.class))
                .build();
        CompletableFuture<Void> tagged = cache.invalidateTag("any");
        executor.runAll();
        assertThat(tagged).isCompleted();
        assertThat(names(memory)).isEmpty();
        assertThat(cache.statistics().tiers().get(0).corrupt()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"false,1,0,0,1", "true,2,1,1,2"})
    void getAsyncAndInvalidate_callsOfTheTier(boolean once, int reads, int claims, int releases, int deletes) {
        TieredCacheBuilder<String, String> builder = driven(executor).tier(tier).codec(CacheCodec.json(String.class));
        TieredCache<String, String> cache = (once ? builder.oncePerCluster(LEASE) : builder).build();
        CompletableFuture<String> answer = cache.getAsync("a", this::compute);
        executor.runAll();
        assertThat(answer).isCompletedWithValue("a 1");
        CompletableFuture<Void> unused = cache.invalidate("a");
        executor.runAll();
        assertThat(tier.reads).hasValue(reads);
        assertThat(tier.claims).hasValue(claims);
        assertThat(tier.releases).hasValue(releases);
        assertThat(tier.deletes).hasValue(deletes);
        assertThat(tier.writes).hasValue(1);
        assertThat(tier.entries).isEmpty();
    }

    @Test
    void getAllAsync_computesWithoutClaims() {
        TieredCache<String, String> cache = clustered(executor).tier(tier).build();
        CompletableFuture<Map<String, String>> answer =
                cache.getAllAsync(List.of("a", "b"), keys -> Map.of("a", "1", "b", "2"));
        executor.runAll();
        assertThat(answer).isCompletedWithValue(Map.of("a", "1", "b", "2"));
        assertThat(tier.claims).hasValue(0);
    }

    @Test
    void eagerRefresh_computesAnewWithoutAClaim() {
        TieredCache<String, String> cache = clustered(executor)
                .tier(tier)
                .expireAfterWrite(Duration.ofSeconds(10))
                .eagerRefresh(0.5)
                .build();
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            answers.add(cache.getAsync("a", this::compute));
            executor.runAll();
            ticker.advance(Duration.ofSeconds(4));
        }
        assertThat(answers).extracting(CompletableFuture::join).containsExactly("a 1", "a 1", "a 1");
        assertThat(cache.getAsync("a", this::compute)).isCompletedWithValue("a 2");
        assertThat(tier.claims).hasValue(1);
    }

    @Test
    void build_withoutALowerTierOrATimer_saysSo() {
        assertThatThrownBy(() -> clustered(executor).build()).hasMessageContaining("oncePerCluster needs a lower tier");
        assertThatThrownBy(() -> TieredCache.<String, String>builder("texts", executor)
                        .tier(tier)
                        .codec(CacheCodec.json(String.class))
                        .oncePerCluster(LEASE)
                        .build())
                .hasMessageContaining("oncePerCluster needs a timer");
        assertThatThrownBy(() -> clustered(executor).oncePerCluster(Duration.ZERO))
                .hasMessageContaining("oncePerCluster must be above zero");
    }
}
