package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.queue.JournalException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much of the disk a journal takes, and how it gives it back. */
class FileJournalSpaceTest {

    private static final int MAX = 256 * 1024;

    @TempDir
    private Path folder;

    private Journal open() {
        return Journal.inDirectory(folder).segmentBytes(8 * 1024).maxBytes(MAX).open();
    }

    @Test
    void append_toAFullJournal_isRefusedAndKeepsNothing() throws IOException {
        List<Long> kept = new ArrayList<>();
        try (Journal journal = open()) {
            assertThatThrownBy(() -> fill(journal, kept))
                    .isInstanceOfSatisfying(JournalException.class, e -> {
                        assertThat(e.reason()).isEqualTo(Reason.FULL);
                        assertThat(e.retryable()).isTrue();
                    })
                    .hasMessageContaining("'" + folder + "' is full")
                    .hasMessageContaining(MAX + " bytes allowed");
            assertThat(JournalRecords.bytesIn(folder)).isBetween(MAX * 9L / 10, (long) MAX);
            assertThat(journal.statistics().bytes()).isEqualTo(JournalRecords.bytesIn(folder));
            assertThat(JournalRecords.sequences(JournalRecords.all(journal))).isEqualTo(kept);
            journal.acknowledge(kept.subList(0, 50));
            kept.add(journal.append(new byte[500]));
        }
        try (Journal journal = open()) {
            assertThat(JournalRecords.sequences(JournalRecords.all(journal))).isEqualTo(kept.subList(50, kept.size()));
        }
    }

    private static void fill(Journal journal, List<Long> kept) {
        for (int i = 0; i < 1_000; i++) {
            kept.add(journal.append(new byte[500]));
        }
    }

    @Test
    void append_ofARecordThatNeverFits_isRefused() {
        try (Journal journal = open()) {
            assertThatThrownBy(() -> journal.append(new byte[MAX])).hasMessageContaining("is full: a record of 262164");
            long large = journal.append(new byte[MAX / 2]);
            long small = journal.append(new byte[1]);
            assertThat(JournalRecords.sequences(JournalRecords.all(journal))).containsExactly(large, small);
        }
    }

    @Test
    void segments_thatAreAllAcknowledged_areDeleted() throws IOException {
        try (Journal journal = open()) {
            Deque<Long> waiting = new ArrayDeque<>();
            for (int i = 0; i < 3_000; i++) {
                waiting.add(journal.append(new byte[500]));
                if (waiting.size() > 20) {
                    journal.acknowledge(List.of(waiting.remove()));
                }
                assertThat(JournalRecords.bytesIn(folder)).isLessThan(8 * 8 * 1024);
            }
            assertThat(JournalRecords.sequences(JournalRecords.all(journal))).containsExactlyElementsOf(waiting);
        }
    }

    @Test
    void records_neverAcknowledged_doNotHoldTheSegmentsOfOthers() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<Long> stuck = new ArrayList<>();
        try (Journal journal = open()) {
            for (int i = 0; i < 6_000; i++) {
                long sequence = journal.append(new byte[random.nextInt(900)]);
                if (i % 60 == 0) {
                    stuck.add(sequence);
                } else {
                    journal.acknowledge(List.of(sequence));
                }
                if (i % 50 == 0) {
                    assertThat(JournalRecords.bytesIn(folder))
                            .as("seed %d", seed)
                            .isLessThan(MAX);
                }
            }
            assertThat(JournalRecords.sequences(JournalRecords.all(journal)))
                    .as("seed %d", seed)
                    .isEqualTo(stuck);
        }
        try (Journal journal = open()) {
            assertThat(JournalRecords.sequences(JournalRecords.all(journal)))
                    .as("seed %d", seed)
                    .isEqualTo(stuck);
            assertThat(journal.statistics().corruptRecords()).isZero();
        }
    }

    @Test
    void append_whileHalfOfTheRoomIsWanted_alwaysFits() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<Long> wanted = new ArrayList<>();
        try (Journal journal = open()) {
            for (int i = 0; i < 5_000; i++) {
                wanted.add(journal.append(new byte[480]));
                while (wanted.size() * 500 > MAX / 2 - 500) {
                    int any = random.nextInt(wanted.size());
                    journal.acknowledge(List.of(wanted.remove(any)));
                }
                if (i % 20 == 0) {
                    assertThat(JournalRecords.bytesIn(folder))
                            .as("seed %d", seed)
                            .isLessThanOrEqualTo(MAX);
                }
            }
            assertThat(JournalRecords.sequences(JournalRecords.all(journal)))
                    .as("seed %d", seed)
                    .isEqualTo(wanted);
        }
    }
}
