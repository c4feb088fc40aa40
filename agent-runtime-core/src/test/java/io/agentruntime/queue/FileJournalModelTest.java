package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Random operations on a journal and on a map: they must not differ. */
class FileJournalModelTest {

    private static final int OPERATIONS = 400;

    @TempDir
    private Path folder;

    @Test
    void journal_underRandomOperations_holdsWhatAMapHolds() throws IOException {
        rounds(20);
    }

    @Test
    @Tag("stress")
    void journal_underRandomOperations_holdsWhatAMapHolds_manyTimes() throws IOException {
        rounds(500); // on a busy disk each takes half a second
    }

    private void rounds(int count) throws IOException {
        Logger log = (Logger) LoggerFactory.getLogger(Journal.class);
        log.setLevel(Level.OFF); // full disks are a part of it
        try {
            Random seeds = new Random();
            for (int i = 0; i < count; i++) {
                long seed = seeds.nextLong();
                Path path = folder.resolve("round" + i);
                try {
                    new Model(path, new Random(seed)).run();
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError("seed " + seed, e);
                }
                for (Path file : JournalRecords.files(path, "")) {
                    Files.delete(file);
                }
            }
        } finally {
            log.setLevel(null);
        }
    }

    /** One journal, beside a map of what it must hold. */
    private static final class Model {
        private final Path path;
        private final Random random;
        private final FaultyFiles files = new FaultyFiles();
        private final NavigableMap<Long, String> expected = new TreeMap<>();
        private final Set<Long> undecided = new HashSet<>();
        private long last;
        private Journal journal;

        Model(Path path, Random random) {
            this.path = path;
            this.random = random;
            this.journal = open();
        }

        private Journal open() {
            FileJournalBuilder builder = Journal.inDirectory(path)
                    .files(files)
                    .segmentBytes(512 + random.nextInt(1_000))
                    .maxBytes(24 * 1024);
            return (random.nextInt(4) == 0 ? builder.syncEvery(Duration.ZERO) : builder).open();
        }

        void run() {
            for (int i = 0; i < OPERATIONS; i++) {
                switch (random.nextInt(12)) {
                    case 0, 1, 2, 3, 4, 5 -> append();
                    case 6, 7, 8 -> acknowledge();
                    case 9 -> readSome();
                    case 10 -> failForAWhile();
                    default -> reopenSometimes();
                }
                assertThat(journal.size()).isEqualTo(expected.size());
            }
            assertAll();
            reopen();
            assertAll();
            journal.close();
            assertThat(files.open).hasValue(0);
        }

        private void append() {
            String text = "r" + random.nextInt() + "y".repeat(random.nextInt(random.nextInt(10) == 0 ? 1_500 : 150));
            try {
                long sequence = journal.append(JournalRecords.bytes(text));
                assertThat(sequence).isGreaterThan(last);
                last = sequence;
                expected.put(sequence, text);
            } catch (JournalException e) {
                boolean full = e.reason() == JournalException.Reason.FULL;
                long bytes = expected.values().stream()
                        .mapToLong(one -> one.length() + 20)
                        .sum();
                assertThat(full ? bytes + text.length() + 20 > 12 * 1024 : files.room < 4_096)
                        .as("%s with %d bytes wanted", e.getMessage(), bytes)
                        .isTrue();
            }
        }

        private void acknowledge() {
            List<Long> some = new ArrayList<>();
            for (Long sequence : expected.keySet()) {
                if (random.nextInt(4) == 0) {
                    some.add(sequence);
                }
            }
            some.forEach(expected::remove);
            some.add(last + 1 + random.nextInt(3));
            try {
                journal.acknowledge(some);
                undecided.clear();
            } catch (JournalException e) {
                undecided.addAll(some);
                assertThat(files.room).isLessThan(4_096);
            }
        }

        private void readSome() {
            long after = last == 0 ? 0 : random.nextLong(last + 2);
            int limit = 1 + random.nextInt(20);
            List<String> texts = expected.tailMap(after, false).values().stream()
                    .limit(limit)
                    .toList();
            assertThat(journal.read(after, limit).stream().map(JournalRecords::text))
                    .isEqualTo(texts);
        }

