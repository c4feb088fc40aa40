package io.agentruntime.jdbc;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The table of a store, and the versions of its shape.
 *
 * @param store what the store is called in messages
 * @param table its table, whose first column is the primary key
 * @param versionTable the table with the one row that says which version a file has
 * @param create makes the table in its present shape
 * @param upgrades what each version after the first has brought, in their order
 */
record StoreSchema(String store, String table, String versionTable, String create, List<List<String>> upgrades) {

    /** The version of the present shape. */
    int version() {
        return upgrades.size() + 1;
    }

    /** Says of what a message speaks. */
    String named(Path file) {
        return "the " + store + " '" + file + "'";
    }

    void createOrUpgrade(Statement statement, Path file) throws SQLException {
        if (!hasRow(statement)) {
            statement.execute("CREATE TABLE " + versionTable + " (version INTEGER NOT NULL)");
            statement.execute("INSERT INTO " + versionTable + " VALUES (" + version() + ")");
            statement.execute(create);
            return;
        }
        int version = (int) number(statement, "SELECT coalesce(max(version), 0) FROM " + versionTable);
        if (version < 1 || version > version()) {
            throw new DuckDbStoreException(
                    "cannot open " + named(file) + ": its schema has version " + version
                            + ", this library knows version" + (version() == 1 ? " 1" : "s 1 to " + version()),
                    null,
                    false);
        }
        upgrade(statement, version);
    }

    private void upgrade(Statement statement, int from) throws SQLException {
        for (List<String> steps : upgrades.subList(from - 1, upgrades.size())) {
            for (String step : steps) {
                statement.execute(step);
            }
        }
        if (from < version()) {
            statement.execute("UPDATE " + versionTable + " SET version = " + version());
        }
    }

    void createIncoming(Statement statement) throws SQLException {
        statement.execute("CREATE TEMPORARY TABLE incoming AS FROM " + table + " LIMIT 0");
    }

    /** Moves what was appended to the table and passes over what is there already; gives the number of new rows. */
    long moveIncoming(Statement statement) throws SQLException {
        long moved = statement.executeUpdate("INSERT INTO " + table + " FROM incoming ON CONFLICT DO NOTHING");
        statement.execute("TRUNCATE incoming");
        return moved;
    }

    long countRows(Statement statement) throws SQLException {
        return number(statement, "SELECT count(*) FROM " + table);
    }

    private boolean hasRow(Statement statement) throws SQLException {
        String query = "SELECT 1 FROM information_schema.tables WHERE table_name = '" + versionTable + "'";
        try (ResultSet rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }

    private static long number(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
