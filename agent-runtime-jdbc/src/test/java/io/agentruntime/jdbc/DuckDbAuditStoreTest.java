package io.agentruntime.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.audit.AuditEntry;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.testkit.AuditStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckDbAuditStoreTest extends AuditStoreContract {

    private static final Instant AT = Instant.parse("2026-03-01T10:11:12.123456789Z");
    private static final int ROUNDS = 5;

    @TempDir
    private Path folder;

    private final List<DuckDbAuditStore> opened = new ArrayList<>();

    @Override
    protected DuckDbAuditStore create() {
        DuckDbAuditStore store = DuckDbAuditStore.open(file());
        opened.add(store);
        return store;
    }

    private Path file() {
        return folder.resolve("audit.duckdb");
    }

    @AfterEach
    void closeStores() {
        opened.forEach(DuckDbAuditStore::close);
    }

    @Test
    void store_openedAgain_hasTheSameEntriesInTheOneFile() throws Exception {
        AuditEntry entry = entry(AT);
        DuckDbAuditStore first = create();
        first.start();
        first.store(List.of(entry));
        assertThat(first.stop(Deadline.after(Duration.ofSeconds(60)))).isZero();
        assertThat(files()).containsExactly(file());
        DuckDbAuditStore second = create();
        second.store(List.of(entry));
        assertThat(second.entries("acme")).containsExactly(entry);
    }

    @Test
    void calls_afterTheClose_areRefused() {
        DuckDbAuditStore store = create();
        store.close();
        String message = "the audit store '" + file() + "' is closed";
        assertThatThrownBy(() -> store.store(List.of(entry(AT)))).hasMessage(message);
        assertThatThrownBy(() -> store.entries("acme")).hasMessage(message);
        assertThatThrownBy(store::start).hasMessage(message).isInstanceOf(DuckDbStoreException.class);
    }

    @Test
    void store_ofABatchThatFails_leavesNothingOfItAndGoesOn() throws Exception {
        DuckDbAuditStore store = create();
        AuditEntry good = entry(AT);
        AuditEntry early = entry(Instant.MIN);
        assertThatThrownBy(() -> store.store(List.of(good, early)))
                .hasMessageStartingWith("cannot store the audit entry " + early.id() + ": its time ")
                .isInstanceOfSatisfying(
                        DuckDbStoreException.class,
                        e -> assertThat(e.retryable()).isFalse());
        assertThat(store.entries("acme")).isEmpty();
        store.store(List.of(good));
        assertThat(store.entries("acme")).containsExactly(good);
    }

    @Test
    void start_onANewerSchema_saysWhichAndLeavesTheFile() throws Exception {
        try (DuckDbAuditStore store = DuckDbAuditStore.open(file())) {
            store.start();
        }
        execute("UPDATE audit_schema_version SET version = 2");
        assertThatThrownBy(create()::start)
                .hasMessage("cannot open the audit store '" + file()
                        + "': its schema has version 2, this library knows version 1");
        execute("UPDATE audit_schema_version SET version = 1");
        create().start();
    }

    @Test
    void open_ofAPathThatTheDriverMisreads_isRejected() {
        assertThatThrownBy(() -> DuckDbAuditStore.open(folder.resolve("a;b")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the path of an audit store must not contain ';' or '?': " + folder.resolve("a;b"));
    }

    @Test
    void file_canBeQueried() throws Exception {
        DuckDbAuditStore store = create();
        store.store(List.of(entry(AT).withDetails(Map.of("by", "policy 7"))));
        store.close();
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT done_at::VARCHAR || ' ' || action || ' ' || details['by'] FROM audit_entry")) {
            rows.next();
            assertThat(rows.getString(1)).isEqualTo("2026-03-01 10:11:12.123456789 document.read policy 7");
        }
    }

    @Test
    @Tag("flaw-51")
    void store_killedInTheMiddle_keepsAcknowledgedBatchesOnceAndOthersWholeOrNotAtAll() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ChildProcess child = ChildProcess.prepare(folder);
        int acknowledged = 0;
        for (int round = 0; round < ROUNDS; round++) {
            // the batch that was under way at the end of the last round is stored again by this one
            Process process = child.start(AuditWriter.class, file().toString(), Integer.toString(acknowledged));
            List<String> printed = ChildProcess.killAfter(process, "", 1 + random.nextInt(15));
            acknowledged = Integer.parseInt(printed.get(printed.size() - 1));
            try (DuckDbAuditStore store = DuckDbAuditStore.open(file())) {
                assertThat(store.entries("acme"))
                        .as("seed %d, round %d", seed, round)
                        .isIn(batches(acknowledged), batches(acknowledged + 1));
            }
        }
    }

    private static List<AuditEntry> batches(int count) {
        return Stream.iterate(0, number -> number + 1)
                .limit(count)
                .flatMap(number -> AuditWriter.batch(number).stream())
                .toList();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private Connection connection() throws SQLException {
        return DriverManager.getConnection("jdbc:duckdb:" + file());
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static AuditEntry entry(Instant at) {
        return new AuditEntry(
                UUID.randomUUID(), at, "acme", "x", null, null, null, "document.read", "a.md", "done", Map.of());
    }
}
