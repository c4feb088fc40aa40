package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.storage.BlobDigest;
import io.agentruntime.storage.BlobInfo;
import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.storage.BlobStream;
import io.agentruntime.storage.Precondition;
import io.agentruntime.storage.PutOptions;
import io.agentruntime.storage.StorageException;
import io.agentruntime.storage.StorageException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What every {@link BlobStore} has to keep. Extend it, say how a store is made, and its tests run with your own.
 *
 * <p>JUnit makes one instance per test; not thread-safe.
 */
public abstract class BlobStoreContract extends BlobConditionsContract {

    /** For the subclasses. */
    protected BlobStoreContract() {}

    @Test
    void get_ofNoBlob_isEmpty() {
        assertThat(store.get(NAME)).isEmpty();
        assertThat(store.head(NAME)).isEmpty();
        assertThat(store.open(NAME)).isEmpty();
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
        assertThat(list(FOLDER)).containsExactly(NAME);
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
        assertThat(list(FOLDER)).containsExactly(other);
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
        assertThat(list(FOLDER))
                .containsExactlyElementsOf(inside.stream().sorted().toList());
        assertThat(list(FOLDER.child("c"))).containsExactlyInAnyOrder(inside.get(2), inside.get(3));
    }

    @Test
    void list_ofNoFolderOrOfABlob_isEmpty() {
        assertThat(list(FOLDER)).isEmpty();
        store.put(NAME, bytes("one"));
        assertThat(list(NAME)).isEmpty();
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
        assertThat(list(FOLDER)).as("seed %d", seed).containsExactlyElementsOf(expected.keySet());
    }

    @Test
    void put_underANameThatIsAFolderToo_keepsBoth() {
        store.put(NAME, bytes("above"));
        store.put(NAME.child("below"), bytes("below"));
        assertThat(store.get(NAME)).hasValue(bytes("above"));
        assertThat(store.get(NAME.child("below"))).hasValue(bytes("below"));
        assertThat(list(FOLDER)).containsExactly(NAME, NAME.child("below"));
        assertThat(store.delete(NAME)).isTrue();
        assertThat(list(FOLDER)).containsExactly(NAME.child("below"));
    }

    @Test
    void put_withTypeAndMetadata_isWhatHeadTells() {
        Map<String, String> metadata = Map.of("source", "a scan, \u00fc\ud83d\ude00", "pages", "12");
        BlobInfo stored = store.put(
                NAME, bytes("abc"), PutOptions.of("text/plain; charset=utf-8").withMetadata(metadata));
        assertThat(store.head(NAME)).hasValue(stored);
        assertThat(stored.name()).isEqualTo(NAME);
        assertThat(stored.contentType()).isEqualTo("text/plain; charset=utf-8");
        assertThat(stored.metadata()).isEqualTo(metadata);
        assertThat(stored.size()).isEqualTo(3);
        assertThat(stored.sha256()).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(stored.crc32c()).isEqualTo("364b3fb7");
        assertThat(stored.updated())
                .isBetween(Instant.now().minusSeconds(600), Instant.now().plusSeconds(600));
    }