        private void failForAWhile() {
            files.room = random.nextBoolean() ? random.nextInt(2_000) : Long.MAX_VALUE;
        }

        private void reopenSometimes() {
            if (random.nextInt(3) == 0) {
                reopen();
            }
        }

        /** What was acknowledged and not written down may come again; nothing else may. */
        private void reopen() {
            journal.close();
            files.room = Long.MAX_VALUE;
            journal = open();
            List<Long> again = new ArrayList<>();
            for (Journal.Entry entry : JournalRecords.all(journal)) {
                if (!expected.containsKey(entry.sequence())) {
                    assertThat(undecided).contains(entry.sequence());
                    again.add(entry.sequence());
                }
            }
            journal.acknowledge(again);
            undecided.clear();
        }

        private void assertAll() {
            Map<Long, String> found = new TreeMap<>();
            JournalRecords.all(journal).forEach(entry -> found.put(entry.sequence(), JournalRecords.text(entry)));
            assertThat(found).isEqualTo(expected);
            assertThat(journal.statistics().corruptRecords()).isZero();
        }
    }

    @Test
    void journal_usedByManyThreads_deliversEachRecordOnceAndKeepsTheRest() throws Exception {
        Set<Long> stuck = ConcurrentHashMap.newKeySet();
        Set<Long> seen = ConcurrentHashMap.newKeySet();
        FileJournalBuilder builder =
                Journal.inDirectory(folder).segmentBytes(4 * 1024).maxBytes(8L * 1024 * 1024);
        try (Journal journal = builder.open()) {
            ConcurrentLinkedQueue<List<Long>> toAcknowledge = new ConcurrentLinkedQueue<>();
            ExecutorService threads = Executors.newFixedThreadPool(6);
            try {
                List<Future<?>> appenders = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    int member = i;
                    appenders.add(threads.submit(() -> appendAll(journal, member)));
                }
                Future<?> reader = threads.submit(() -> readAll(journal, 8_000, seen, toAcknowledge));
                Future<?> acknowledger = threads.submit(() -> acknowledgeMost(journal, reader, toAcknowledge, stuck));
                for (Future<?> appender : appenders) {
                    appender.get();
                }
                reader.get();
                acknowledger.get();
            } finally {
                threads.shutdownNow();
            }
            assertThat(seen).hasSize(8_000);
            assertThat(new HashSet<>(JournalRecords.sequences(JournalRecords.all(journal))))
                    .isEqualTo(stuck);
        }
        try (Journal journal = builder.open()) {
            assertThat(new HashSet<>(JournalRecords.sequences(JournalRecords.all(journal))))
                    .isEqualTo(stuck);
            assertThat(journal.statistics().corruptRecords()).isZero();
        }
    }

    private static void appendAll(Journal journal, int member) {
        for (int i = 0; i < 2_000; i++) {
            journal.append(JournalRecords.bytes(member + "/" + i + "z".repeat(i % 100)));
        }
    }

    private static void readAll(Journal journal, int count, Set<Long> seen, ConcurrentLinkedQueue<List<Long>> out) {
        long after = 0;
        while (seen.size() < count) {
            List<Long> sequences = JournalRecords.sequences(journal.read(after, 50));
            if (!sequences.isEmpty()) {
                after = sequences.get(sequences.size() - 1);
                assertThat(sequences).noneMatch(seen::contains);
                seen.addAll(sequences);
                out.add(sequences);
            }
        }
    }

    /** Leaves every hundredth: so segments are written anew while others read and append. */
    private static void acknowledgeMost(
            Journal journal, Future<?> reader, ConcurrentLinkedQueue<List<Long>> in, Set<Long> stuck) {
        while (!reader.isDone() || !in.isEmpty()) {
            List<Long> batch = in.poll();
            if (batch != null) {
                batch.stream().filter(sequence -> sequence % 100 == 0).forEach(stuck::add);
                journal.acknowledge(
                        batch.stream().filter(sequence -> sequence % 100 != 0).toList());
            }
        }
    }
}
