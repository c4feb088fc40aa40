package io.agentruntime.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.context.UsageContext;
import io.agentruntime.usage.CallOutcome;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageQuality;
import io.agentruntime.usage.UsageTotal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of the first version of the schema is brought to the present one where it lies. */
class DuckDbUsageStoreUpgradeTest {

    private static final Instant AT = Instant.parse("2026-03-01T10:11:12Z");
    private static final List<String> VERSION_1 = List.of(
            "CREATE TABLE usage_schema_version (version INTEGER NOT NULL)",
            "INSERT INTO usage_schema_version VALUES (1)",
            """
            CREATE TABLE usage_event (
                event_id UUID PRIMARY KEY, ended_at TIMESTAMP_NS NOT NULL,
                organisation VARCHAR NOT NULL, feature VARCHAR NOT NULL,
                user_id VARCHAR, session_id VARCHAR, request_id VARCHAR,
                provider VARCHAR NOT NULL, model VARCHAR NOT NULL,
                input_tokens BIGINT NOT NULL, output_tokens BIGINT NOT NULL, cached_tokens BIGINT NOT NULL,
                total_tokens BIGINT NOT NULL, quality VARCHAR NOT NULL, outcome VARCHAR NOT NULL)""",
            """
            INSERT INTO usage_event VALUES
                ('00000000-0000-0001-0000-000000000001', TIMESTAMP_NS '2026-03-01 10:11:12',
                    'acme', 'x', 'u', 's', 'r', 'open_ai', 'm', 100, 20, 30, 125, 'REPORTED', 'COMPLETED'),
                ('00000000-0000-0001-0000-000000000002', TIMESTAMP_NS '2026-03-01 10:11:13',
                    'acme', 'x', NULL, NULL, NULL, 'open_ai', 'm', 10, 5, 64, 3, 'MISSING', 'FAILED')""");

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void makeAFileOfVersion1() throws SQLException {
        file = folder.resolve("usage.duckdb");
        for (String statement : VERSION_1) {
            execute(statement);
        }
    }

    @Test
    void start_onTheFirstVersion_keepsItsEventsAndTakesNewOnes() throws Exception {
        UsageEvent event = UsageEvent.builder(UUID.randomUUID(), AT.plusSeconds(9))
                .owner(UsageContext.of("acme", "x").withMetadata("key", "value"))
                .requestedModel("m")
                .model("n")
                .attempts(2)
                .duration(Duration.ofSeconds(1))
                .tokens(new TokenCounts(1, 2, 0, 1, 2, 3), UsageQuality.REPORTED)
                .build();
        try (DuckDbUsageStore store = DuckDbUsageStore.open(file)) {
            store.store(List.of(event));
            store.store(List.of(event));
            assertThat(store.events()).containsExactly(first(), second(), event);
        }
        assertThat(versions()).isEqualTo("3");
        try (DuckDbUsageStore store = DuckDbUsageStore.open(file)) {
            assertThat(store.events()).containsExactly(first(), second(), event);
            TokenCounts sum = first().tokens().plus(second().tokens()).plus(event.tokens());
            assertThat(store.totals()).containsExactly(new UsageTotal("acme", "x", 3, 1, sum, 0, 0, TokenCounts.ZERO));
        }
    }

    @Test
    void start_onTheSecondVersion_takesEventsThatSpentNothing() throws Exception {
        UsageEvent spent = event(new UUID(1, 3), CallOutcome.COMPLETED);
        try (DuckDbUsageStore store = DuckDbUsageStore.open(file)) {
            store.store(List.of(spent));
        }
        execute("UPDATE usage_schema_version SET version = 2"); // the columns are the same
        UsageEvent saved = event(new UUID(1, 4), CallOutcome.CACHED);
        try (DuckDbUsageStore store = DuckDbUsageStore.open(file)) {
            store.store(List.of(saved));
            assertThat(store.events()).containsExactly(first(), second(), spent, saved);
            TokenCounts sum = first().tokens().plus(second().tokens()).plus(spent.tokens());
            assertThat(store.totals()).containsExactly(new UsageTotal("acme", "x", 3, 1, sum, 0, 1, saved.tokens()));
        }
        assertThat(versions()).isEqualTo("3");
    }

    private static UsageEvent event(UUID id, CallOutcome outcome) {
        return UsageEvent.builder(id, AT.plusSeconds(9))
                .owner(UsageContext.of("acme", "x"))
                .tokens(new TokenCounts(1, 2, 0, 1, 2, 3), UsageQuality.REPORTED)
                .outcome(outcome)
                .build();
    }

    @Test
    void start_thatCannotUpgrade_leavesTheFileAsItWas() throws Exception {
        execute("ALTER TABLE usage_event ADD COLUMN attempts INTEGER");
        assertThatThrownBy(() -> DuckDbUsageStore.open(file).start())
                .isInstanceOf(DuckDbStoreException.class)
                .hasMessageContaining("'" + file + "'")
                .hasMessageContaining("attempts")
                .hasMessageNotContaining("\n");
        assertThat(versions()).isEqualTo("1");
        execute("ALTER TABLE usage_event DROP COLUMN attempts");
        try (DuckDbUsageStore store = DuckDbUsageStore.open(file)) {
            assertThat(store.events()).containsExactly(first(), second());
        }
    }

    private static UsageEvent first() {
        return UsageEvent.builder(new UUID(1, 1), AT)
                .owner(UsageContext.builder("acme", "x")
                        .user("u")
                        .session("s")
                        .request("r")
                        .build())
                .provider("open_ai")
                .requestedModel("m")
                .tokens(new TokenCounts(100, 20, 30, 0, 0, 125), UsageQuality.REPORTED)
                .build();
    }

    /** Has parts that were larger than their wholes. */
    private static UsageEvent second() {
        return UsageEvent.builder(new UUID(1, 2), AT.plusSeconds(1))
                .owner(UsageContext.of("acme", "x"))
                .provider("open_ai")
                .requestedModel("m")
                .tokens(TokenCounts.of(10, 5).withCache(10, 0), UsageQuality.MISSING)
                .outcome(CallOutcome.FAILED)
                .build();
    }

    private String versions() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT string_agg(version) FROM usage_schema_version")) {
            rows.next();
            return rows.getString(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
