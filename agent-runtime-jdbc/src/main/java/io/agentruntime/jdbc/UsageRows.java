package io.agentruntime.jdbc;

import io.agentruntime.usage.CallOutcome;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageQuality;
import io.agentruntime.usage.UsageTotal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/** Turns events into rows, and rows into events and totals. */
final class UsageRows {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final String SELECT_TOTALS = """
            SELECT organisation, feature, count(*), count(*) FILTER (outcome = 'FAILED'),
                sum(input_tokens)::BIGINT, sum(output_tokens)::BIGINT, sum(cached_tokens)::BIGINT, sum(total_tokens)::BIGINT
            FROM usage_event GROUP BY organisation, feature""";
    private static final String SELECT_EVENTS = """
            SELECT event_id, epoch_ns(ended_at), organisation, feature, user_id, session_id, request_id, provider, model,
                input_tokens, output_tokens, cached_tokens, total_tokens, quality, outcome
            FROM usage_event ORDER BY ended_at, event_id""";

    private UsageRows() {}

    static void append(DuckDBConnection connection, List<UsageEvent> events) throws SQLException {
        try (DuckDBAppender appender = connection.createAppender("temp", "main", "incoming")) {
            for (UsageEvent event : events) {
                append(appender, event);
            }
        }
    }

    private static void append(DuckDBAppender appender, UsageEvent event) throws SQLException {
        TokenCounts tokens = event.tokens();
        appender.beginRow()
                .append(event.id())
                .appendEpochNanos(epochNanos(event))
                .append(event.organisation())
                .append(event.feature())
                .append(event.user())
                .append(event.session())
                .append(event.request())
                .append(event.provider())
                .append(event.model())
                .append(tokens.input())
                .append(tokens.output())
                .append(tokens.cached())
                .append(tokens.total())
                .append(event.quality().name())
                .append(event.outcome().name())
                .endRow();
    }

    private static long epochNanos(UsageEvent event) {
        Instant at = event.at();
        try {
            return Math.addExact(Math.multiplyExact(at.getEpochSecond(), NANOS_PER_SECOND), at.getNano());
        } catch (ArithmeticException e) {
            throw new UsageStoreException(
                    "cannot store the usage event " + event.id() + ": its time " + at
                            + " is outside of the years 1678 to 2261",
                    e,
                    false);
        }
    }

    static List<UsageTotal> totals(Connection connection) throws SQLException {
        List<UsageTotal> totals = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SELECT_TOTALS)) {
            while (rows.next()) {
                totals.add(new UsageTotal(
                        rows.getString(1), rows.getString(2), rows.getLong(3), rows.getLong(4), tokens(rows, 5)));
            }
        }
        // sorted here: Java and the database do not order all of Unicode alike
        totals.sort(Comparator.comparing(UsageTotal::organisation).thenComparing(UsageTotal::feature));
        return List.copyOf(totals);
    }

    static List<UsageEvent> events(Connection connection) throws SQLException {
        List<UsageEvent> events = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SELECT_EVENTS)) {
            while (rows.next()) {
                events.add(event(rows));
            }
        }
        return List.copyOf(events);
    }

    private static UsageEvent event(ResultSet row) throws SQLException {
        return new UsageEvent(
                row.getObject(1, UUID.class),
                Instant.ofEpochSecond(0, row.getLong(2)),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                tokens(row, 10),
                UsageQuality.valueOf(row.getString(14)),
                CallOutcome.valueOf(row.getString(15)));
    }

    private static TokenCounts tokens(ResultSet row, int first) throws SQLException {
        return new TokenCounts(
                row.getLong(first), row.getLong(first + 1), row.getLong(first + 2), row.getLong(first + 3));
    }
}
