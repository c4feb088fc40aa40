package io.agentruntime.examples.documents;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * One model call as the usage file has it.
 *
 * @param requestedModel who was asked
 * @param model who answered
 * @param attempts how often it was sent
 * @param quality where its counts come from
 * @param outcome how it ended
 */
record Bill(String requestedModel, String model, int attempts, String quality, String outcome) {
    private static final String ALL =
            "SELECT requested_model, model, attempts, quality, outcome FROM usage_event ORDER BY event_id";

    /** Reads the calls of all runs. */
    static List<Bill> all(Path output) throws SQLException {
        List<Bill> bills = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + output.resolve(Stores.USAGE_FILE));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(ALL)) {
            while (row.next()) {
                bills.add(new Bill(
                        row.getString("requested_model"),
                        row.getString("model"),
                        row.getInt("attempts"),
                        row.getString("quality"),
                        row.getString("outcome")));
            }
        }
        return bills;
    }
}
