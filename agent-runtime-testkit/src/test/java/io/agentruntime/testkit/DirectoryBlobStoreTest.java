package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.storage.StorageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
                .hasMessageContaining("'" + file + "'")
                .hasMessageNotContaining("\n");
        assertThat(file).hasContent("text");
    }

    @Test
    void put_whereAFileIsInTheWay_namesTheBlob() {
        BlobStore store = create();
        store.put(BlobName.of("acme"), new byte[] {1});
        assertThatThrownBy(() -> store.put(BlobName.of("acme", "below"), new byte[] {2}))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("'acme/below'");
        assertThat(store.get(BlobName.of("acme"))).hasValue(new byte[] {1});
    }

    @Test
    void list_passesOverForeignFiles() throws IOException {
        BlobStore store = create();
        BlobName ours = BlobName.of("acme", "ours");
        store.put(ours, new byte[] {1});
        for (String foreign : List.of(".DS_Store", "with blank", "umlaut-ä", "a:b")) {
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
        assertThat(entries(root().resolve(".incoming"))).as("seed %d", seed).isEmpty();
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
    void put_killedInTheMiddle_leavesWholeBlobsOnly() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            int acknowledged = killAfter(1 + random.nextInt(40));
            BlobStore store = create();
            List<BlobName> blobs = store.list(BlobWriter.FOLDER);
            assertThat(blobs)
                    .as("seed %d, round %d", seed, round)
                    .hasSizeBetween(1, BlobWriter.BLOBS)
                    .allSatisfy(name -> BlobWriter.assertWhole(store.get(name).orElseThrow()));
            assertThat(store.get(BlobWriter.name(acknowledged)))
                    .as("seed %d, round %d: blob %d was acknowledged", seed, round, acknowledged)
                    .isPresent();
        }
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
