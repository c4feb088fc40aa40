package io.agentruntime.gcs;

import static io.agentruntime.testkit.gcs.GcsOperation.UPLOAD;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.google.cloud.storage.Storage;
import io.agentruntime.storage.BlobName;
import io.agentruntime.testkit.gcs.GcsServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GcsBlobStoreTest {

    private static final BlobName NAME = BlobName.of("acme", "report.json");

    private GcsServer server;
    private Storage client;
    private GcsBlobStore store;

    @BeforeEach
    void start() throws IOException {
        server = GcsServer.start(Clients.BUCKET);
        client = Clients.of(server);
        store = GcsBlobStore.of(client, Clients.BUCKET);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    @ParameterizedTest
    @CsvSource({"report.json, application/json", "report.csv, application/octet-stream"})
    void put_name_decidesTheContentType(String name, String contentType) {
        store.put(BlobName.of(name), "{}".getBytes(UTF_8));
        assertThat(server.resource(name))
                .hasValueSatisfying(resource -> assertThat(resource)
                        .contains("\"contentType\":\"" + contentType + "\"")
                        .doesNotContain("contentEncoding"));
    }

    @Test
    void put_anyContent_arrivesByteForByte() {
        byte[] allBytes = new byte[70_000];
        IntStream.range(0, allBytes.length).forEach(i -> allBytes[i] = (byte) i);
        for (byte[] content : List.of(new byte[0], allBytes, "\r\n--__END_OF_PART__--\r\n\r\n".getBytes(UTF_8))) {
            store.put(NAME, content);
            assertThat(store.get(NAME))
                    .hasValueSatisfying(read -> assertThat(read).isEqualTo(content));
        }
    }

    @Test
    void put_sixteenRacingCreators_leaveOneWholeVersion() throws Exception {
        CyclicBarrier barrier = new CyclicBarrier(16);
        race(i -> {
            byte[] content = filled(i);
            barrier.await();
            store.put(NAME, content);
            return null;
        });
        byte[] left = store.get(NAME).orElseThrow();
        assertThat(left).isEqualTo(filled(left[0]));
        assertThat(store.list(BlobName.of("acme"))).containsExactly(NAME);
    }

    @Test
    void delete_sixteenRacers_oneRemovesIt() throws Exception {
        store.put(NAME, filled(1));
        assertThat(race(i -> store.delete(NAME))).containsOnlyOnce(true);
        assertThat(store.get(NAME)).isEmpty();
    }

    @Test
    void list_manyPages_givesOursOnlySorted() {
        List<String> foreign = List.of("acme/", "acme/.hidden", "acme/a b", "acme/x//y", "acme2/z", "acme");
        foreign.forEach(this::putForeign);
        List<BlobName> ours = IntStream.range(0, 3 * 100 + 1)
                .mapToObj(i -> BlobName.of("acme", "folder" + i % 3, "blob" + i))
                .sorted()
                .toList();
        ours.forEach(name -> store.put(name, new byte[] {1}));
        assertThat(store.list(BlobName.of("acme"))).containsExactlyElementsOf(ours);
        assertThat(store.list(BlobName.of("acme", "folder"))).isEmpty();
    }

    private void putForeign(String path) {
        server.store(path, new byte[1]);
    }

    @Test
    void bucketThatDoesNotExist_readsAsEmptyAndRefusesWrites() {
        GcsBlobStore missing = GcsBlobStore.of(client, "missing-bucket");
        assertThat(missing.get(NAME)).isEmpty();
        assertThat(missing.delete(NAME)).isFalse();
        GcsBlobStoreFaultTest.assertFailure(() -> missing.put(NAME, new byte[1]))
                .hasMessageStartingWith("cannot write gs://missing-bucket/acme/report.json: status 404, ");
        GcsBlobStoreFaultTest.assertFailure(() -> missing.list(BlobName.of("acme")))
                .hasMessageStartingWith("cannot list gs://missing-bucket/acme/: status 404, ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ab", "gs://acme", "Acme", "acme/", "-acme", "acme bucket"})
    void of_notABucketName_isRejected(String bucket) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GcsBlobStore.of(client, bucket))
                .withMessageStartingWith("not the name of a bucket: '" + bucket + "' (allowed: ");
    }

    @Test
    void null_isRejectedBeforeAnyRequest() {
        assertThatNullPointerException().isThrownBy(() -> store.put(NAME, null)).withMessage("content");
        assertThatNullPointerException()
                .isThrownBy(() -> store.put(null, new byte[0]))
                .withMessage("name");
        assertThatNullPointerException().isThrownBy(() -> store.get(null)).withMessage("name");
        assertThatNullPointerException().isThrownBy(() -> store.delete(null)).withMessage("name");
        assertThatNullPointerException().isThrownBy(() -> store.list(null)).withMessage("folder");
        assertThat(server.requests(UPLOAD)).isZero();
        assertThat(store).hasToString("gs://" + Clients.BUCKET);
    }

    private static byte[] filled(int value) {
        byte[] content = new byte[5_000 + value];
        Arrays.fill(content, (byte) value);
        return content;
    }

    private interface Racer<T> {
        T run(int number) throws Exception;
    }

    private static <T> List<T> race(Racer<T> racer) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Future<T>> results = threads.invokeAll(IntStream.range(0, 16)
                    .mapToObj(i -> (Callable<T>) () -> racer.run(i))
                    .toList());
            List<T> values = new ArrayList<>();
            for (Future<T> result : results) {
                values.add(result.get());
            }
            return values;
        } finally {
            threads.shutdownNow();
        }
    }
}
