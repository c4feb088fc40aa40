package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.queue.Journal;
import io.agentruntime.queue.JournalException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Journal} has to keep while it is open. Extend it, say how a journal is made, and its tests run with your own.
 * What a journal keeps beyond the process is for its own tests.
 *
 * <p>JUnit makes one instance per test; not thread-safe.
 */
public abstract class JournalContract {

    private static final int WRITERS = 4;

    private Journal journal = Journal.inMemory();

    /** For the subclasses. */
    protected JournalContract() {}

    /**
     * Makes the journal to test.
     *
     * @return an empty journal that no other test uses, with room for 1 MiB
     * @throws Exception if it cannot be made, which fails the test
     */
    protected abstract Journal create() throws Exception;

    @BeforeEach
    final void createJournal() throws Exception {
        journal = create();
    }

    @AfterEach
    final void closeJournal() {
        journal.close();
    }

    @Test
    void read_ofNothing_isEmpty() {
        assertThat(journal.read(0, 10)).isEmpty();
        assertThat(journal.size()).isZero();
        journal.acknowledge(List.of());
        journal.acknowledge(List.of(1L, 99L));
        assertThat(journal.size()).isZero();
    }

    @Test
    void append_givesNumbersThatGrow_fromOneOn() {
        long last = 0;
        for (int i = 0; i < 100; i++) {
            long sequence = journal.append(bytes("record " + i));
            assertThat(sequence).isGreaterThan(last);
            last = sequence;
        }
        assertThat(journal.size()).isEqualTo(100);
    }

    @Test
    void read_givesWhatWasAppended_inOrderAndInParts() {
        List<Long> sequences = append(25);
        List<Journal.Entry> entries = new ArrayList<>();
        long after = 0;
        for (List<Journal.Entry> part = journal.read(after, 10); !part.isEmpty(); part = journal.read(after, 10)) {
            assertThat(part).hasSizeLessThanOrEqualTo(10);
            entries.addAll(part);
            after = part.get(part.size() - 1).sequence();
        }
        assertThat(sequences(entries)).isEqualTo(sequences);
        assertThat(texts(entries)).first().isEqualTo("record 0");
        assertThat(texts(entries)).last().isEqualTo("record 24");
        assertThat(journal.read(0, Integer.MAX_VALUE)).isEqualTo(entries);
    }

    @Test
    void read_afterANumberThatIsGone_goesOnBehindIt() {
        List<Long> sequences = append(5);
        journal.acknowledge(List.of(sequences.get(2)));
        assertThat(sequences(journal.read(sequences.get(2), 10))).isEqualTo(sequences.subList(3, 5));
        assertThat(sequences(journal.read(-7, 1))).containsExactly(sequences.get(0));
        assertThat(journal.read(sequences.get(4), 10)).isEmpty();
        assertThat(journal.read(Long.MAX_VALUE, 10)).isEmpty();
    }

