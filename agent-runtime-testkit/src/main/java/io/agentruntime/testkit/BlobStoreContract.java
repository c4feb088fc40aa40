package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What every {@link BlobStore} has to keep. Extend it, say how a store is made, and its tests run with your own.
 *
 * <p>JUnit makes one instance per test; not thread-safe.
 */
public abstract class BlobStoreContract {

    private static final BlobName FOLDER = BlobName.of("acme");
    private static final BlobName NAME = FOLDER.child("report.pdf");
    private static final int WRITERS = 4;

    private BlobStore store = BlobStore.inMemory();

    /** For the subclasses. */
    protected BlobStoreContract() {}

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
    void get_ofNoBlob_isEmpty() {
        assertThat(store.get(NAME)).isEmpty();
        store.put(NAME, bytes("some"));
        assertThat(store.get(FOLDER)).as("a folder is not a blob").isEmpty();
        assertThat(store.get(NAME.child("below"))).isEmpty();
    }

    @Test
    void put_ofAnyLength_isReadBackWhole() {
        for (int length : new int[] {0, 1, 8_192, 1_000_003}) {
            byte[] content = new byte[length];
            new Random(length).nextBytes(content);
            store.put(NAME, content);
            assertThat(store.get(NAME)).as("%d bytes", length).hasValue(content);
        }
    }

    @Test
    @Tag("flaw-19")
    void put_ofAnExistingName_replacesTheBlob() {
        store.put(NAME, bytes("a long first version"));
        store.put(NAME, bytes("second"));
        assertThat(store.get(NAME)).hasValue(bytes("second"));
        assertThat(store.list(FOLDER)).containsExactly(NAME);
    }

    @Test
    @Tag("flaw-22")
    void content_changedByItsOwners_leavesTheStoreUntouched() {
        byte[] given = bytes("abc");
        store.put(NAME, given);
        given[0] = 'X';
        byte[] got = store.get(NAME).orElseThrow();
        got[1] = 'X';
        assertThat(store.get(NAME)).hasValue(bytes("abc"));
    }

    @Test
    void delete_removesOnceAndOnlyThatBlob() {
        BlobName other = FOLDER.child("report.pdf2");
        store.put(NAME, bytes("one"));
        store.put(other, bytes("two"));
        assertThat(store.delete(NAME)).isTrue();
        assertThat(store.delete(NAME)).isFalse();
        assertThat(store.get(NAME)).isEmpty();
        assertThat(store.get(other)).hasValue(bytes("two"));
        assertThat(store.list(FOLDER)).containsExactly(other);
        store.put(NAME, bytes("again"));
        assertThat(store.get(NAME)).hasValue(bytes("again"));
    }

    @Test
    void delete_ofAFolder_removesNothing() {
        store.put(NAME, bytes("one"));
        assertThat(store.delete(FOLDER)).isFalse();
        assertThat(store.get(NAME)).hasValue(bytes("one"));
    }

    @Test
    void list_givesTheBlobsBelowTheFolder_sorted() {
        List<BlobName> inside = new ArrayList<>();
        for (String path : List.of("b", "a", "c/x/y", "c/x.txt", "C", "c-d")) {
            inside.add(BlobName.parse("acme/" + path));
        }
        List<BlobName> outside = List.of(BlobName.of("acme2", "a"), BlobName.of("acm", "a"), BlobName.of("Acme-", "a"));
        inside.forEach(name -> store.put(name, bytes(name.path())));
        outside.forEach(name -> store.put(name, bytes(name.path())));
        assertThat(store.list(FOLDER))
                .containsExactlyElementsOf(inside.stream().sorted().toList());
        assertThat(store.list(FOLDER.child("c"))).containsExactlyInAnyOrder(inside.get(2), inside.get(3));
    }

    @Test
    void list_ofNoFolderOrOfABlob_isEmpty() {
        assertThat(store.list(FOLDER)).isEmpty();
        store.put(NAME, bytes("one"));
        assertThat(store.list(NAME)).isEmpty();
    }

    @Test
    @Tag("flaw-24")
    @Tag("flaw-25")
    void names_ofAnyText_keepTheirBlobsApart() {
        long seed = new Random().nextLong();
        Map<BlobName, byte[]> expected = new TreeMap<>();
        for (String text : HostileNames.of(seed)) {
            BlobName name = FOLDER.child(text);
            assertThat(expected)
                    .as("seed %d: '%s' is a name of its own", seed, text)
                    .doesNotContainKey(name);
            byte[] content = bytes(text);
            store.put(name, content);
            expected.put(name, content);
        }
        expected.forEach((name, content) ->
                assertThat(store.get(name)).as("seed %d: %s", seed, name).hasValue(content));
        assertThat(store.list(FOLDER)).as("seed %d", seed).containsExactlyElementsOf(expected.keySet());
    }

    @Test
    void get_whileOthersWrite_seesOneWholeVersion() throws Exception {
        int rounds = 50;
        AtomicInteger working = new AtomicInteger(WRITERS);
        store.put(NAME, version(0));
        Crowd.run(WRITERS + 2, member -> {
            if (member < WRITERS) {
                for (int round = 0; round < rounds; round++) {
                    store.put(NAME, version(member * rounds + round));
                }
                working.decrementAndGet();
            } else {
                do {
                    assertOneVersion(store.get(NAME).orElseThrow());
                } while (working.get() > 0);
            }
        });
        assertOneVersion(store.get(NAME).orElseThrow());
        assertThat(store.list(FOLDER)).containsExactly(NAME);
    }

    @Test
    void list_whileOthersWriteAndDelete_seesWhatStays() throws Exception {
        BlobName stays = FOLDER.child("stays");
        store.put(stays, bytes("here"));
        AtomicInteger working = new AtomicInteger(WRITERS);
        Crowd.run(WRITERS + 1, member -> {
            if (member < WRITERS) {
                for (int round = 0; round < 50; round++) {
                    BlobName name = FOLDER.child("comes-and-goes-" + member).child("n" + round);
                    store.put(name, bytes("now"));
                    assertThat(store.delete(name)).isTrue();
                }
                working.decrementAndGet();
            } else {
                do {
                    assertThat(store.list(FOLDER)).contains(stays);
                } while (working.get() > 0);
            }
        });
        assertThat(store.list(FOLDER)).containsExactly(stays);
    }

    /** A content that shows if it is mixed with another one: one letter, as often as its number says. */
    private static byte[] version(int number) {
        byte[] content = new byte[20_000 + number];
        Arrays.fill(content, (byte) number);
        return content;
    }

    private static void assertOneVersion(byte[] content) {
        assertThat(content).isEqualTo(version(content.length - 20_000));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