    @Test
    void put_ofAStreamOfUnknownLength_isReadBackWhole() throws Exception {
        for (int length : new int[] {0, 1, 70_000, 1_000_003}) {
            byte[] content = new byte[length];
            new Random(length).nextBytes(content);
            BlobInfo stored = store.put(NAME, new Trickle(content, length), PutOptions.of("image/png"));
            assertThat(stored.size()).isEqualTo(length);
            assertThat(stored.sha256()).isEqualTo(BlobDigest.of(content).sha256());
            assertThat(store.head(NAME)).hasValue(stored);
            try (BlobStream stream = store.open(NAME).orElseThrow()) {
                assertThat(stream.info()).isEqualTo(stored);
                assertThat(stream.readAllBytes()).as("%d bytes", length).isEqualTo(content);
                assertThat(stream.read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void put_ofAStreamThatFails_leavesWhatWasThere() {
        BlobInfo first = store.put(NAME, bytes("first"));
        for (int fails : new int[] {0, 10, 900_000}) {
            assertThatThrownBy(() -> store.put(NAME, new Trickle(new byte[1_000_000], fails), PutOptions.of("a/b")))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasRootCauseMessage("the source failed");
        }
        assertThat(store.head(NAME)).hasValue(first);
        assertThat(store.get(NAME)).hasValue(bytes("first"));
        assertThat(list(FOLDER)).containsExactly(NAME);
    }

    @Test
    void open_whileTheBlobIsReplaced_staysOnItsVersion() throws Exception {
        byte[] content = new byte[3_000_000];
        new Random(1).nextBytes(content);
        store.put(NAME, content);
        try (BlobStream stream = store.open(NAME).orElseThrow()) {
            byte[] start = stream.readNBytes(10);
            store.put(NAME, bytes("another"));
            assertThat(readOrRefused(stream, start)).isIn(content, new byte[0]);
        }
        assertThat(store.get(NAME)).hasValue(bytes("another"));
    }

    /** A store that keeps no old versions may refuse to go on; what it must not do is to mix two of them. */
    private static byte[] readOrRefused(BlobStream stream, byte[] start) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(start);
        try {
            stream.transferTo(all);
            return all.toByteArray();
        } catch (StorageException e) {
            assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE);
            return new byte[0];
        }
    }

    @Test
    void range_anywhere_givesWhatIsThere() {
        byte[] content = bytes("0123456789");
        store.put(NAME, content);
        assertThat(store.range(NAME, 0, 10)).hasValue(content);
        assertThat(store.range(NAME, 3, 4)).hasValue(bytes("3456"));
        assertThat(store.range(NAME, 8, 4)).hasValue(bytes("89"));
        assertThat(store.range(NAME, 0, Integer.MAX_VALUE)).hasValue(content);
        assertThat(store.range(NAME, 10, 4)).hasValue(bytes(""));
        assertThat(store.range(NAME, Long.MAX_VALUE, 4)).hasValue(bytes(""));
        assertThat(store.range(NAME, 3, 0)).hasValue(bytes(""));
        assertThat(store.range(NAME.child("none"), 0, 1)).isEmpty();
        assertThatThrownBy(() -> store.range(NAME, -1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.range(NAME, 1, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void existing_givesThoseThatAre() {
        List<BlobName> names =
                IntStream.range(0, 250).mapToObj(i -> FOLDER.child("blob " + i)).toList();
        List<BlobName> there = names.subList(100, 110);
        there.forEach(name -> store.put(name, bytes("x")));
        assertThat(store.existing(names)).containsExactlyInAnyOrderElementsOf(there);
        assertThat(store.existing(List.of())).isEmpty();
    }

    @Test
    void copy_takesContentTypeAndMetadataAlong() {
        BlobName copy = FOLDER.child("copy");
        assertThat(store.copy(NAME, copy, Precondition.none())).isEmpty();
        PutOptions options = PutOptions.of("text/plain").withMetadata(Map.of("k", "v"));
        BlobInfo original = store.put(NAME, bytes("abc"), options);
        BlobInfo copied = store.copy(NAME, copy, Precondition.ifAbsent()).orElseThrow();
        assertThat(store.head(copy)).hasValue(copied);
        assertThat(store.get(copy)).hasValue(bytes("abc"));
        assertThat(copied.contentType()).isEqualTo("text/plain");
        assertThat(copied.metadata()).isEqualTo(Map.of("k", "v"));
        assertThat(copied.sha256()).isEqualTo(original.sha256());
        assertRefused(() -> store.copy(NAME, copy, Precondition.ifAbsent()));
        assertRefused(() -> store.copy(NAME, copy, Precondition.ifVersion("another")));
        assertThat(store.copy(NAME, copy, Precondition.ifVersion(copied.version())))
                .isPresent();
        assertThat(store.head(NAME)).hasValue(original);
    }

    @Test
    @Tag("flaw-34")
    void delete_ofAllThatIsListed_leavesNothing() {
        for (String text : HostileNames.of(new Random().nextLong())) {
            store.put(FOLDER.child(text), bytes("x"));
            store.put(BlobName.of("other", "a", text), bytes("x"));
        }
        try (Stream<BlobName> blobs = store.list(FOLDER)) {
            blobs.forEach(name -> assertThat(store.delete(name)).isTrue());
        }
        assertThat(list(FOLDER)).isEmpty();
        try (Stream<BlobName> blobs = store.list()) {
            blobs.forEach(store::delete);
        }
        assertNothingLeft();
    }

    /** Looks below the store, if it can, for what removed blobs have left. By default, only what the store lists is looked at. */
    protected void assertNothingLeft() {
        try (Stream<BlobName> blobs = store.list()) {
            assertThat(blobs).isEmpty();
        }
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
        assertThat(list(FOLDER)).containsExactly(NAME);
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
                    assertThat(list(FOLDER)).contains(stays);
                } while (working.get() > 0);
            }
        });
        assertThat(list(FOLDER)).containsExactly(stays);
    }

    /**
     * Stores a blob from a stream and reads it as a stream, and looks at the memory meanwhile; for stores that keep blobs elsewhere.
     *
     * @param size the length of the blob, in bytes
     * @param heapGrowth how much more memory may be in use meanwhile than before, in bytes
     * @throws IOException if the blob could not be read
     */
    protected final void assertStreams(long size, long heapGrowth) throws IOException {
        long before = LargeContent.liveHeap();
        LargeContent content = new LargeContent(size);
        BlobInfo stored = store.put(NAME, content, PutOptions.of("video/mp4"));
        assertThat(stored.size()).isEqualTo(size);
        assertThat(stored.sha256()).isEqualTo(content.digest().sha256());
        assertThat(content.mostHeap() - before).as("growth while storing").isLessThan(heapGrowth);
        try (BlobStream stream = store.open(NAME).orElseThrow()) {
            long most = LargeContent.drain(stream);
            System.out.printf(
                    "streamed %d MiB: heap grew by %d KiB while storing, %d KiB while reading%n",
                    size >> 20, (content.mostHeap() - before) >> 10, (most - before) >> 10);
            assertThat(most - before).as("growth while reading").isLessThan(heapGrowth);
        }
    }
}
