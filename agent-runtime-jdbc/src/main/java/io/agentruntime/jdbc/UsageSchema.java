package io.agentruntime.jdbc;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables of a usage store, and the version of their shape. */
final class UsageSchema {

    static final int VERSION = 2;

    private static final String FIND_VERSION_TABLE =
            "SELECT 1 FROM information_schema.tables WHERE table_name = 'usage_schema_version'";
    private static final String CREATE_VERSION = "CREATE TABLE usage_schema_version (version INTEGER NOT NULL)";
    private static final String WRITE_VERSION = "INSERT INTO usage_schema_version VALUES (" + VERSION + ")";
    private static final String RAISE_VERSION = "UPDATE usage_schema_version SET version = " + VERSION;
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
                cache_read_tokens BIGINT NOT NULL,
                total_tokens BIGINT NOT NULL,
                quality VARCHAR NOT NULL,
                outcome VARCHAR NOT NULL,
                cache_write_tokens BIGINT DEFAULT 0,
                reasoning_tokens BIGINT DEFAULT 0,
                requested_model VARCHAR,
                attempts INTEGER DEFAULT 1,
                duration_ns BIGINT DEFAULT 0,
                metadata MAP(VARCHAR, VARCHAR)
            )""";

    /** What version 2 brought, in the order of the columns of a new table; a column with a constraint cannot be added. */
    private static final List<String> FROM_1_TO_2 = List.of(
            "ALTER TABLE usage_event RENAME COLUMN cached_tokens TO cache_read_tokens",
            "ALTER TABLE usage_event ADD COLUMN cache_write_tokens BIGINT DEFAULT 0",
            "ALTER TABLE usage_event ADD COLUMN reasoning_tokens BIGINT DEFAULT 0",
            "ALTER TABLE usage_event ADD COLUMN requested_model VARCHAR",
            "ALTER TABLE usage_event ADD COLUMN attempts INTEGER DEFAULT 1",
            "ALTER TABLE usage_event ADD COLUMN duration_ns BIGINT DEFAULT 0",
            "ALTER TABLE usage_event ADD COLUMN metadata MAP(VARCHAR, VARCHAR)",
            // version 1 took counts whose parts were larger than their wholes
            """
            UPDATE usage_event SET requested_model = model,
                cache_read_tokens = least(cache_read_tokens, input_tokens),
                total_tokens = greatest(total_tokens,
                    least(input_tokens::HUGEINT + output_tokens, 9223372036854775807)::BIGINT)""",
            RAISE_VERSION);

    static final String CREATE_INCOMING = "CREATE TEMPORARY TABLE incoming AS FROM usage_event LIMIT 0";
    static final String MOVE_INCOMING = "INSERT INTO usage_event FROM incoming ON CONFLICT DO NOTHING";
    static final String CLEAR_INCOMING = "TRUNCATE incoming";

    private UsageSchema() {}

    static void createOrUpgrade(Statement statement, Path file) throws SQLException {
        if (!hasRow(statement, FIND_VERSION_TABLE)) {
            statement.execute(CREATE_VERSION);
            statement.execute(WRITE_VERSION);
            statement.execute(CREATE_EVENT);
            return;
        }
        int version = readVersion(statement);
        if (version == 1) {
            for (String step : FROM_1_TO_2) {
                statement.execute(step);
            }
        } else if (version != VERSION) {
            throw new UsageStoreException(
                    "cannot open the usage store '" + file + "': its schema has version " + version
                            + ", this library knows versions 1 to " + VERSION,
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
