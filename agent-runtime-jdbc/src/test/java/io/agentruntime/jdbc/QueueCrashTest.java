package io.agentruntime.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.queue.Journal;
import io.agentruntime.usage.UsageEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another process accepts usage events and is killed at some moment, over and over, on the same journal and the same store; one more then
 * works off what is left.
 */
class QueueCrashTest {

    private static final int ALL = UsageQueueWriter.PRODUCERS * UsageQueueWriter.EVENTS_EACH;
    private static final int FEWEST_BATCHES = ALL / UsageQueueWriter.BATCH; // that a process needs, if it has the time

    @TempDir
    private Path folder;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final Set<UUID> acknowledged = new HashSet<>();
    private final List<UUID> underWay = new ArrayList<>(); // what each sequence came to next: it may have been accepted
    private long mostRecovered;
    private long mostSegments;

    @Test
    @Tag("flaw-51")
    void queue_killedInTheMiddle_bringsEachAcceptedEventIntoTheStoreOnce() throws Exception {
        killRounds(20);
    }

    @Test
    @Tag("stress")
    void queue_killedInTheMiddle_bringsEachAcceptedEventIntoTheStoreOnce_manyTimes() throws Exception {
        killRounds(200);
    }

    private void killRounds(int rounds) throws Exception {
        System.out.println("QueueCrashTest: seed " + seed);
        ChildProcess child = ChildProcess.prepare(folder);
        for (int round = 0; round < rounds; round++) {
            long sequence = (long) round * UsageQueueWriter.PRODUCERS;
            Process process =
                    child.start(UsageQueueWriter.class, "enqueue", folder.toString(), Long.toString(sequence));
            note(sequence, kill(process));
        }
        drain(child);
        assertThat(mostRecovered)
                .as("the journal had more than memory has")
                .isGreaterThan(UsageQueueWriter.CAPACITY + UsageQueueWriter.BATCH);
        assertThat(mostSegments).as("the journal had several files").isGreaterThan(2);
        assertStored();
    }

    /** Some die when so many events were accepted, others when so many batches were stored but the last not forgotten by the journal. */
    private List<String> kill(Process process) throws IOException, InterruptedException {
        return random.nextBoolean()
                ? ChildProcess.killAfter(process, "accepted ", 1 + random.nextInt(ALL))
                : ChildProcess.killAfter(process, "stored ", 1 + random.nextInt(FEWEST_BATCHES));
    }

    private void note(long firstSequence, List<String> lines) {
        long[] next = new long[UsageQueueWriter.PRODUCERS];
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("accepted")) {
                long sequence = Long.parseLong(words[1]);
                long number = Long.parseLong(words[2]);
                acknowledged.add(new UUID(sequence, number));
                next[(int) (sequence - firstSequence)] = number + 1;
            } else if (words[0].equals("opened")) {
                mostRecovered = Math.max(mostRecovered, Long.parseLong(words[1]));
                mostSegments = Math.max(mostSegments, Long.parseLong(words[2]));
            }
        }
        for (int i = 0; i < next.length; i++) {
            underWay.add(new UUID(firstSequence + i, next[i]));
        }
    }

    private void drain(ChildProcess child) throws IOException, InterruptedException {
        Process process = child.start(UsageQueueWriter.class, "drain", folder.toString());
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.lines()).as("seed %d", seed).contains("drained true, lost 0");
        }
        assertThat(process.waitFor()).isZero();
        try (Journal journal = UsageQueueWriter.journal(folder)) {
            assertThat(journal.size()).as("seed %d", seed).isZero();
        }
    }

    private void assertStored() throws InterruptedException {
        List<UUID> stored = new ArrayList<>();
        try (DuckDbUsageStore store = DuckDbUsageStore.open(UsageQueueWriter.database(folder))) {
            for (UsageEvent event : store.events()) {
                UUID id = event.id();
                stored.add(id);
                assertThat(event)
                        .isEqualTo(UsageWriter.event(id.getMostSignificantBits(), id.getLeastSignificantBits()));
            }
        }
        Set<UUID> once = new HashSet<>(stored);
        Set<UUID> lost = without(acknowledged, once);
        Set<UUID> unknown = without(without(once, acknowledged), underWay);
        String found = "seed %d: %d acknowledged, %d stored, %d lost, %d twice, %d unknown"
                .formatted(
                        seed,
                        acknowledged.size(),
                        stored.size(),
                        lost.size(),
                        stored.size() - once.size(),
                        unknown.size());
        System.out.println("QueueCrashTest: " + found);
        assertThat(lost).as(found).isEmpty();
        assertThat(stored).as(found).hasSameSizeAs(once);
        assertThat(unknown).as(found).isEmpty();
    }

    private static Set<UUID> without(Set<UUID> ids, Iterable<UUID> others) {
        Set<UUID> rest = new HashSet<>(ids);
        others.forEach(rest::remove);
        return rest;
    }
}
