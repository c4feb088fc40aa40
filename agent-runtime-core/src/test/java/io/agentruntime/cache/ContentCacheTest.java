package io.agentruntime.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.ContextSnapshot;
import io.agentruntime.context.MissingContextException;
import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.Gather;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.storage.BlobInfo;
import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.storage.BlobStream;
import io.agentruntime.storage.PutOptions;
import io.agentruntime.storage.StorageException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ContentCacheTest {

    record Summary(String text, List<String> points) {}

    private static final ContentKind<Summary> SUMMARY = ContentKind.of("summary", Summary.class);
    private static final ContentSource REPORT = ContentSource.of("report.pdf", "version 1");
    private static final Summary VALUE = new Summary("short", List.of("a", "b"));
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final BlobName BLOB = BlobName.of("acme", "generated", "report.pdf", "summary.json");

    private final BlobStore store = BlobStore.inMemory();
    private final ContentCache cache = ContentCache.create(store, InstantSource.fixed(NOW));
    private ContextScope scope;

    @BeforeEach
    void openContext() {
        scope = UsageContext.of("acme", "test").open();
    }

    @AfterEach
    void closeContext() {
        scope.close();
    }

    @Test
    void find_savedFromTheSameSource_isServed() {
        assertThat(cache.find(REPORT, SUMMARY)).isEmpty();
        assertThat(cache.save(REPORT, SUMMARY, VALUE)).isEqualTo(new Content<>(VALUE, false, NOW));
        assertThat(cache.find(REPORT, SUMMARY)).contains(new Content<>(VALUE, true, NOW));
        assertThat(cache.statistics()).isEqualTo(new ContentCache.Statistics(1, 1, 0, 0, 0));
    }

    @Test
    void save_storedForm_hasTheFieldsOfTheContract() {
        cache.save(REPORT, SUMMARY.withVariant("m1"), VALUE);
        String json = new String(store.get(BLOB).orElseThrow(), StandardCharsets.UTF_8);
        assertThat(json)
                .contains("\"text\" : \"short\"")
                .contains("\"source_hash\" : \"" + REPORT.hash() + "\"")
                .contains("\"cached_at\" : \"2026-01-02T03:04:05Z\"")
                .contains("\"organisation\" : \"acme\"")
                .contains("\"variant\" : \"m1\"");
    }

    @Test
    @Tag("flaw-20")
    void find_sourceChanged_isAMiss() {
        cache.save(REPORT, SUMMARY, VALUE);
        assertThat(cache.find(ContentSource.of("report.pdf", "version 2"), SUMMARY))
                .isEmpty();
        assertThat(cache.statistics().stale()).isEqualTo(1);
    }

    @Test
    @Tag("flaw-27")
    void find_otherVariant_isAMiss() {
        cache.save(REPORT, SUMMARY.withVariant("gpt, prompt 1"), VALUE);
        assertThat(cache.find(REPORT, SUMMARY.withVariant("gpt, prompt 2"))).isEmpty();
        assertThat(cache.find(REPORT, SUMMARY.withVariant("gpt, prompt 1"))).isPresent();
    }

    @Test
    @Tag("flaw-24")
    void find_otherOrganisation_seesNothingEvenOfTheSameBytes() {
        cache.save(REPORT, SUMMARY, VALUE);
        try (ContextScope other = UsageContext.of("other", "test").openReplacing()) {
            assertThat(cache.find(REPORT, SUMMARY)).isEmpty();
            byte[] stolen = store.get(BLOB).orElseThrow();
            store.put(BlobName.of("other", "generated", "report.pdf", "summary.json"), stolen);
            assertThat(cache.find(REPORT, SUMMARY)).as("copied from acme").isEmpty();
        }
        assertThat(cache.statistics().corrupt()).isEqualTo(1);
        assertThat(cache.find(REPORT, SUMMARY)).isPresent();
    }

    @Test
    void find_withoutContext_fails() {
        scope.close();
        assertThatThrownBy(() -> cache.find(REPORT, SUMMARY)).isInstanceOf(MissingContextException.class);
        openContext();
    }

    @Test
    @Tag("flaw-26")
    void find_damagedEntry_isNeverServedDamaged() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        cache.save(REPORT, SUMMARY, VALUE);
        byte[] whole = store.get(BLOB).orElseThrow();
        for (int i = 0; i < 2_000; i++) {
            store.put(BLOB, damaged(whole, random));
            Optional<Content<Summary>> found = cache.find(REPORT, SUMMARY);
            assertThat(found.map(Content::value).orElse(VALUE))
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(VALUE);
            found.ifPresent(content -> assertThat(content.storedAt()).isEqualTo(NOW));
        }
        assertThat(cache.statistics().corrupt()).isGreaterThan(1_500); // a flip in white space harms nothing
        cache.save(REPORT, SUMMARY, VALUE);
        assertThat(cache.find(REPORT, SUMMARY)).as("repaired").isPresent();
    }

    private static byte[] damaged(byte[] whole, Random random) {
        if (random.nextInt(4) == 0) {
            return java.util.Arrays.copyOf(whole, random.nextInt(whole.length));
        }
        byte[] copy = whole.clone();
        copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
        return copy;
    }

    @Test
    void get_missing_computesOnceAndKeeps() throws Exception {
        assertThat(cache.get(REPORT, SUMMARY, () -> VALUE).cached()).isFalse();
        Content<Summary> again = cache.get(REPORT, SUMMARY, () -> {
            throw new AssertionError("computed twice");
        });
        assertThat(again.value()).isEqualTo(VALUE);
    }

    @Test
    void get_computationFails_keepsNothing() {
        assertThatThrownBy(() -> cache.get(REPORT, SUMMARY, () -> {
                    throw new IllegalStateException("model down");
                }))
                .hasMessage("model down");
        assertThat(store.list(BlobName.of("acme"))).isEmpty();
    }

    @Test
    @Tag("flaw-29")
    void get_storageBroken_costsOnlyTheComputation() throws Exception {
        ContentCache broken = ContentCache.create(new BrokenStore(), InstantSource.fixed(NOW));
        assertThat(broken.get(REPORT, SUMMARY, () -> VALUE).value()).isEqualTo(VALUE);
        assertThat(broken.statistics().failures()).isEqualTo(2);
        assertThatThrownBy(() -> broken.save(REPORT, SUMMARY, VALUE)).isInstanceOf(StorageException.class);
    }

    @Test
    @Tag("flaw-34")
    void erase_documentOrOrganisation_leavesNothing() {
        cache.save(REPORT, SUMMARY, VALUE);
        cache.save(REPORT, ContentKind.of("faqs", String.class), "q");
        cache.save(ContentSource.of("report.pdf2", "x"), SUMMARY, VALUE);
        assertThat(cache.erase("report.pdf")).isEqualTo(2);
        assertThat(store.list(BlobName.of("acme"))).hasSize(1);
        assertThat(cache.eraseOrganisation()).isEqualTo(1);
        assertThat(store.list(BlobName.of("acme"))).isEmpty();
    }

    @Test
    @Tag("flaw-23")
    void get_manyAtOnce_shareOneComputation() throws Exception {
        AtomicInteger computed = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CountDownLatch start = new CountDownLatch(1);
        try {
            List<Future<Summary>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                answers.add(threads.submit(ContextSnapshot.capture().wrap((Callable<Summary>) () -> {
                    start.await();
                    return cache.get(REPORT, SUMMARY, () -> {
                                computed.incrementAndGet();
                                return VALUE;
                            })
                            .value();
                })));
            }
            start.countDown();
            for (Future<Summary> answer : answers) {
                assertThat(answer.get()).isEqualTo(VALUE);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(computed).hasValue(1);
    }

    @Test
    @Tag("flaw-34")
    void get_erasedWhileItIsComputed_isNotKept() throws Exception {
        for (Callable<Integer> erasure :
                List.<Callable<Integer>>of(() -> cache.erase("report.pdf"), cache::eraseOrganisation)) {
            Content<Summary> content = cache.get(REPORT, SUMMARY, () -> {
                erasure.call();
                return VALUE;
            });
            assertThat(content.value()).isEqualTo(VALUE);
            assertThat(store.list(BlobName.of("acme"))).isEmpty();
        }
        cache.get(REPORT, SUMMARY, () -> {
            cache.erase("another.pdf");
            return VALUE;
        });
        assertThat(cache.find(REPORT, SUMMARY)).isPresent();
    }

    @Test
    @Tag("flaw-13")
    void findAll_threeKinds_areLookedUpAtTheSameTime() throws Exception {
        ContentKind<String> faqs = ContentKind.of("faqs", String.class);
        ContentKind<String> questions = ContentKind.of("questions", String.class);
        cache.save(REPORT, SUMMARY, VALUE);
        cache.save(REPORT, faqs, "why?");
        CyclicBarrier all = new CyclicBarrier(3);
        ContentCache slow = ContentCache.create(new BarrierStore(store, all), InstantSource.fixed(NOW));
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 3, 10));
        try {
            ContentCache.Found found = slow.findAll(Gather.on(io), REPORT, SUMMARY, faqs, questions)
                    .get(60, TimeUnit.SECONDS);
            assertThat(found.get(SUMMARY).orElseThrow().value()).isEqualTo(VALUE);
            assertThat(found.get(faqs).orElseThrow().value()).isEqualTo("why?");
            assertThat(found.get(questions)).isEmpty();
        } finally {
            io.stop(Deadline.after(Duration.ofSeconds(10)));
        }
    }

    @Test
    @Tag("flaw-13")
    void findAll_oneIsRejected_isAMissOfItsOwn() throws Exception {
        cache.save(REPORT, SUMMARY, VALUE);
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 1, 10));
        io.stop(Deadline.after(Duration.ofSeconds(10)));
        assertThat(cache.findAll(Gather.on(io), REPORT, SUMMARY).get().get(SUMMARY))
                .isEmpty();
        assertThat(cache.statistics().failures()).isEqualTo(1);
    }

    @Test
    void kind_unusableName_isRejected() {
        assertThatIllegalArgumentException().isThrownBy(() -> ContentKind.of("../x", String.class));
        assertThatIllegalArgumentException().isThrownBy(() -> ContentKind.of("source_hash", String.class));
        assertThatIllegalArgumentException().isThrownBy(() -> new ContentSource("a", "nohash"));
    }

    /** Answers when as many ask at the same time as the barrier has parties. */
    private static final class BarrierStore extends BrokenStore {

        private final BlobStore store;
        private final CyclicBarrier barrier;

        BarrierStore(BlobStore store, CyclicBarrier barrier) {
            this.store = store;
            this.barrier = barrier;
        }

        @Override
        public Optional<byte[]> get(BlobName name) {
            try {
                barrier.await(60, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new StorageException(StorageException.Reason.TIMEOUT, "alone", e);
            }
            return store.get(name);
        }
    }

    private static class BrokenStore implements BlobStore {

        private static StorageException down() {
            return new StorageException(StorageException.Reason.UNAVAILABLE, "down", null);
        }

        @Override
        public BlobInfo put(BlobName name, InputStream content, PutOptions options) {
            throw down();
        }

        @Override
        public Optional<BlobStream> open(BlobName name) {
            throw down();
        }

        @Override
        public Optional<byte[]> range(BlobName name, long offset, int length) {
            throw down();
        }

        @Override
        public Optional<BlobInfo> head(BlobName name) {
            throw down();
        }

        @Override
        public boolean delete(BlobName name) {
            throw down();
        }

        @Override
        public boolean delete(BlobName name, String version) {
            throw down();
        }

        @Override
        public Stream<BlobName> list() {
            throw down();
        }

        @Override
        public Stream<BlobName> list(BlobName folder) {
            throw down();
        }
    }
}
