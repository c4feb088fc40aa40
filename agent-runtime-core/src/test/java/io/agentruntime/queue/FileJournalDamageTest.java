package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Whatever happens to the bytes of a journal: what is intact is found, and what is not is never taken for a record. */
@Tag("flaw-51")
class FileJournalDamageTest {

    private static final List<String> TEXTS = List.of("one", "", "three, a longer one", "four", "five");

    @TempDir
    private Path folder;

    private final Logger log = (Logger) LoggerFactory.getLogger(Journal.class);
    private Path segment;
    private byte[] intact = new byte[0];
    private List<Long> sequences = List.of();

    @BeforeEach
    void write() throws IOException {
        try (Journal journal = open()) {
            sequences = TEXTS.stream()
                    .map(text -> journal.append(JournalRecords.bytes(text)))
                    .toList();
        }
        segment = JournalRecords.files(folder, ".journal").get(0);
        intact = Files.readAllBytes(segment);
    }

    /** There are thousands of lines. */
    @BeforeEach
    void beQuiet() {
        log.setLevel(Level.OFF);
    }

    @AfterEach
    void beLoud() {
        log.setLevel(null);
    }

    private Journal open() {
        return Journal.inDirectory(folder).open();
    }

    /** Where each record begins, and at last the end of the file. */
    private static List<Integer> places() {
        List<Integer> places = new ArrayList<>(List.of(RecordFormat.FILE_HEAD));
        for (String text : TEXTS) {
            places.add(places.get(places.size() - 1) + RecordFormat.RECORD_HEAD + text.length());
        }
        return places;
    }

    private static int recordAt(int position) {
        int record = -1;
        while (record + 1 < TEXTS.size() && places().get(record + 1) <= position) {
            record++;
        }
        return record;
    }

    @Test
    void open_withAnyByteOfASegmentChanged_findsAllOtherRecords() throws IOException {
        assertThat(places()).last().isEqualTo(intact.length);
        for (int position = 0; position < intact.length; position++) {
            for (int mask : new int[] {0x01, 0x80, 0xFF}) {
                byte[] damaged = intact.clone();
                damaged[position] ^= (byte) mask;
                Files.write(segment, damaged);
                List<String> expected = new ArrayList<>(TEXTS);
                if (recordAt(position) >= 0) {
                    expected.remove(recordAt(position));
                }
                assertFound(expected, "byte " + position + " ^ " + mask);
            }
        }
    }

    @Test
    void open_withASegmentCutAnywhere_findsTheRecordsBefore() throws IOException {
        for (int length = 0; length < intact.length; length++) {
            Files.write(segment, Arrays.copyOf(intact, length));
            int whole = length;
            long expected =
                    places().stream().skip(1).filter(end -> end <= whole).count();
            boolean atAnEnd = length >= RecordFormat.FILE_HEAD && places().contains(length);
            assertFound(TEXTS.subList(0, (int) expected), atAnEnd ? "" : "cut to " + length);
        }
    }

    /** Opens the damaged journal; says nothing if the damage cannot be seen, counts it otherwise. */
    private void assertFound(List<String> expected, String damage) {
        try (Journal journal = open()) {
            assertThat(JournalRecords.texts(journal)).as(damage).isEqualTo(expected);
            assertThat(journal.size()).as(damage).isEqualTo(expected.size());
            Journal.Statistics statistics = journal.statistics();
            assertThat(statistics.corruptRecords() + statistics.tornBytes() > 0)
                    .as("%s: %s", damage, statistics)
                    .isEqualTo(!damage.isEmpty());
        }
    }