    @Test
    void read_withoutALimit_isRefused() {
        assertThatThrownBy(() -> journal.read(0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit < 1: 0");
    }

    @Test
    void records_ofAnyLength_areReadBackWhole() {
        Random random = new Random(1);
        for (int length : new int[] {0, 1, 19, 20, 21, 8_191, 65_536, 300_001}) {
            byte[] content = new byte[length];
            random.nextBytes(content);
            long sequence = journal.append(content);
            assertThat(array(journal.read(sequence - 1, 1).get(0).bytes()))
                    .as("%d bytes", length)
                    .isEqualTo(content);
            journal.acknowledge(List.of(sequence));
        }
    }

    @Test
    @Tag("flaw-22")
    void records_changedByTheirOwners_leaveTheJournalUntouched() {
        byte[] given = bytes("abc");
        journal.append(given);
        given[0] = 'X';
        ByteBuffer read = journal.read(0, 1).get(0).bytes();
        assertThat(read.isReadOnly()).isTrue();
        assertThat(array(read)).isEqualTo(bytes("abc"));
        read.position(3);
        assertThat(texts(journal.read(0, 1)))
                .as("a buffer has a position of its own")
                .containsExactly("abc");
    }

    @Test
    void acknowledge_inAnyOrderAndTwice_forgetsEachOnce() {
        List<Long> sequences = append(50);
        List<Long> shuffled = new ArrayList<>(sequences);
        Collections.shuffle(shuffled, new Random(7));
        Set<Long> left = new HashSet<>(sequences);
        for (int from = 0; from < 45; from += 5) {
            List<Long> some = new ArrayList<>(shuffled.subList(from, from + 5));
            some.add(some.get(0));
            some.add(Long.MAX_VALUE);
            some.add(-1L);
            journal.acknowledge(some);
            journal.acknowledge(some);
            left.removeAll(some);
            assertThat(journal.size()).isEqualTo(left.size());
            assertThat(sequences(journal.read(0, 100))).isSorted().containsExactlyInAnyOrderElementsOf(left);
        }
    }

    @Test
    void append_afterAllIsAcknowledged_givesNewNumbers() {
        List<Long> first = append(10);
        journal.acknowledge(first);
        assertThat(append(10)).allSatisfy(sequence -> assertThat(sequence).isGreaterThan(first.get(9)));
        assertThat(journal.size()).isEqualTo(10);
    }

    @Test
    @Tag("flaw-51")
    void appends_readsAndAcknowledgements_atTheSameTime_loseNothing() throws Exception {
        int each = 2_000;
        Set<String> delivered = ConcurrentHashMap.newKeySet();
        AtomicInteger twice = new AtomicInteger();
        AtomicInteger writing = new AtomicInteger(WRITERS);
        Crowd.run(WRITERS + 1, member -> {
            if (member < WRITERS) {
                for (int i = 0; i < each; i++) {
                    journal.append(bytes(member + "/" + i));
                }
                writing.decrementAndGet();
            } else {
                drain(writing, delivered, twice);
            }
        });
        assertThat(delivered).hasSize(WRITERS * each);
        assertThat(twice).hasValue(0);
        assertThat(journal.size()).isZero();
        assertThat(journal.read(0, 10)).isEmpty();
    }

    /** Reads and acknowledges as the one reader of the journal, until nobody writes and nothing is left. */
    private void drain(AtomicInteger writing, Set<String> delivered, AtomicInteger twice) {
        long after = 0;
        boolean last = false;
        while (!last) {
            last = writing.get() == 0;
            List<Journal.Entry> entries = journal.read(after, 100);
            for (String text : texts(entries)) {
                twice.addAndGet(delivered.add(text) ? 0 : 1);
            }
            journal.acknowledge(sequences(entries));
            if (!entries.isEmpty()) {
                after = entries.get(entries.size() - 1).sequence();
                last = false;
            }
        }
    }

    @Test
    void append_byAnInterruptedThread_keepsTheRecordAndTheInterrupt() {
        Thread.currentThread().interrupt();
        long sequence = journal.append(bytes("one"));
        List<Journal.Entry> entries = journal.read(0, 10);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(texts(entries)).containsExactly("one");
        journal.append(bytes("two"));
        Thread.currentThread().interrupt();
        journal.acknowledge(List.of(sequence));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(texts(journal.read(0, 10))).containsExactly("two");
    }

    @Test
    void everything_afterClose_saysThatItIsClosed() {
        append(3);
        journal.close();
        journal.close();
        assertClosed(() -> journal.append(bytes("late")));
        assertClosed(() -> journal.read(0, 1));
        assertClosed(() -> journal.acknowledge(List.of(1L)));
    }

    private static void assertClosed(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        JournalException.class, e -> assertThat(e.reason()).isEqualTo(JournalException.Reason.CLOSED));
    }

    private List<Long> append(int count) {
        List<Long> sequences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sequences.add(journal.append(bytes("record " + i)));
        }
        return sequences;
    }

    private static List<Long> sequences(Collection<Journal.Entry> entries) {
        return entries.stream().map(Journal.Entry::sequence).toList();
    }

    private static List<String> texts(Collection<Journal.Entry> entries) {
        return entries.stream()
                .map(entry -> new String(array(entry.bytes()), StandardCharsets.UTF_8))
                .toList();
    }

    private static byte[] array(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
