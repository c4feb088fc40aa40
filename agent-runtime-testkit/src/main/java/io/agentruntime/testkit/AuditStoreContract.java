package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.audit.AuditEntry;
import io.agentruntime.audit.AuditStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What every {@link AuditStore} has to keep. Extend it, say how a store is made, and its tests run with your own.
 *
 * <p>JUnit makes one instance per test; not thread-safe.
 */
public abstract class AuditStoreContract {

    private static final Instant AT = Instant.parse("2026-03-01T10:11:12.123456789Z");
    private static final int WRITERS = 4;

    private AuditStore store = AuditStore.inMemory();

    /** For the subclasses. */
    protected AuditStoreContract() {}

    /**
     * Makes the store to test.
     *
     * @return an empty store, started if it needs that, which no other test uses
     * @throws Exception if it cannot be made, which fails the test
     */
    protected abstract AuditStore create() throws Exception;

    @BeforeEach
    final void createStore() throws Exception {
        store = create();
    }

    @Test
    void entries_ofNothing_areEmpty() throws Exception {
        assertThat(store.entries("acme")).isEmpty();
        store.store(List.of());
        assertThat(store.entries("acme")).isEmpty();
    }

    @Test
    void entries_haveEveryField() throws Exception {
        AuditEntry full = new AuditEntry(
                UUID.randomUUID(),
                AT,
                "acme",
                "library",
                "user-1",
                "session-2",
                "request-3",
                "document.delete",
                "o'brien \"漢😀\".md",
                "denied",
                Map.of("by", "policy 7", "", "", "o'brien {a=b, 'c'}", " = ,\n\0"));
        AuditEntry sparse =
                new AuditEntry(new UUID(-1, 1), AT.plusNanos(1), "acme", "", null, null, null, "a", "", "b", Map.of());
        store.store(List.of(full, sparse));
        assertThat(store.entries("acme")).containsExactly(full, sparse);
    }

    @Test
    void entries_comeByTime_theOldestFirst() throws Exception {
        AuditEntry last = entry("acme", AT.plusNanos(1));
        AuditEntry first = entry("acme", AT.minus(Duration.ofDays(20_000)));
        AuditEntry middle = entry("acme", AT);
        store.store(List.of(last, first));
        store.store(List.of(middle));
        assertThat(store.entries("acme")).containsExactly(first, middle, last);
    }

    @Test
    void entries_areThoseOfTheOrganisationAlone() throws Exception {
        List<String> names =
                List.of("acme", "Acme", "acme ", "a", "o'brien", "' OR 1=1 --", "100%", "_cme", "é", "e\u0301", "漢😀");
        List<AuditEntry> entries = names.stream().map(name -> entry(name, AT)).toList();
        store.store(entries);
        for (AuditEntry entry : entries) {
            assertThat(store.entries(entry.organisation())).containsExactly(entry);
        }
        assertThat(store.entries("%")).isEmpty();
    }

    @Test
    @Tag("flaw-51")
    void store_ofTheSameIdTwice_keepsTheFirstOnly() throws Exception {
        AuditEntry first = entry("acme", AT);
        AuditEntry other = entry("acme", AT.plusSeconds(1));
        store.store(List.of(first));
        store.store(List.of(first));
        store.store(List.of(first.withDetails(Map.of("a", "b")), other));
        assertThat(store.entries("acme")).containsExactly(first, other);
    }

    @Test
    @Tag("flaw-51")
    void store_ofTheSameIdTwiceInOneBatch_keepsTheFirstOnly() throws Exception {
        AuditEntry first = entry("acme", AT);
        AuditEntry second = first.withDetails(Map.of("a", "b"));
        AuditEntry other = entry("acme", AT.plusSeconds(1));
        store.store(List.of(first, second, first, other, second));
        assertThat(store.entries("acme")).containsExactly(first, other);
    }

    @Test
    @Tag("flaw-51")
    void store_byManyThreads_keepsEachEntryOnce() throws Exception {
        List<List<AuditEntry>> shares = new ArrayList<>();
        List<AuditEntry> common = entries(250);
        for (int writer = 0; writer < WRITERS; writer++) {
            shares.add(Stream.concat(entries(250).stream(), common.stream()).toList());
        }
        Crowd.run(WRITERS, member -> {
            List<AuditEntry> share = shares.get(member);
            for (int from = 0; from < share.size(); from += 100) {
                store.store(share.subList(from, from + 100));
            }
        });
        assertThat(store.entries("acme"))
                .hasSize(WRITERS * 250 + 250)
                .containsAll(common)
                .doesNotHaveDuplicates();
    }

    @Test
    void store_ofAListThatIsUsedAgain_keepsWhatItHeldThen() throws Exception {
        AuditEntry entry = entry("acme", AT);
        List<AuditEntry> batch = new ArrayList<>(List.of(entry));
        store.store(batch);
        batch.clear();
        assertThat(store.entries("acme")).containsExactly(entry);
    }

    private static List<AuditEntry> entries(int count) {
        return Stream.generate(() -> entry("acme", AT)).limit(count).toList();
    }

    private static AuditEntry entry(String organisation, Instant at) {
        return new AuditEntry(
                UUID.randomUUID(),
                at,
                organisation,
                "library",
                null,
                "session",
                null,
                "document.read",
                "a.md",
                "done",
                Map.of());
    }
}
