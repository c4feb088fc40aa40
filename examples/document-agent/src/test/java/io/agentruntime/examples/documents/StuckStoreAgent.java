package io.agentruntime.examples.documents;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * The application in a process whose usage store takes nothing: the table is being changed, in a transaction that never ends. The
 * first argument is the usage file.
 */
final class StuckStoreAgent {

    private StuckStoreAgent() {}

    @SuppressWarnings("try") // held until the process is killed
    public static void main(String[] args) throws SQLException {
        Properties settings =
                new Properties(); // as the store has them: one process has a file open with one set of settings
        settings.setProperty("threads", "1");
        settings.setProperty("memory_limit", "256MB");
        settings.setProperty("enable_external_access", "false");
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + args[0], settings);
                Statement statement = connection.createStatement()) {
            statement.execute("BEGIN TRANSACTION");
            statement.execute("ALTER TABLE usage_event ADD COLUMN stuck INTEGER");
            String[] rest = new String[args.length - 1];
            System.arraycopy(args, 1, rest, 0, rest.length);
            DocumentAgent.main(rest);
        }
    }
}
