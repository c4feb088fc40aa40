package io.agentruntime.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.storage.StorageException.Reason;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBlobStoreTest {

    private static final BlobName NAME = BlobName.of("acme", "a");
    private static final BlobName OTHER = BlobName.of("acme", "b");

    @TempDir
    private Path root;

    private BlobStore store;

    @BeforeEach
    void open() {
        store = BlobStore.inDirectory(root);
    }

    private Path file(BlobName name) {
        return FileNames.file(root, name);
    }

    @Test
    void put_bytes_areTheBeginningOfTheFile() throws IOException {
        store.put(NAME, "{}".getBytes(UTF_8), PutOptions.of("application/json"));
        assertThat(file(NAME).getFileName()).hasToString("a+");
        assertThat(Files.readString(file(NAME)))
                .startsWith("{}\n{\"name\":\"acme/a\",\"contentType\":\"application/json\",")
                .endsWith("arblob1\n");
    }

    @Test
    void read_damagedFile_isNeverDelivered() throws IOException {
        damageAndRead(1_000);
    }

    @Test
    @Tag("stress")
    void read_tenThousandDamages_areNeverDelivered() throws IOException {
        damageAndRead(10_000);
    }

    private void damageAndRead(int rounds) throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] content = new byte[1_500];
        random.nextBytes(content);
        store.put(NAME, content);
        store.put(OTHER, new byte[1_500]);
        byte[] whole = Files.readAllBytes(file(NAME));
        byte[] other = Files.readAllBytes(file(OTHER));
        int refused = 0;
        for (int i = 0; i < rounds; i++) {
            Files.write(file(NAME), damaged(whole, other, random));
            refused += refusedOrRight(content, "seed " + seed + ", round " + i) ? 1 : 0;
        }
        assertThat(refused).as("seed %d", seed).isGreaterThan(rounds - rounds / 50); // two line feeds mean nothing
        Files.write(file(NAME), whole);
        assertThat(store.get(NAME)).hasValue(content);
    }

    private boolean refusedOrRight(byte[] content, String round) {
        try {
            assertThat(store.get(NAME)).as(round).hasValue(content);
            return false;
        } catch (StorageException e) {
            assertThat(e.reason()).as(round).isEqualTo(Reason.CORRUPT);
            return true;
        }
    }

    private static byte[] damaged(byte[] whole, byte[] other, Random random) {
        int at = random.nextInt(whole.length);
        byte[] file = whole.clone();
        switch (random.nextInt(5)) {
            case 0 -> file = Arrays.copyOf(file, at);
            case 1 -> file = Arrays.copyOf(file, file.length + 1 + at);
            case 2 -> file = other;
            case 3 -> file = Arrays.copyOfRange(file, 1 + at / 2, file.length);
            default -> file[at] ^= (byte) (1 << random.nextInt(8));
        }
        return file;
    }

    @Test
    void read_damagedEnd_isRefusedBeforeAnyByte() throws IOException {
        store.put(NAME, new byte[100]);
        Files.write(file(NAME), new byte[] {1, 2, 3});
        assertCorrupt(() -> store.open(NAME));
        assertCorrupt(() -> store.head(NAME));
        assertCorrupt(() -> store.range(NAME, 0, 1));
        assertThat(store.list(BlobName.of("acme"))).containsExactly(NAME);
        assertThatThrownBy(
                        () -> store.put(NAME, new byte[1], PutOptions.of("a/b").ifAbsent()))
                .hasMessageContaining("only if absent");
        store.put(NAME, new byte[] {7});
        assertThat(store.get(NAME)).hasValue(new byte[] {7});
        Files.write(file(NAME), new byte[0]);
        assertThat(store.delete(NAME)).isTrue();
    }

    @Test
    void open_damagedContent_isRefusedAtItsEnd() throws IOException {
        byte[] content = new byte[100_000];
        store.put(NAME, content);
        byte[] file = Files.readAllBytes(file(NAME));
        file[99_999] = 1;
        Files.write(file(NAME), file);
        try (BlobStream stream = store.open(NAME).orElseThrow()) {
            assertThat(stream.readNBytes(50_000)).hasSize(50_000);
            assertCorrupt(stream::readAllBytes);
        }
        assertCorrupt(() -> store.copy(NAME, OTHER, Precondition.none()));
        assertThat(store.head(OTHER)).isEmpty();
    }

    private void assertCorrupt(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StorageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT))
                .hasMessageContaining("'acme/a' in " + root + ": corrupt, ");
    }

    @Test
    void open_twoStoresOfOneFolder_shareConditions() {
        BlobStore second = BlobStore.inDirectory(root.resolve(".").resolve("../" + root.getFileName()));
        BlobInfo info = store.put(NAME, new byte[1], PutOptions.of("a/b").ifAbsent());
        assertThatThrownBy(
                        () -> second.put(NAME, new byte[2], PutOptions.of("a/b").ifAbsent()))
                .isInstanceOf(StorageException.class);
        assertThat(second.delete(NAME, info.version())).isTrue();
        assertThat(store.get(NAME)).isEmpty();
    }

    @Test
    void open_whatADeadProcessWasWriting_isRemoved() throws IOException {
        Path abandoned = Files.writeString(root.resolve(".incoming/0000-of-another-process"), "half");
        BlobStore.inDirectory(root);
        assertThat(abandoned).doesNotExist();
    }

    @Test
    void open_whatIsBeingWritten_isLeftAlone() {
        InputStream content = new FilterInputStream(InputStream.nullInputStream()) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                BlobStore.inDirectory(root);
                return super.read(target, offset, length);
            }
        };
        BlobInfo info = store.put(NAME, content, PutOptions.of("a/b"));
        assertThat(store.head(NAME)).hasValue(info);
    }

    @Test
    void delete_lastBlobOfAFolder_removesTheFolder() throws IOException {
        BlobName deep = BlobName.of("acme", "generated", "secret report.pdf", "summary.json");
        store.put(NAME, new byte[1]);
        store.put(deep, new byte[1]);
        assertThat(store.delete(deep)).isTrue();
        try (Stream<Path> left = Files.list(root.resolve("acme"))) {
            assertThat(left).containsExactly(file(NAME));
        }
    }

    @Test
    void put_interrupted_changesNothingAndKeepsTheInterrupt() {
        store.put(NAME, new byte[] {1});
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> store.put(NAME, new byte[] {2}))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INTERRUPTED));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(store.get(NAME)).hasValue(new byte[] {1});
        assertThat(store.list()).containsExactly(NAME);
    }

    @Test
    void list_isReadAsItIsTaken() throws IOException {
        store.put(NAME, new byte[1]);
        store.put(BlobName.of("beta", "x"), new byte[1]);
        try (Stream<BlobName> names = store.list()) {
            var iterator = names.iterator();
            assertThat(iterator.next()).isEqualTo(NAME);
            Files.delete(file(BlobName.of("beta", "x")));
            assertThat(iterator.hasNext()).isFalse();
        }
    }
}
