package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.storage.StorageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryBlobStoreTest extends BlobStoreContract {

    private static final int ROUNDS = 20;

    @TempDir
    private Path folder;

    private Path root() {
        return folder.resolve("blobs");
    }

    @Override
    protected BlobStore create() {
        return BlobStore.inDirectory(root());
    }

    @Test
    void inDirectory_onAFile_namesIt() throws IOException {
        Path file = Files.writeString(folder.resolve("plain.txt"), "text");
        assertThatThrownBy(() -> BlobStore.inDirectory(file))
                .isInstanceOf(StorageException.class)
                .hasMessageStartingWith("cannot keep blobs in " + file + ": ")
                .hasMessageNotContaining("\n");
        assertThat(file).hasContent("text");
    }

    @Test
    void list_passesOverForeignFiles() throws IOException {
        BlobStore store = create();
        BlobName ours = BlobName.of("acme", "ours");
        store.put(ours, new byte[] {1});
        for (String foreign : List.of(".DS_Store", "with blank", "umlaut-ä", "a:b", "plain", "a+1", "A+", "con+")) {
            Files.writeString(root().resolve("acme").resolve(foreign), "not a blob");
        }
        assertThat(store.list(BlobName.of("acme"))).containsExactly(ours);
    }

    @Test
    @Tag("flaw-25")
    void put_ofHostileNames_staysInsideTheFolder() throws IOException {
        long seed = new Random().nextLong();
        BlobStore store = create();
        for (String name : HostileNames.of(seed)) {
            store.put(BlobName.of(name), name.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(entries(folder)).as("seed %d", seed).containsExactly(root());
        assertThat(entries(root().resolve(".incoming"))).as("seed %d", seed).hasSize(1); // the lock
        assertThat(entries(root()))
                .as("seed %d", seed)
                .hasSize(HostileNames.of(seed).size() + 1)
                .extracting(file -> file.getFileName().toString().toLowerCase(Locale.ROOT))
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z0-9._%~=+-]{1,255}") && !name.endsWith("."), "safe everywhere")
                .noneMatch(name -> name.matches("(con|nul|lpt1|com9)([.].*)?"));
    }

    @Override
    protected void assertNothingLeft() {
        try (Stream<Path> left = Files.walk(root())) {
            Path incoming = root().resolve(".incoming");
            assertThat(left).containsExactlyInAnyOrder(root(), incoming, incoming.resolve(".lock"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void store_openedAgain_hasTheSameBlobs() {
        BlobName name = BlobName.of("acme", "a b");
        create().put(name, new byte[] {7});
        BlobStore again = create();
        assertThat(again.get(name)).hasValue(new byte[] {7});
        assertThat(again.list(BlobName.of("acme"))).containsExactly(name);
    }

    @Test
    void stream_ofManyMegabytes_needsLittleMemory() throws IOException {
        assertStreams(100 << 20, 16 << 20);
    }

    @Test
    @Tag("stress")
    void stream_ofAGigabyte_needsLittleMemory() throws IOException {
        assertStreams(1 << 30, 64 << 20);
    }

    @Test
    void put_killedInTheMiddle_leavesWholeBlobsOnly() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            int acknowledged = killAfter(1 + random.nextInt(40));
            BlobStore store = create();
            List<BlobName> blobs = store.list(BlobWriter.FOLDER).toList();
            assertThat(blobs)
                    .as("seed %d, round %d", seed, round)
                    .hasSizeBetween(1, BlobWriter.BLOBS)
                    .allSatisfy(name -> BlobWriter.assertWhole(store.get(name).orElseThrow()));
            assertThat(store.get(BlobWriter.name(acknowledged)))
                    .as("seed %d, round %d: blob %d was acknowledged", seed, round, acknowledged)
                    .isPresent();
            assertThat(entries(root().resolve(".incoming")))
                    .as("seed %d, round %d: the lock, and nothing half written", seed, round)
                    .hasSize(1);
        }
    }

    @Test
    void conditions_ofSeveralProcesses_holdBetweenThem() throws Exception {
        BlobStore store = create();
        store.put(BlobCounter.COUNTER, "0".getBytes(StandardCharsets.UTF_8));
        List<Process> others = List.of(counter(), counter());
        int created = BlobCounter.run(store);
        for (Process other : others) {
            try (BufferedReader lines = other.inputReader(StandardCharsets.UTF_8)) {
                created += Integer.parseInt(lines.readLine());
            }
        }
        assertThat(created).as("each was created by one of the processes").isEqualTo(BlobCounter.ROUNDS);
        String count = Integer.toString(3 * BlobCounter.ROUNDS);
        assertThat(store.get(BlobCounter.COUNTER)).hasValue(count.getBytes(StandardCharsets.UTF_8));
    }

    private Process counter() throws IOException {
        return ChildProcess.start(BlobCounter.class, root().toString());
    }

    /** Lets another process write blobs, kills it after some of them, and says which number it last acknowledged. */
    private int killAfter(int acknowledgements) throws Exception {
        Process process = ChildProcess.start(BlobWriter.class, root().toString());
        int last = -1;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (int i = 0; i < acknowledgements; i++) {
                last = Integer.parseInt(lines.readLine());
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        return last;
    }

    private static List<Path> entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }
}
