package io.agentruntime.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.ContextSnapshot;
import io.agentruntime.context.UsageContext;
import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writers of different contents of what has one name: none takes a hit from the other, whoever comes last. */
@Tag("flaw-28")
class ContentVersionsTest {

    private static final ContentKind<String> SUMMARY = ContentKind.of("summary", String.class);
    private static final BlobName BLOB = BlobName.of("acme", "generated", "report.pdf", "summary.json");

    private final BlobStore store = BlobStore.inMemory();
    private final ContentCache one = ContentCache.create(store, InstantSource.system());
    private final ContentCache other = ContentCache.create(store, InstantSource.system());
    private ContextScope scope;

    @BeforeEach
    void openContext() {
        scope = UsageContext.of("acme", "test").open();
    }

    @AfterEach
    void closeContext() {
        scope.close();
    }

    private static ContentSource version(int number) {
        return ContentSource.of("report.pdf", "version " + number);
    }

    private static String made(int number) {
        return "of version " + number;
    }

    private static String get(ContentCache cache, int number) throws Exception {
        return cache.get(version(number), SUMMARY, () -> made(number)).value();
    }

    @Test
    void get_twoOrganisationsWithOneNameInTurn_eachMissesOnce() throws Exception {
        for (int round = 0; round < 20; round++) {
            for (String organisation : List.of("acme", "other")) {
                try (ContextScope theirs = UsageContext.of(organisation, "test").openReplacing()) {
                    String value =
                            one.get(version(1), SUMMARY, () -> organisation).value();
                    assertThat(value).isEqualTo(organisation);
                }
            }
        }
        assertThat(one.statistics()).isEqualTo(new ContentCache.Statistics(38, 2, 0, 0, 0));
    }

    @Test
    void get_hostsOfTwoVersionsInTurn_eachMissesOnce() throws Exception {
        for (int round = 0; round < 20; round++) {
            assertThat(get(one, 1)).isEqualTo(made(1));
            assertThat(get(other, 2)).isEqualTo(made(2));
        }
        assertThat(one.statistics().hits()).isEqualTo(19);
        assertThat(other.statistics().hits()).isEqualTo(19);
    }

    @Test
    void get_variantsInTurn_eachMissesOnce() throws Exception {
        for (int round = 0; round < 20; round++) {
            for (String variant : List.of("model 1", "model 2")) {
                assertThat(one.get(version(1), SUMMARY.withVariant(variant), () -> variant)
                                .value())
                        .isEqualTo(variant);
            }
        }
        assertThat(one.statistics().hits()).isEqualTo(38);
    }

    @Test
    void get_slowWriterOfTheOldVersionIsLast_theNewOneStays() throws Exception {
        assertThat(one.get(version(1), SUMMARY, () -> {
                            assertThat(get(other, 2)).isEqualTo(made(2));
                            return made(1);
                        })
                        .value())
                .isEqualTo(made(1));
        assertThat(other.find(version(2), SUMMARY).map(Content::value)).contains(made(2));
        assertThat(one.find(version(1), SUMMARY).map(Content::value)).contains(made(1));
    }

    @Test
    void save_sameVersionAgain_isReplaced() {
        one.save(version(1), SUMMARY, "first");
        one.save(version(2), SUMMARY, made(2));
        one.save(version(1), SUMMARY, "second");
        assertThat(one.find(version(1), SUMMARY).map(Content::value)).contains("second");
        assertThat(new String(store.get(BLOB).orElseThrow(), StandardCharsets.UTF_8))
                .doesNotContain("first");
    }

    @Test
    void save_manyVersions_theLastFourStay() {
        for (int number = 1; number <= 10; number++) {
            one.save(version(number), SUMMARY, made(number));
        }
        for (int number = 1; number <= 10; number++) {
            assertThat(one.find(version(number), SUMMARY).isPresent())
                    .as("version %d", number)
                    .isEqualTo(number > 6);
        }
        assertThat(store.list()).containsExactly(BLOB);
        assertThat(one.erase("report.pdf")).isEqualTo(1);
        assertThat(store.list()).isEmpty();
    }

    @Test
    void save_whatIsThereIsOfAnotherOwner_nothingOfItIsKept() {
        try (ContextScope theirs = UsageContext.of("other", "test").openReplacing()) {
            one.save(version(1), SUMMARY, "secret of other");
        }
        store.put(
                BLOB,
                store.get(BlobName.of("other", "generated", "report.pdf", "summary.json"))
                        .orElseThrow());
        one.save(version(2), SUMMARY, made(2));
        assertThat(new String(store.get(BLOB).orElseThrow(), StandardCharsets.UTF_8))
                .doesNotContain("secret");
    }

    @Test
    void save_byManyHostsAtOnce_allStay(@TempDir Path folder) throws Exception {
        for (BlobStore shared : List.of(BlobStore.inMemory(), BlobStore.inDirectory(folder))) {
            ExecutorService threads = Executors.newFixedThreadPool(4);
            CountDownLatch start = new CountDownLatch(1);
            try {
                List<Future<Void>> hosts = new ArrayList<>();
                for (int number = 1; number <= 4; number++) {
                    int mine = number;
                    ContentCache cache = ContentCache.create(shared, InstantSource.system());
                    hosts.add(threads.submit(ContextSnapshot.capture().wrap((Callable<Void>) () -> {
                        start.await();
                        for (int round = 0; round < 25; round++) {
                            cache.save(version(mine), SUMMARY, made(mine));
                            assertThat(cache.find(version(mine), SUMMARY)).isPresent();
                        }
                        return null;
                    })));
                }
                start.countDown();
                for (Future<Void> host : hosts) {
                    host.get(60, TimeUnit.SECONDS);
                }
            } finally {
                threads.shutdownNow();
            }
            ContentCache reader = ContentCache.create(shared, InstantSource.system());
            assertThat(IntStream.rangeClosed(1, 4))
                    .allMatch(number -> reader.find(version(number), SUMMARY).isPresent());
        }
    }

    @Test
    @Tag("flaw-34")
    void save_erasedBetweenItsReadAndItsWrite_bringsNothingBack() {
        one.save(version(1), SUMMARY, made(1));
        ContentCache racing = ContentCache.create(erasedBeforeAPut(), InstantSource.system());
        racing.save(version(2), SUMMARY, made(2));
        assertThat(one.find(version(1), SUMMARY)).isEmpty();
        assertThat(one.find(version(2), SUMMARY)).isPresent();
    }

    /** The store, where the document is erased just before the first entry is stored. */
    private BlobStore erasedBeforeAPut() {
        AtomicBoolean first = new AtomicBoolean(true);
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().equals("put") && first.getAndSet(false)) {
                assertThat(one.erase("report.pdf")).isEqualTo(1);
            }
            try {
                return method.invoke(store, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return (BlobStore)
                Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {BlobStore.class}, handler);
    }
}
