package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.storage.BlobInfo;
import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.storage.BlobStream;
import io.agentruntime.storage.PutOptions;
import io.agentruntime.storage.StorageException;
import io.agentruntime.storage.StorageException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a store has to keep of versions and conditions: the part of {@link BlobStoreContract} that is about them. */
abstract class BlobConditionsContract {

    static final BlobName FOLDER = BlobName.of("acme");
    static final BlobName NAME = FOLDER.child("report.pdf");
    static final int WRITERS = 4;

    BlobStore store = BlobStore.inMemory();

    BlobConditionsContract() {}

    /**
     * Makes the store to test.
     *
     * @return an empty store that no other test uses
     * @throws Exception if it cannot be made, which fails the test
     */
    protected abstract BlobStore create() throws Exception;

    @BeforeEach
    final void createStore() throws Exception {
        store = create();
    }

    @Test
    void put_always_makesANewVersion() {
        Set<String> versions = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            versions.add(store.put(NAME, bytes("the same")).version());
            assertThat(store.delete(NAME)).isTrue();
        }
        assertThat(versions).hasSize(5);
    }

    @Test
    void put_ifAbsent_isRefusedWhereABlobIs() {
        PutOptions ifAbsent = PutOptions.forName(NAME).ifAbsent();
        BlobInfo first = store.put(NAME, bytes("first"), ifAbsent);
        assertRefused(() -> store.put(NAME, bytes("second"), ifAbsent));
        assertRefused(() -> store.put(NAME, bytes("first"), ifAbsent));
        assertThat(store.head(NAME)).hasValue(first);
        assertThat(store.delete(NAME)).isTrue();
        store.put(NAME, bytes("third"), ifAbsent);
        assertThat(store.get(NAME)).hasValue(bytes("third"));
    }

    @Test
    void put_ifVersion_isRefusedUnlessItIsTheCurrentOne() {
        PutOptions options = PutOptions.forName(NAME);
        BlobInfo first = store.put(NAME, bytes("first"));
        BlobInfo second = store.put(NAME, bytes("second"), options.ifVersion(first.version()));
        assertRefused(() -> store.put(NAME, bytes("third"), options.ifVersion(first.version())));
        assertRefused(() -> store.put(NAME, bytes("third"), options.ifVersion("no version of any store")));
        assertThat(store.head(NAME)).hasValue(second);
        assertThat(store.delete(NAME)).isTrue();
        assertRefused(() -> store.put(NAME, bytes("third"), options.ifVersion(second.version())));
        assertThat(store.get(NAME)).isEmpty();
    }

    @Test
    void put_ofRacingCreators_hasOneWinner() throws Exception {
        for (int round = 0; round < 5; round++) {
            BlobName name = FOLDER.child("race " + round);
            Queue<BlobInfo> winners = new ConcurrentLinkedQueue<>();
            Crowd.run(16, member -> {
                try {
                    winners.add(store.put(
                            name, version(member), PutOptions.forName(name).ifAbsent()));
                } catch (StorageException e) {
                    assertThat(e.reason()).isEqualTo(Reason.PRECONDITION_FAILED);
                }
            });
            assertThat(winners).containsExactly(store.head(name).orElseThrow());
            assertOneVersion(store.get(name).orElseThrow());
        }
    }

    @Test
    void put_ifVersionByMany_losesNoUpdate() throws Exception {
        store.put(NAME, bytes("0"));
        Crowd.run(WRITERS, member -> {
            for (int round = 0; round < 10; round++) {
                while (!increment()) {
                    Thread.onSpinWait();
                }
            }
        });
        assertThat(store.get(NAME)).hasValue(bytes(Integer.toString(WRITERS * 10)));
    }

    private boolean increment() throws IOException {
        try (BlobStream current = store.open(NAME).orElseThrow()) {
            int value = Integer.parseInt(new String(current.readAllBytes(), StandardCharsets.UTF_8));
            PutOptions options =
                    PutOptions.forName(NAME).ifVersion(current.info().version());
            store.put(NAME, bytes(Integer.toString(value + 1)), options);
            return true;
        } catch (StorageException e) {
            assertThat(e.reason()).isIn(Reason.PRECONDITION_FAILED, Reason.UNAVAILABLE); // gone while it was read
            return false;
        }
    }

    @Test
    void delete_ofAVersion_removesNoOther() {
        BlobInfo first = store.put(NAME, bytes("first"));
        BlobInfo second = store.put(NAME, bytes("second"));
        assertRefused(() -> store.delete(NAME, first.version()));
        assertThat(store.get(NAME)).hasValue(bytes("second"));
        assertThat(store.delete(NAME, second.version())).isTrue();
        assertThat(store.delete(NAME, second.version())).isFalse();
        assertThat(store.get(NAME)).isEmpty();
    }

    static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.PRECONDITION_FAILED))
                .hasMessageContaining("acme/");
    }

    final List<BlobName> list(BlobName folder) {
        try (Stream<BlobName> blobs = store.list(folder)) {
            return blobs.toList();
        }
    }

    /** A content that shows if it is mixed with another one: one letter, as often as its number says. */
    static byte[] version(int number) {
        byte[] content = new byte[20_000 + number];
        Arrays.fill(content, (byte) number);
        return content;
    }

    static void assertOneVersion(byte[] content) {
        assertThat(content).isEqualTo(version(content.length - 20_000));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
