package io.agentruntime.testkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.cache.CacheCodec;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.cache.TieredCacheBuilder;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Instances that share a tier compute a value once, unless one dies. */
@Tag("flaw-23")
class OncePerClusterTest extends ClusterFixture {

    @TempDir
    private Path folder;

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
        tier.beforeClaim = () -> claimAsAnother("another's " + marks.incrementAndGet());
        TieredCache<String, String> cache = clustered(executor).tier(tier).build();
        CompletableFuture<String> answer = cache.getAsync("a", this::compute);
        for (int i = 0; i < 2 * LEASE.toSeconds(); i++) {
            executor.runAll();
            assertThat(answer).as("after %d s", i).isNotDone();
            timer.advance(SECOND);
        }
        executor.runAll();
        assertThat(answer).isCompletedWithValue("a 1");
        assertThat(tier.releases).as("it had none").hasValue(0);
    }

    @Test
    void getAsync_claimChangesHandsOnce_theLeaseBeginsAnew() {
        claimAsAnother("one");
        TieredCache<String, String> cache = clustered(executor).tier(tier).build();
        CompletableFuture<String> answer = cache.getAsync("a", this::compute);
        for (int i = 0; i < 91; i++) {
            executor.runAll();
            assertThat(answer).as("after %d s", i).isNotDone();
            if (i == 30) {
                claimAsAnother("two");
            }
            timer.advance(SECOND);
        }
        executor.runAll();
        assertThat(answer).isCompletedWithValue("a 1");
        assertThat(tier.releases).hasValue(1);
        assertThat(tier.entries).hasSize(1);
    }

    private void claimAsAnother(String mark) {
        tier.entries.put("texts/organisations/acme/a/claim", mark.getBytes(StandardCharsets.UTF_8));
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
    @CsvSource({
        "false, 1 read 0 claimed 1 written 0 released 1 deleted",
        "true, 2 read 1 claimed 1 written 1 released 2 deleted"
    })
    void getAsyncAndInvalidate_callsOfTheTier(boolean once, String calls) {
        TieredCacheBuilder<String, String> builder = driven(executor).tier(tier).codec(CacheCodec.json(String.class));
        TieredCache<String, String> cache = (once ? builder.oncePerCluster(LEASE) : builder).build();
        CompletableFuture<String> answer = cache.getAsync("a", this::compute);
        executor.runAll();
        assertThat(answer).isCompletedWithValue("a 1");
        CompletableFuture<Void> unused = cache.invalidate("a");
        executor.runAll();
        assertThat(tier.reads + " read " + tier.claims + " claimed " + tier.writes + " written " + tier.releases
                        + " released " + tier.deletes + " deleted")
                .isEqualTo(calls);
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
