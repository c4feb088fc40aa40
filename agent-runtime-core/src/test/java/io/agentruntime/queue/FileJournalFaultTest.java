package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.queue.JournalException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are full or broken, and when what was appended reaches the disk. */
@Tag("flaw-51")
class FileJournalFaultTest {

    private final FaultyFiles files = new FaultyFiles();

    @TempDir
    private Path folder;

    private FileJournalBuilder journal() {
        return Journal.inDirectory(folder).files(files);
    }

    private static void assertFails(Runnable call, String... parts) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        JournalException.class, e -> assertThat(e.reason()).isEqualTo(Reason.FAILED))
                .message()
                .contains(parts);
    }

    @Test
    void append_onAFullDisk_keepsNothingOfItAndHarmsNoOther() {
        List<String> kept = new ArrayList<>();
        try (Journal journal = journal().open()) {
            for (int room = 0; room < 60; room++) {
                kept.add("before " + room);
                journal.append(JournalRecords.bytes("before " + room));
                files.room = room;
                String longOne = "x".repeat(60);
                assertFails(
                        () -> journal.append(JournalRecords.bytes(longOne)),
                        "'" + folder + "'",
                        "cannot append: No space left on device");
                files.room = Long.MAX_VALUE;
                assertThat(journal.size()).isEqualTo(kept.size());
            }
            kept.add("last");
            journal.append(JournalRecords.bytes("last"));
            assertThat(JournalRecords.texts(journal)).isEqualTo(kept);
        }
        assertFoundWithoutDamage(kept);
        assertThat(files.open).hasValue(0);
    }

    private void assertFoundWithoutDamage(List<String> texts) {
        try (Journal journal = journal().open()) {
            assertThat(JournalRecords.texts(journal)).isEqualTo(texts);
            assertThat(journal.statistics().corruptRecords()).isZero();
            assertThat(journal.statistics().tornBytes()).isZero();
        }
    }

    @Test
    void append_thatCannotBeTakenBack_goesOnInAnotherSegment() {
        try (Journal journal = journal().open()) {
            journal.append(JournalRecords.bytes("one"));
            files.room = 30;
            files.truncateFails = true;
            assertFails(() -> journal.append(JournalRecords.bytes("lost".repeat(10))), "Input/output error");
            files.room = Long.MAX_VALUE;
            assertFails(() -> journal.append(JournalRecords.bytes("lost too")), "Input/output error");
            files.truncateFails = false;
            journal.append(JournalRecords.bytes("two"));
            assertThat(JournalRecords.texts(journal)).containsExactly("one", "two");
            assertThat(journal.statistics().segments()).isEqualTo(2);
        }
        try (Journal journal = journal().open()) {
            assertThat(JournalRecords.texts(journal)).containsExactly("one", "two");
            assertThat(journal.statistics().tornBytes()).isEqualTo(30);
        }
    }

    @Test
    void open_onAFullDisk_letsRecordsBeReadAndTheirSpaceGo() throws IOException {
        try (Journal journal = journal().segmentBytes(512).open()) {
            for (int i = 0; i < 10; i++) {
                journal.append(new byte[200]);
            }
        }
        files.room = 0;
        try (Journal journal = journal().segmentBytes(512).open()) {
            List<Journal.Entry> entries = JournalRecords.all(journal);
            assertThat(entries).hasSize(10);
            assertFails(() -> journal.append(new byte[1]), "No space left on device");
            List<Long> sequences = JournalRecords.sequences(entries);
            journal.acknowledge(sequences.subList(0, 2));
            assertFails(
                    () -> journal.acknowledge(sequences.subList(2, 3)),
                    "cannot write down what was acknowledged: No space left on device");
            assertThat(journal.size()).isEqualTo(7);
            assertThat(JournalRecords.files(folder, ".journal")).hasSize(4);
            files.room = Long.MAX_VALUE;
            journal.acknowledge(List.of());
        }
        try (Journal journal = journal().open()) {
            assertThat(journal.size()).isEqualTo(7);
        }
    }

    @Test
    void tidying_onAFullDisk_leavesEverythingAsItIs() {
        try (Journal journal = journal().segmentBytes(512).maxBytes(64 * 1024).open()) {
            List<Long> sequences = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                sequences.add(journal.append(JournalRecords.bytes("r" + i + "x".repeat(80))));
            }
            files.room = 40;
            List<Long> most =
                    sequences.stream().filter(sequence -> sequence % 5 != 0).toList();
            assertFails(() -> journal.acknowledge(most), "No space left on device");
            assertThat(JournalRecords.all(journal)).hasSize(20);
            files.room = Long.MAX_VALUE;
            journal.acknowledge(List.of(sequences.get(4)));
            assertThat(JournalRecords.all(journal)).hasSize(19);
        }
        try (Journal journal = journal().open()) {
            assertThat(JournalRecords.texts(journal))
                    .hasSize(19)
                    .first()
                    .asString()
                    .startsWith("r9x");
        }
    }

    @Test
    void append_withoutSync_forcesNothing() {
        try (Journal journal = journal().segmentBytes(512).open()) {
            for (int i = 0; i < 20; i++) {
                journal.append(new byte[100]);
            }
        }
        assertThat(files.forces).hasValue(0);
    }

    @Test
    void append_withSyncOfEveryRecord_isForcedBeforeItReturns() {
        try (Journal journal = journal().syncEvery(Duration.ZERO).open()) {
            for (int i = 1; i <= 5; i++) {
                journal.append(new byte[100]);
                assertThat(files.forces).hasValue(i);
                assertThat(journal.read(0, 10)).hasSize(i);
            }
        }
    }

    @Test
    void appends_duringAForce_shareTheNextOneAndAreReadAfterIt() throws Exception {
        Semaphore permits = new Semaphore(0);
        files.forcePermits = permits;
        try (Journal journal = journal().syncEvery(Duration.ZERO).open()) {
            List<Future<Long>> appends = new ArrayList<>();
            appends.add(append(journal));
            await(() -> files.forces.get() == 1);
            for (int i = 0; i < 8; i++) {
                appends.add(append(journal));
            }
            await(() -> journal.size() == 9);
            assertThat(journal.read(0, 10)).as("nothing is promised yet").isEmpty();
            permits.release();
            assertThat(appends.get(0).get()).isEqualTo(1);
            await(() -> files.forces.get() == 2);
            assertThat(journal.read(0, 10)).hasSize(1);
            permits.release();
            for (Future<Long> append : appends) {
                append.get();
            }
            assertThat(files.forces).hasValue(2);
            assertThat(journal.read(0, 10)).hasSize(9);
            files.forcePermits = null;
        }
    }

    @Test
    void append_thatCannotBeForced_keepsNothingAndGoesOnInAnotherSegment() {
        try (Journal journal = journal().syncEvery(Duration.ZERO).open()) {
            journal.append(JournalRecords.bytes("one"));
            files.forceFails = true;
            assertFails(() -> journal.append(JournalRecords.bytes("lost")), "cannot append: Input/output error");
            assertThat(JournalRecords.texts(journal)).containsExactly("one");
            files.forceFails = false;
            journal.append(JournalRecords.bytes("two"));
            assertThat(JournalRecords.texts(journal)).containsExactly("one", "two");
            assertThat(journal.statistics().segments()).isEqualTo(2);
        }
        assertFoundWithoutDamage(List.of("one", "two"));
    }

    @Test
    void appends_thatShareAForceThatFails_allFail() throws Exception {
        Semaphore permits = new Semaphore(0);
        files.forcePermits = permits;
        try (Journal journal = journal().syncEvery(Duration.ZERO).open()) {
            Future<Long> first = append(journal);
            await(() -> files.forces.get() == 1);
            List<Future<Long>> others = List.of(append(journal), append(journal), append(journal));
            await(() -> journal.size() == 4);
            permits.release();
            assertThat(first.get()).isEqualTo(1);
            await(() -> files.forces.get() == 2);
            files.forceFails = true;
            permits.release();
            for (Future<Long> other : others) {
                assertThatThrownBy(other::get)
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(JournalException.class);
            }
            assertThat(JournalRecords.sequences(JournalRecords.all(journal))).containsExactly(1L);
            files.forceFails = false;
            files.forcePermits = null;
        }
    }

    @Test
    void append_withSyncAfterATime_isForcedOnceThen() throws Exception {
        Semaphore permits = new Semaphore(0);
        files.forcePermits = permits;
        Journal journal = journal().syncEvery(Duration.ofMillis(1)).open();
        journal.append(new byte[1]);
        await(() -> files.forces.get() == 1);
        journal.append(new byte[1]);
        permits.release();
        await(() -> files.forces.get() == 2);
        List<Thread> threads = threads();
        assertThat(threads).hasSize(1);
        permits.release(2);
        journal.close();
        threads.get(0).join();
        assertThat(files.forces).as("close forces what is left").hasValue(3);
        assertThat(threads()).isEmpty();
    }

    @Test
    void append_withSyncAfterALongTime_isForcedAtTheLatestByClose() {
        try (Journal journal = journal().syncEvery(Duration.ofDays(1)).open()) {
            for (int i = 0; i < 5; i++) {
                journal.append(new byte[1]);
            }
            assertThat(files.forces).hasValue(0);
        }
        assertThat(files.forces).hasValue(1);
        assertThat(files.open).hasValue(0);
    }

    @Test
    void close_onABrokenDisk_letsGoOfEverything() {
        Journal journal = journal().syncEvery(Duration.ofDays(1)).open();
        journal.append(JournalRecords.bytes("one"));
        files.forceFails = true;
        journal.close();
        assertThat(files.open).hasValue(0);
        files.forceFails = false;
        assertFoundWithoutDamage(List.of("one"));
    }

    private static Future<Long> append(Journal journal) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        FutureTask<Long> task = new FutureTask<>(() -> {
            started.countDown();
            return journal.append(new byte[10]);
        });
        new Thread(task).start();
        started.await();
        return task;
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("agentruntime-journal-"))
                .toList();
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }
}
