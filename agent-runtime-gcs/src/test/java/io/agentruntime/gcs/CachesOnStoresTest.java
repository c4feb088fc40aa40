package io.agentruntime.gcs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.storage.Storage;
import io.agentruntime.cache.CacheCodec;
import io.agentruntime.cache.CacheStatistics;
import io.agentruntime.cache.CacheTier;
import io.agentruntime.cache.Content;
import io.agentruntime.cache.ContentCache;
import io.agentruntime.cache.ContentKind;
import io.agentruntime.cache.ContentSource;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.cache.TieredCacheBuilder;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.testkit.ManualScheduler;
import io.agentruntime.testkit.ManualTicker;
import io.agentruntime.testkit.gcs.GcsServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Both caches on each store: what is erased is nowhere any more, and what is damaged is never served. */
class CachesOnStoresTest {

    private static final ContentKind<String> SUMMARY = ContentKind.of("summary", String.class);
    private static final ContentKind<String> FAQS = ContentKind.of("faqs", String.class);
    private static final List<String> KEYS = List.of("a", "b");

    @TempDir
    private Path folder;

    private GcsServer server;
    private Storage client;
    private ContextScope scope;

    /** The stores that there are. */
    enum Kind {
        MEMORY,
        DIRECTORY,
        BUCKET
    }

    @BeforeEach
    void start() throws Exception {
        server = GcsServer.start(Clients.BUCKET);
        client = Clients.of(server);
        scope = UsageContext.of("acme", "test").open();
    }

    @AfterEach
    void stop() throws Exception {
        scope.close();
        client.close();
        server.close();
    }

    private BlobStore store(Kind kind) {
        return switch (kind) {
            case MEMORY -> BlobStore.inMemory();
            case DIRECTORY -> BlobStore.inDirectory(folder);
            case BUCKET -> GcsBlobStore.of(client, Clients.BUCKET);
        };
    }

    private static TieredCache<String, String> texts(BlobStore store) {
        return TieredCache.<String, String>builder("texts", Runnable::run)
                .tier(CacheTier.on(store, "near"))
                .tier(CacheTier.on(store, "far"))
                .codec(CacheCodec.json(String.class))
                .build();
    }

    private static ContentCache contents(BlobStore store) {
        return ContentCache.create(store, InstantSource.system());
    }

    private static ContentSource document(String name) {
        return ContentSource.of(name, "content of " + name);
    }

    private static List<String> names(BlobStore store) {
        try (Stream<BlobName> names = store.list()) {
            return names.map(BlobName::path).toList();
        }
    }