    @Test
    void open_withRandomDamage_findsIntactRecordsOnlyAndGivesNoNumberTwice() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            byte[] damaged = Arrays.copyOf(intact, intact.length - random.nextInt(20) + random.nextInt(20));
            for (int i = random.nextInt(6); i > 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            int from = random.nextInt(damaged.length);
            Arrays.fill(damaged, from, Math.min(damaged.length, from + random.nextInt(30)), (byte) 0);
            Files.write(segment, damaged);
            try (Journal journal = open()) {
                for (Journal.Entry entry : JournalRecords.all(journal)) {
                    int number = sequences.indexOf(entry.sequence());
                    assertThat(JournalRecords.text(entry)).as("seed %d", seed).isEqualTo(TEXTS.get(number));
                }
                long next = journal.append(JournalRecords.bytes("next"));
                assertThat(next).as("seed %d", seed).isGreaterThan(sequences.get(4));
            }
            deleteAllBut(segment);
        }
    }

    private void deleteAllBut(Path kept) throws IOException {
        for (Path file : JournalRecords.files(folder, "")) {
            if (!file.equals(kept)) {
                Files.delete(file);
            }
        }
    }

    @Test
    void open_withAnyByteOfTheAcknowledgementsChanged_bringsRecordsAgainAtWorst() throws IOException {
        try (Journal journal = open()) {
            journal.acknowledge(List.of(sequences.get(1)));
            journal.acknowledge(List.of(sequences.get(2), sequences.get(4)));
        }
        Path acknowledgements = JournalRecords.files(folder, ".acks").get(0);
        byte[] written = Files.readAllBytes(acknowledgements);
        assertThat(written).hasSize(3 * Acknowledgement.LENGTH);
        for (int position = 0; position < written.length; position++) {
            byte[] damaged = written.clone();
            damaged[position] ^= 0x11;
            Files.write(acknowledgements, damaged);
            int again = List.of(1, 2, 4).get(position / Acknowledgement.LENGTH);
            assertThat(assertTexts(position, List.of(0, 3, again)).tornBytes()).isEqualTo(Acknowledgement.LENGTH);
        }
        for (int length = 0; length <= written.length; length++) {
            Files.write(acknowledgements, Arrays.copyOf(written, length));
            List<Integer> again = List.of(1, 2, 4).subList(length / Acknowledgement.LENGTH, 3);
            List<Integer> expected = new ArrayList<>(List.of(0, 3));
            expected.addAll(again);
            assertThat(assertTexts(length, expected).tornBytes()).isEqualTo(length % Acknowledgement.LENGTH);
        }
    }

    private Journal.Statistics assertTexts(int position, List<Integer> records) {
        try (Journal journal = open()) {
            assertThat(JournalRecords.texts(journal))
                    .as("acknowledgements damaged at %d", position)
                    .isEqualTo(records.stream().sorted().map(TEXTS::get).toList());
            return journal.statistics();
        }
    }

    @Test
    void acknowledge_afterTheAcknowledgementsWereCut_isWrittenBehindTheWholeOnes() throws IOException {
        try (Journal journal = open()) {
            journal.acknowledge(List.of(sequences.get(0)));
            journal.acknowledge(List.of(sequences.get(1)));
        }
        Path acknowledgements = JournalRecords.files(folder, ".acks").get(0);
        Files.write(acknowledgements, Arrays.copyOf(Files.readAllBytes(acknowledgements), 20));
        try (Journal journal = open()) {
            assertThat(journal.size()).isEqualTo(4);
            journal.acknowledge(List.of(sequences.get(3)));
        }
        assertThat(assertTexts(20, List.of(1, 2, 4)).tornBytes()).isZero();
    }

    @Test
    void read_ofARecordDamagedSinceTheStart_passesOverIt() throws IOException {
        try (Journal journal = open()) {
            byte[] damaged = intact.clone();
            damaged[places().get(2) + RecordFormat.RECORD_HEAD] ^= 1;
            Files.write(segment, damaged);
            assertThat(journal.read(0, 3).stream().map(JournalRecords::text)).containsExactly("one", "", "four");
            assertThat(journal.size()).isEqualTo(4);
            assertThat(journal.statistics().corruptRecords()).isEqualTo(1);
        }
        Files.write(segment, intact);
        assertFound(TEXTS, "");
    }

    @Test
    void open_withARecordInsideOfADamagedOne_doesNotTakeItForARecord() throws IOException {
        assertNotTaken(Arrays.copyOfRange(intact, places().get(2), places().get(3)));
    }

    @Test
    void open_withARecordOfAnotherPlaceInsideOfADamagedOne_doesNotTakeItForARecord() throws IOException {
        long newest = 1 + RecordFormat.MAX_RECORDS;
        RecordFormat format = new RecordFormat();
        int length = format.encode(newest, RecordFormat.FILE_HEAD, newest + 1, JournalRecords.bytes("false"));
        int from = RecordFormat.encodedFrom();
        assertNotTaken(Arrays.copyOfRange(format.encoded(), from, from + length));
    }

    private void assertNotTaken(byte[] record) throws IOException {
        try (Journal journal = open()) {
            journal.acknowledge(sequences);
            journal.append(record);
            journal.append(JournalRecords.bytes("after"));
        }
        Path newest = JournalRecords.files(folder, ".journal").get(1);
        byte[] damaged = Files.readAllBytes(newest);
        damaged[RecordFormat.FILE_HEAD + 3] ^= 1; // the length of the record that holds the other
        Files.write(newest, damaged);
        assertFound(List.of("after"), "a length");
    }

    @Test
    void open_ofASegmentOfAnotherName_takesNothingFromIt() throws IOException {
        Files.move(segment, segment.resolveSibling("0000000000000000002.journal"));
        assertFound(List.of(), "a segment of another name");
    }
}
