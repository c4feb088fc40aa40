package io.agentruntime.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.MissingContextException;
import io.agentruntime.context.UsageContext;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.queue.EnqueueResult;
import io.agentruntime.queue.Journal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditQueueTest {

    private static final Instant NOON = Instant.parse("2026-11-24T12:00:00.123456789Z");
    private static final UsageContext OWNER = UsageContext.builder("acme", "library")
            .user("ada")
            .session("s")
            .request("r")
            .build();
    private static final Duration SOON = Duration.ofSeconds(30);

    private final AuditStore store = AuditStore.inMemory();

    @Test
    void record_keepsTheOwnerAndTheOrder() throws Exception {
        AuditQueue queue = AuditQueue.create(store, InstantSource.fixed(NOON));
        try (ContextScope scope = OWNER.open()) {
            assertThat(queue.record("document.add", "a.md", "done")).isEqualTo(EnqueueResult.ACCEPTED);
            queue.record(
                    AuditEntry.of(NOON, "document.delete", "a.md", "denied").withDetails(Map.of("role", "guest")));
        }
        assertThat(queue.flush(SOON)).isTrue();
        List<AuditEntry> entries = store.entries("acme");
        assertThat(entries).extracting(AuditEntry::action).containsExactly("document.add", "document.delete");
        assertThat(entries.get(0))
                .isEqualTo(new AuditEntry(
                        entries.get(0).id(),
                        NOON,
                        "acme",
                        "library",
                        "ada",
                        "s",
                        "r",
                        "document.add",
                        "a.md",
                        "done",
                        Map.of()));
        assertThat(entries.get(1).details()).containsExactly(Map.entry("role", "guest"));
        assertThat(store.entries("other")).isEmpty();
        assertThat(queue.stop(Deadline.after(SOON))).isZero();
    }

    @Test
    void record_withoutAnOwner_isRefused() throws Exception {
        AuditQueue queue = AuditQueue.create(store, InstantSource.system());
        assertThatThrownBy(() -> queue.record("document.add", "a.md", "done"))
                .isInstanceOf(MissingContextException.class);
        queue.stop(Deadline.after(SOON));
    }

    @Test
    void storeDown_untilAfterTheRestart_losesNothing(@TempDir Path folder) throws Exception {
        AtomicBoolean down = new AtomicBoolean(true);
        AuditStore flaky = new AuditStore() {
            @Override
            public void store(List<AuditEntry> entries) throws Exception {
                if (down.get()) {
                    throw new java.io.IOException("down");
                }
                store.store(entries);
            }

            @Override
            public List<AuditEntry> entries(String organisation) throws Exception {
                return store.entries(organisation);
            }
        };
        AuditQueue first = AuditQueue.create(flaky, Journal.inDirectory(folder).open(), InstantSource.fixed(NOON));
        AuditEntry entry;
        try (ContextScope scope = OWNER.open()) {
            entry = AuditEntry.of(NOON, "document.add", "a.md", "done").withDetails(Map.of("bytes", "12"));
            assertThat(first.record(entry)).isEqualTo(EnqueueResult.ACCEPTED);
        }
        assertThat(first.stop(Deadline.after(Duration.ofMillis(50)))).as("lost").isZero();
        assertThat(store.entries("acme")).isEmpty();

        down.set(false);
        AuditQueue second = AuditQueue.create(flaky, Journal.inDirectory(folder).open(), InstantSource.fixed(NOON));
        assertThat(second.flush(SOON)).isTrue();
        assertThat(store.entries("acme")).containsExactly(entry);
        assertThat(second.stop(Deadline.after(SOON))).isZero();
    }

    @Test
    void store_sameIdTwice_storesItOnce() throws Exception {
        UUID id = UUID.randomUUID();
        AuditEntry entry = new AuditEntry(id, NOON, "acme", "library", null, null, null, "login", "", "done", Map.of());
        store.store(List.of(entry, entry));
        store.store(List.of(entry));
        assertThat(store.entries("acme")).containsExactly(entry);
    }

    @Test
    void entry_withoutAction_isRefused() {
        assertThatThrownBy(() -> new AuditEntry(
                        UUID.randomUUID(), NOON, "acme", "f", null, null, null, " ", "", "done", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("action ' ' or outcome 'done' is blank");
    }
}
