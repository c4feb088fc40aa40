package io.agentruntime.jdbc;

import io.agentruntime.audit.AuditEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.duckdb.DuckDBAppender;

/** The shape of an audit store; turns entries into rows, and rows into entries. */
final class AuditTable {

    private static final String CREATE_ENTRY = """
            CREATE TABLE audit_entry (
                id UUID PRIMARY KEY,
                done_at TIMESTAMP_NS NOT NULL,
                organisation VARCHAR NOT NULL,
                feature VARCHAR NOT NULL,
                user_id VARCHAR,
                session_id VARCHAR,
                request_id VARCHAR,
                action VARCHAR NOT NULL,
                subject VARCHAR NOT NULL,
                outcome VARCHAR NOT NULL,
                details MAP(VARCHAR, VARCHAR)
            )""";
    private static final String SELECT_ENTRIES = """
            SELECT epoch_ns(done_at), id, organisation, feature, user_id, session_id, request_id, action, subject, outcome, details
            FROM audit_entry WHERE organisation = ? ORDER BY done_at, id""";

    static final StoreSchema SCHEMA =
            new StoreSchema("audit store", "audit_entry", "audit_schema_version", CREATE_ENTRY, List.of());

    private AuditTable() {}

    static void append(DuckDBAppender appender, List<AuditEntry> entries) throws SQLException {
        for (AuditEntry entry : entries) {
            appender.beginRow()
                    .append(entry.id())
                    .appendEpochNanos(Columns.epochNanos(entry.at(), "audit entry", entry.id()))
                    .append(entry.organisation())
                    .append(entry.feature())
                    .append(entry.user())
                    .append(entry.session())
                    .append(entry.request())
                    .append(entry.action())
                    .append(entry.subject())
                    .append(entry.outcome());
            Columns.appendMap(appender, entry.details());
            appender.endRow();
        }
    }

    static List<AuditEntry> entries(Connection connection, String organisation) throws SQLException {
        List<AuditEntry> entries = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(SELECT_ENTRIES)) {
            statement.setString(1, organisation);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    entries.add(entry(rows));
                }
            }
        }
        return List.copyOf(entries);
    }

    private static AuditEntry entry(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getObject("id", UUID.class),
                Columns.instant(row.getLong(1)),
                row.getString("organisation"),
                row.getString("feature"),
                row.getString("user_id"),
                row.getString("session_id"),
                row.getString("request_id"),
                row.getString("action"),
                row.getString("subject"),
                row.getString("outcome"),
                Columns.map(row.getObject("details")));
    }
}
