package io.agentruntime.jdbc;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The tables of a usage store, and the version of their shape. */
final class UsageSchema {

    static final int VERSION = 1;

    private static final String FIND_VERSION_TABLE =
            "SELECT 1 FROM information_schema.tables WHERE table_name = 'usage_schema_version'";
    private static final String CREATE_VERSION = "CREATE TABLE usage_schema_version (version INTEGER NOT NULL)";
    private static final String WRITE_VERSION = "INSERT INTO usage_schema_version VALUES (" + VERSION + ")";
    private static final String READ_VERSION = "SELECT coalesce(max(version), 0) FROM usage_schema_version";
    private static final String CREATE_EVENT = """
            CREATE TABLE usage_event (
                event_id UUID PRIMARY KEY,
                ended_at TIMESTAMP_NS NOT NULL,
                organisation VARCHAR NOT NULL,
                feature VARCHAR NOT NULL,
                user_id VARCHAR,
                session_id VARCHAR,
                request_id VARCHAR,
                provider VARCHAR NOT NULL,
                model VARCHAR NOT NULL,
                input_tokens BIGINT NOT NULL,
                output_tokens BIGINT NOT NULL,
                cached_tokens BIGINT NOT NULL,
                total_tokens BIGINT NOT NULL,
                quality VARCHAR NOT NULL,
                outcome VARCHAR NOT NULL
            )""";

    static final String CREATE_INCOMING = "CREATE TEMPORARY TABLE incoming AS FROM usage_event LIMIT 0";
    static final String MOVE_INCOMING = "INSERT INTO usage_event FROM incoming ON CONFLICT DO NOTHING";
    static final String CLEAR_INCOMING = "TRUNCATE incoming";

    private UsageSchema() {}

    static void createOrCheck(Statement statement, Path file) throws SQLException {
        if (!hasRow(statement, FIND_VERSION_TABLE)) {
            statement.execute(CREATE_VERSION);
            statement.execute(WRITE_VERSION);
            statement.execute(CREATE_EVENT);
            return;
        }
        int version = readVersion(statement);
        if (version != VERSION) {
            throw new UsageStoreException(
                    "cannot open the usage store '" + file + "': its schema has version " + version
                            + ", this library knows version " + VERSION + " only",
                    null,
                    false);
        }
    }

    static long countEvents(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM usage_event")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static boolean hasRow(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }

    private static int readVersion(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery(READ_VERSION)) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