    private static void fill(BlobStore store) {
        for (String organisation : List.of("acme", "other")) {
            try (ContextScope owner = UsageContext.of(organisation, "test").openReplacing()) {
                TieredCache<String, String> texts = texts(store);
                for (String key : KEYS) {
                    assertThat(texts.get(key, k -> k + " of " + organisation)).isNotEmpty();
                    contents(store).save(document(key), SUMMARY, "summary of " + key + " of " + organisation);
                    contents(store).save(document(key), FAQS, "questions about " + key + " of " + organisation);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("flaw-34")
    void erase_aDocumentThenTheOrganisation_leavesNothingOfThem(Kind kind) {
        BlobStore store = store(kind);
        fill(store);
        assertThat(contents(store).erase("a")).isEqualTo(2);
        assertThat(names(store))
                .filteredOn(name -> name.startsWith("acme/"))
                .hasSize(2)
                .noneMatch(name -> name.startsWith("acme/generated/a/"));
        assertThat(contents(store).eraseOrganisation()).isEqualTo(2);
        assertThat(names(store)).noneMatch(name -> name.startsWith("acme/"));
        assertThat(names(store)).filteredOn(name -> name.startsWith("other/")).hasSize(4);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("flaw-34")
    void clear_ofMemoryAndTwoLowerTiers_leavesNothingOfTheOrganisation(Kind kind) {
        BlobStore store = store(kind);
        fill(store);
        TieredCache<String, String> texts = texts(store);
        CompletableFuture<?>[] cleared = new CompletableFuture<?>[1];
        assertThat(texts.get(
                        "c",
                        key -> { // one is on its way meanwhile
                            cleared[0] = texts.clear();
                            return "computed";
                        }))
                .isEqualTo("computed");
        assertThat(cleared[0]).isCompleted();
        assertThat(texts.statistics().size()).isZero();
        List<String> left = names(store).stream()
                .filter(name -> name.startsWith("near/") || name.startsWith("far/"))
                .toList();
        assertThat(left).hasSize(2 * KEYS.size()).allMatch(name -> name.contains("/organisations/other/"));
    }

    @ParameterizedTest
    @CsvSource({"MEMORY,2", "MEMORY,8", "DIRECTORY,2", "DIRECTORY,8", "BUCKET,2", "BUCKET,8"})
    @Tag("flaw-23")
    void getAsync_instancesAtOnce_computeOnceAndLeaveNoClaim(Kind kind, int count) throws Exception {
        BlobStore shared = store(kind);
        ExecutorService threads = Executors.newCachedThreadPool();
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
        Phaser underWay = new Phaser(1);
        Executor counted = task -> {
            underWay.register();
            threads.execute(() -> {
                task.run();
                underWay.arriveAndDeregister();
            });
        };
        AtomicInteger computed = new AtomicInteger();
        try {
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                BlobStore own = kind == Kind.MEMORY ? shared : store(kind);
                answers.add(clustered(counted, timer)
                        .tier(CacheTier.on(own, "far"), Duration.ofHours(1), Duration.ofSeconds(30))
                        .build()
                        .getAsync("a", key -> key + " " + computed.incrementAndGet()));
            }
            assertThat(answers).allMatch(answer -> answer.join().equals("a 1"));
            int unused = underWay.awaitAdvanceInterruptibly(underWay.arriveAndDeregister(), 60, TimeUnit.SECONDS);
        } finally {
            threads.shutdown();
            timer.shutdownNow();
        }
        assertThat(computed).hasValue(1);
        assertThat(names(shared)).containsExactly("far/texts/organisations/acme/a");
    }

    private static TieredCacheBuilder<String, String> clustered(Executor executor, ScheduledExecutorService timer) {
        return TieredCache.<String, String>builder("texts", executor)
                .timer(timer)
                .codec(CacheCodec.json(String.class))
                .oncePerCluster(Duration.ofSeconds(60));
    }

    @ParameterizedTest
    @EnumSource
    @Tag("flaw-23")
    void getAsync_anotherIsAtIt_getsWhatThatOneStores_andClearLeavesNothing(Kind kind) {
        BlobStore store = store(kind);
        ManualTicker ticker = new ManualTicker();
        ManualScheduler timer = new ManualScheduler(ticker);
        Supplier<TieredCache<String, String>> instance = () -> clustered(Runnable::run, timer)
                .clocks(ticker, ticker)
                .tier(CacheTier.on(store, "far"))
                .build();
        TieredCache<String, String> other = instance.get();
        List<CompletableFuture<String>> waits = new ArrayList<>();
        assertThat(instance.get().get("a", key -> {
                    waits.add(other.getAsync(key, k -> "computed again"));
                    return "computed";
                }))
                .isEqualTo("computed");
        assertThat(waits.get(0)).isNotDone();
        timer.advance(Duration.ofSeconds(1));
        assertThat(waits.get(0)).isCompletedWithValue("computed");
        assertThat(names(store)).containsExactly("far/texts/organisations/acme/a");
        assertThat(instance.get().get("b", key -> {
                    CompletableFuture<Void> cleared = other.clear();
                    assertThat(cleared).isCompleted();
                    assertThat(names(store)).as("its claim is gone too").isEmpty();
                    return "computed";
                }))
                .isEqualTo("computed");
        assertThat(names(store)).containsExactly("far/texts/organisations/acme/b");
        assertThat(other.statistics().tiers()).allMatch(tier -> tier.corrupt() + tier.failures() == 0);
        timer.close();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("flaw-26")
    void get_damagedEntries_noneIsServed(Kind kind) throws Exception {
        damage(kind, 150);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("flaw-26")
    @Tag("stress")
    void get_tenThousandDamagedEntries_noneIsServed(Kind kind) throws Exception {
        damage(kind, 10_000);
    }

    private void damage(Kind kind, int rounds) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        BlobStore store = store(kind);
        fill(store);
        for (int round = 0; round < rounds; round++) {
            String as = kind + ", seed " + seed + ", round " + round;
            if (random.nextBoolean()) {
                damageText(kind, store, random, as);
            } else {
                damageContent(kind, store, random, as);
            }
        }
    }

    private void damageText(Kind kind, BlobStore store, Random random, String as) throws Exception {
        String mine = "/texts/organisations/acme/a";
        damage(kind, store, BlobName.parse("near" + mine), random);
        damage(kind, store, BlobName.parse("far" + mine), random);
        TieredCache<String, String> texts = texts(store);
        assertThat(texts.get("a", key -> "a of acme")).as(as).isEqualTo("a of acme");
        CacheStatistics statistics = texts.statistics();
        assertThat(statistics.loads()).as(as).isEqualTo(1);
        assertThat(statistics.tiers()).as(as).allMatch(tier -> tier.corrupt() == 1 && tier.failures() == 0);
        assertThat(texts(store).get("a", key -> "computed"))
                .as(as + ", repaired")
                .isEqualTo("a of acme");
    }

    private void damageContent(Kind kind, BlobStore store, Random random, String as) throws Exception {
        String value = "summary of a of acme";
        damage(kind, store, BlobName.parse("acme/generated/a/summary.json"), random);
        ContentCache contents = contents(store);
        Optional<Content<String>> found = contents.find(document("a"), SUMMARY);
        ContentCache.Statistics seen = contents.statistics();
        assertThat(seen.hits() + seen.corrupt() + seen.failures()).as(as).isEqualTo(1);
        assertThat(found.map(Content::value).orElse(value)).as(as).isEqualTo(value); // white space may be damaged
        contents.save(document("a"), SUMMARY, value);
        assertThat(contents(store).find(document("a"), SUMMARY))
                .as(as + ", repaired")
                .isPresent();
    }

    /** Flips, cuts or swaps, above the store or below it. */
    private void damage(Kind kind, BlobStore store, BlobName name, Random random) throws Exception {
        List<BlobName> all;
        try (Stream<BlobName> names = store.list()) {
            all = names.filter(other -> !isSamePlace(other, name)).toList();
        }
        byte[] whole = store.get(name).orElseThrow();
        switch (random.nextInt(4)) {
            case 0 ->
                store.put(name, store.get(all.get(random.nextInt(all.size()))).orElseThrow());
            case 1 -> store.put(name, Arrays.copyOf(whole, random.nextInt(whole.length)));
            case 2 -> store.put(name, flipped(whole, random));
            default -> damageBelow(kind, store, name, random);
        }
    }

    /** Both lower tiers have the same entry for a key. */
    private static boolean isSamePlace(BlobName one, BlobName other) {
        return one.path().replaceFirst("^near/", "far/").equals(other.path().replaceFirst("^near/", "far/"));
    }

    private void damageBelow(Kind kind, BlobStore store, BlobName name, Random random) throws Exception {
        switch (kind) {
            case MEMORY -> store.put(name, "of somebody else".getBytes(StandardCharsets.UTF_8));
            case BUCKET -> server.damage(name.path(), bytes -> flipped(bytes, random));
            case DIRECTORY -> {
                int length = store.get(name).orElseThrow().length;
                change(file(name), bytes -> {
                    byte[] flipped = flipped(Arrays.copyOf(bytes, length), random);
                    byte[] all = bytes.clone();
                    System.arraycopy(flipped, 0, all, 0, length);
                    return all;
                });
            }
        }
    }

    private Path file(BlobName name) throws Exception {
        String[] parts = name.path().split("/");
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> folder.relativize(file).toString().equals(String.join("/", parts) + "+"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void change(Path file, UnaryOperator<byte[]> change) throws Exception {
        Files.write(file, change.apply(Files.readAllBytes(file)));
    }

    private static byte[] flipped(byte[] whole, Random random) {
        byte[] copy = whole.clone();
        copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        return copy;
    }
}
