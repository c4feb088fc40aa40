package io.agentruntime.gcs;

import static io.agentruntime.testkit.gcs.GcsOperation.DOWNLOAD;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.storage.Storage;
import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStream;
import io.agentruntime.storage.PutOptions;
import io.agentruntime.storage.StorageException;
import io.agentruntime.storage.StorageException.Reason;
import io.agentruntime.testkit.gcs.GcsFault;
import io.agentruntime.testkit.gcs.GcsOperation;
import io.agentruntime.testkit.gcs.GcsServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GcsChaosTest {

    private static final int PERCENT = 30;
    private static final int THREADS = 8;
    private static final int MAX_ATTEMPTS = 40;
    private static final int READ_TIMEOUT_MILLIS = 100;

    private final long seed = System.nanoTime();
    private final AtomicLong faults = new AtomicLong();
    private GcsServer server;
    private Storage client;
    private GcsBlobStore store;

    @BeforeEach
    void start() throws IOException {
        server = GcsServer.start(Clients.BUCKET);
        client = Clients.of(server, MAX_ATTEMPTS, READ_TIMEOUT_MILLIS);
        store = GcsBlobStore.of(client, Clients.BUCKET);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void put_throughFaults_makesOneGenerationEach() throws Exception {
        writeThroughFaults(200);
    }

    @Test
    @Tag("stress")
    void put_aThousandThroughFaults_makesOneGenerationEach() throws Exception {
        writeThroughFaults(1_000);
    }

    private void writeThroughFaults(int writes) throws Exception {
        server.chaos(this::fault);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Void>> all = threads.invokeAll(IntStream.range(0, writes)
                    .mapToObj(i -> (Callable<Void>) () -> write(i))
                    .toList());
            for (Future<Void> one : all) {
                assertThat(one).as("seed %d", seed).succeedsWithin(Duration.ofMinutes(5));
            }
        } finally {
            threads.shutdownNow();
        }
        server.chaos(operation -> Optional.empty());
        assertThat(faults.get()).as("seed %d: faults", seed).isGreaterThan(writes / 4);
        for (int i = 0; i < writes; i++) {
            assertThat(server.generations(name(i).path()))
                    .as("seed %d, generations of %s", seed, name(i))
                    .isOne();
            assertThat(store.get(name(i))).as("seed %d", seed).hasValue(content(i));
        }
    }

    /** Some with a condition, some without, and some in pieces. */
    private Void write(int i) {
        PutOptions options = PutOptions.of("a/b");
        switch (i % 10) {
            case 0 -> store.put(name(i), new ByteArrayInputStream(content(i)), options);
            case 1, 2, 3, 4 -> store.put(name(i), content(i), options.ifAbsent());
            default -> store.put(name(i), content(i), options);
        }
        return null;
    }

    private static BlobName name(int i) {
        return BlobName.of("acme", "blob " + i);
    }

    private static byte[] content(int i) {
        byte[] content = new byte[i % 10 == 0 ? GcsPieces.LENGTH + 100_000 + i : 100 + i];
        new Random(i).nextBytes(content);
        return content;
    }

    private Optional<GcsFault> fault(GcsOperation operation) {
        Random random = new Random(seed + 7_919 * faults.get() + server.requests(operation));
        if (random.nextInt(100) >= PERCENT) {
            return Optional.empty();
        }
        faults.incrementAndGet();
        GcsFault fault = switch (random.nextInt(5)) {
            case 0 -> GcsFault.stall();
            case 1, 2 -> GcsFault.reset();
            default -> GcsFault.status(503);
        };
        return Optional.of(random.nextBoolean() ? fault : GcsFault.done(fault));
    }

    @Test
    void read_damagedOnTheWay_isNeverDelivered() throws IOException {
        readDamaged(500);
    }

    @Test
    @Tag("stress")
    void read_tenThousandDamages_areNeverDelivered() throws IOException {
        readDamaged(10_000);
    }

    private void readDamaged(int rounds) throws IOException {
        Random random = new Random(seed);
        byte[] content = content(1_900);
        BlobName name = BlobName.of("acme", "a");
        BlobName other = BlobName.of("acme", "b");
        store.put(name, content);
        store.put(other, content(1_899));
        int refused = 0;
        for (int i = 0; i < rounds; i++) {
            UnaryOperator<byte[]> damage = damage(random, content(1_899));
            boolean atRest = random.nextInt(4) == 0;
            if (atRest) {
                server.damage(name.path(), damage);
            } else {
                GcsFault[] each = new GcsFault[8]; // we ask twice, and the client may ask again each time
                Arrays.fill(each, GcsFault.changed(damage));
                server.script(DOWNLOAD, each);
            }
            refused += refused(name, i, random.nextBoolean()) ? 1 : 0;
            server.clearScript();
            server.damage(name.path(), any -> content);
        }
        assertThat(refused).as("seed %d", seed).isEqualTo(rounds);
        assertThat(store.get(name)).hasValue(content);
    }

    private boolean refused(BlobName name, int round, boolean whole) throws IOException {
        try {
            if (whole) {
                assertThat(store.get(name)).as("seed %d, round %d", seed, round).isEmpty();
                return false;
            }
            try (BlobStream stream = store.open(name).orElseThrow()) {
                long unused = stream.transferTo(OutputStream.nullOutputStream());
            }
            return false;
        } catch (StorageException e) {
            assertThat(e.reason()).as("seed %d, round %d", seed, round).isEqualTo(Reason.CORRUPT);
            return true;
        }
    }

    private static UnaryOperator<byte[]> damage(Random random, byte[] other) {
        int at = random.nextInt(2_000);
        int bit = random.nextInt(8);
        return switch (random.nextInt(5)) {
            case 0 -> body -> Arrays.copyOf(body, at);
            case 1 -> body -> Arrays.copyOf(body, body.length + 1 + at);
            case 2 -> body -> Arrays.copyOfRange(body, 1 + at / 2, body.length);
            case 3 -> body -> other.clone();
            default ->
                body -> {
                    body[at] ^= (byte) (1 << bit);
                    return body;
                };
        };
    }
}
