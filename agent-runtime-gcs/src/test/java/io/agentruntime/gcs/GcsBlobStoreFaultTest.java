package io.agentruntime.gcs;

import static io.agentruntime.testkit.gcs.GcsFault.after;
import static io.agentruntime.testkit.gcs.GcsFault.changed;
import static io.agentruntime.testkit.gcs.GcsFault.done;
import static io.agentruntime.testkit.gcs.GcsFault.none;
import static io.agentruntime.testkit.gcs.GcsFault.reset;
import static io.agentruntime.testkit.gcs.GcsFault.status;
import static io.agentruntime.testkit.gcs.GcsFault.truncated;
import static io.agentruntime.testkit.gcs.GcsOperation.DELETE;
import static io.agentruntime.testkit.gcs.GcsOperation.DOWNLOAD;
import static io.agentruntime.testkit.gcs.GcsOperation.HEAD;
import static io.agentruntime.testkit.gcs.GcsOperation.LIST;
import static io.agentruntime.testkit.gcs.GcsOperation.PIECE;
import static io.agentruntime.testkit.gcs.GcsOperation.START;
import static io.agentruntime.testkit.gcs.GcsOperation.UPDATE;
import static io.agentruntime.testkit.gcs.GcsOperation.UPLOAD;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.cloud.storage.Storage;
import io.agentruntime.storage.BlobInfo;
import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.PutOptions;
import io.agentruntime.storage.StorageException;
import io.agentruntime.storage.StorageException.Reason;
import io.agentruntime.testkit.gcs.GcsFault;
import io.agentruntime.testkit.gcs.GcsOperation;
import io.agentruntime.testkit.gcs.GcsServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GcsBlobStoreFaultTest {

    private static final BlobName NAME = BlobName.of("acme", "report.json");
    private static final byte[] OURS = "ours, and long enough to be cut in two".getBytes(UTF_8);
    private static final byte[] THEIRS = "theirs".getBytes(UTF_8);

    private static final int LARGE = 5_000_000;

    private static final String URI = "gs://test-bucket/acme/report.json";

    private GcsServer server;
    private Storage client;
    private GcsBlobStore store;
    private GcsBlobStore other;

    @BeforeEach
    void start() throws IOException {
        server = GcsServer.start(Clients.BUCKET);
        client = Clients.of(server);
        store = GcsBlobStore.of(client, Clients.BUCKET);
        other = GcsBlobStore.of(client, Clients.BUCKET);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void put_unavailableTwice_makesOneGeneration() {
        server.script(UPLOAD, status(503), status(503));
        store.put(NAME, OURS);
        assertThat(server.requests(UPLOAD)).isEqualTo(3);
        assertStored(OURS, 1);
    }

    @Test
    void put_answerLost_recognisesItsOwnWrite() {
        for (GcsFault lost : List.of(status(503), reset())) {
            int before = server.generations(NAME.path());
            server.script(UPLOAD, done(lost));
            store.put(NAME, OURS);
            assertStored(OURS, before + 1);
        }
    }

    @Test
    void put_answerLostAndReplacedSince_doesNotUndoTheLaterWrite() {
        server.script(UPLOAD, done(after(() -> other.put(NAME, THEIRS), status(503))));
        store.put(NAME, OURS);
        assertStored(THEIRS, 2);
    }

    @Test
    void put_answerLostAndDeletedSince_doesNotBringTheBlobBack() {
        store.put(NAME, THEIRS);
        server.script(UPLOAD, done(after(() -> other.delete(NAME), status(503))));
        store.put(NAME, OURS);
        assertThat(store.get(NAME)).isEmpty();
    }

    @Test
    void put_overtakenByAnother_countsAsReplacedByIt() {
        server.script(UPLOAD, after(() -> other.put(NAME, THEIRS), none()));
        store.put(NAME, OURS);
        assertStored(THEIRS, 1);
    }

    @Test
    void put_conditionFailsThoughNothingChanged_triesAgain() {
        server.script(UPLOAD, status(412), status(412));
        store.put(NAME, OURS);
        assertStored(OURS, 1);
    }

    @Test
    void putInPieces_refusedAtTheEnd_isNotSentAgainInPart() {
        store.put(NAME, THEIRS);
        server.script(PIECE, none(), status(412));
        assertFailure(() -> store.put(NAME, large(), PutOptions.of("a/b")))
                .satisfies(failure -> assertThat(failure.reason()).isEqualTo(Reason.PRECONDITION_FAILED));
        assertStored(THEIRS, 1);
    }

    @Test
    void putInPieces_sha256CannotBeAdded_storesTheBlobAllTheSame() {
        server.script(UPDATE, status(403));
        BlobInfo stored = store.put(NAME, large(), PutOptions.of("a/b"));
        assertThat(stored.sha256()).isNull();
        assertThat(store.head(NAME)).hasValue(stored);
        assertThat(store.get(NAME).orElseThrow()).hasSize(LARGE);
    }

    @Test
    void putInPieces_answersLost_makesOneGeneration() {
        server.script(START, done(status(503)));
        server.script(PIECE, done(status(503)), done(reset()), done(status(503)), done(reset()));
        server.script(UPDATE, done(status(503)));
        BlobInfo stored = store.put(NAME, large(), PutOptions.of("a/b").ifAbsent());
        assertThat(stored.sha256()).isNotNull();
        assertThat(store.head(NAME)).hasValue(stored);
        assertThat(server.generations(NAME.path())).isOne();
    }

    private static InputStream large() {
        return new ByteArrayInputStream(new byte[LARGE]);
    }

    @Test
    void get_damagedOnce_isReadAgain() {
        store.put(NAME, OURS);
        server.script(DOWNLOAD, changed(GcsBlobStoreFaultTest::flipFirstBit));
        assertThat(store.get(NAME).orElseThrow()).isEqualTo(OURS);
        assertThat(server.requests(DOWNLOAD)).isEqualTo(2);
    }

    @Test
    void get_damagedTwice_isRefused() {
        store.put(NAME, OURS);
        UnaryOperator<byte[]> damage = GcsBlobStoreFaultTest::flipFirstBit;
        server.script(DOWNLOAD, changed(damage), changed(damage));
        assertFailure(() -> store.get(NAME))
                .hasMessageStartingWith("cannot read " + URI + ": Mismatch checksum")
                .satisfies(failure -> assertThat(failure.reason()).isEqualTo(Reason.CORRUPT));
    }

    private static byte[] flipFirstBit(byte[] body) {
        body[0] ^= 1;
        return body;
    }

    @Test
    void get_bodyCutOff_isReadAgain() {
        store.put(NAME, OURS);
        server.script(DOWNLOAD, truncated(), truncated());
        assertThat(store.get(NAME).orElseThrow()).isEqualTo(OURS);
    }

    @Test
    void delete_unavailableTwice_removesIt() {
        store.put(NAME, OURS);
        server.script(DELETE, status(503), status(503));
        assertThat(store.delete(NAME)).isTrue();
        assertThat(store.delete(NAME)).isFalse();
    }

    @Test
    void delete_answerLostAndWrittenSince_keepsTheLaterWrite() {
        store.put(NAME, OURS);
        server.script(DELETE, done(after(() -> other.put(NAME, THEIRS), status(503))));
        assertThat(store.delete(NAME)).isTrue();
        assertStored(THEIRS, 2);
    }

    @Test
    void list_unavailableTwice_givesAll() {
        store.put(NAME, OURS);
        server.script(LIST, status(503), reset());
        assertThat(store.list(BlobName.of("acme"))).containsExactly(NAME);
    }

    @ParameterizedTest
    @CsvSource({
        "400, INVALID",
        "401, PERMISSION",
        "403, PERMISSION",
        "408, TIMEOUT",
        "412, PRECONDITION_FAILED",
        "429, UNAVAILABLE",
        "500, UNAVAILABLE",
        "502, UNAVAILABLE",
        "504, TIMEOUT"
    })
    void put_statusThatStays_isMapped(int status, Reason reason) {
        server.script(
                UPLOAD,
                Collections.nCopies(Clients.MAX_ATTEMPTS, status(status)).toArray(GcsFault[]::new));
        assertFailure(() -> store.put(NAME, OURS))
                .hasMessageStartingWith("cannot write " + URI + ": status " + status + ", ")
                .hasMessageNotContainingAny("\n", "127.0.0.1")
                .hasCauseInstanceOf(com.google.cloud.storage.StorageException.class)
                .satisfies(failure -> assertThat(failure.reason()).isEqualTo(reason));
        server.clearScript();
        assertThat(store.get(NAME)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"HEAD, write", "DOWNLOAD, read", "DELETE, delete", "LIST, list"})
    void anyCall_forbidden_namesTheBlobAndTheStatus(GcsOperation operation, String verb) {
        store.put(NAME, OURS);
        server.script(operation, status(403));
        assertFailure(() -> call(operation))
                .hasMessageStartingWith("cannot " + verb + " gs://test-bucket/acme/")
                .hasMessageContaining(": status 403, ")
                .satisfies(failure -> assertThat(failure.retryable()).isFalse());
    }

    @ParameterizedTest
    @EnumSource(
            value = GcsOperation.class,
            names = {"HEAD", "DELETE", "LIST", "UPLOAD"})
    void anyCall_serverGone_isRetryable(GcsOperation operation) {
        server.close();
        assertFailure(() -> call(operation))
                .hasMessageContaining("gs://test-bucket/acme/")
                .hasMessageNotContaining("status")
                .satisfies(failure -> assertThat(failure.retryable()).isTrue());
    }

    @Test
    void put_connectionAlwaysReset_isRetryable() {
        server.script(
                UPLOAD, Collections.nCopies(2 * Clients.MAX_ATTEMPTS, reset()).toArray(GcsFault[]::new));
        assertFailure(() -> store.put(NAME, OURS))
                .hasMessageNotContaining("status")
                .satisfies(failure -> assertThat(failure.retryable()).isTrue());
    }

    @Test
    void put_interrupted_keepsTheInterrupt() {
        Thread caller = Thread.currentThread();
        server.script(UPLOAD, after(caller::interrupt, status(503)));
        assertFailure(() -> store.put(NAME, OURS))
                .hasMessage("cannot write " + URI + ": interrupted")
                .satisfies(failure -> assertThat(failure.retryable()).isFalse());
        assertThat(Thread.interrupted()).isTrue();
    }

    private void call(GcsOperation operation) {
        switch (operation) {
            case HEAD, UPLOAD -> store.put(NAME, OURS);
            case DOWNLOAD -> store.get(NAME);
            case DELETE -> store.delete(NAME);
            case LIST -> store.list(BlobName.of("acme"));
            default -> throw new IllegalArgumentException("no call of the store");
        }
    }

    private void assertStored(byte[] content, int generations) {
        assertThat(store.get(NAME).orElseThrow()).isEqualTo(content);
        assertThat(server.generations(NAME.path())).isEqualTo(generations);
    }

    static AbstractThrowableAssert<?, StorageException> assertFailure(ThrowingCallable call) {
        return Assertions.assertThat(catchThrowableOfType(StorageException.class, call))
                .isNotNull();
    }
}
