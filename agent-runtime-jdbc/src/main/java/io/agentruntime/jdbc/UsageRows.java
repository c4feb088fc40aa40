package io.agentruntime.jdbc;

import io.agentruntime.usage.CallOutcome;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageQuality;
import io.agentruntime.usage.UsageTotal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.duckdb.DuckDBAppender;

/** Turns events into rows, and rows into events and totals. */
final class UsageRows {

    private static final String SELECT_TOTALS = "SELECT organisation, feature, "
            + sums("outcome <> 'CACHED'")
            + """
                count(*) FILTER (outcome <> 'CACHED'), count(*) FILTER (outcome IN ('FAILED', 'TRUNCATED', 'TIMED_OUT')),
                coalesce(sum(total_tokens) FILTER (outcome <> 'CACHED' AND quality = 'ESTIMATED'), 0),
                """
            + sums("outcome = 'CACHED'")
            + "count(*) FILTER (outcome = 'CACHED') FROM usage_event GROUP BY organisation, feature";
    private static final String SELECT_EVENTS = """
            SELECT input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, total_tokens,
                event_id, epoch_ns(ended_at), duration_ns, organisation, feature, user_id, session_id, request_id, metadata,
                provider, requested_model, model, attempts, quality, outcome
            FROM usage_event ORDER BY ended_at, event_id""";
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);
    private static final BigInteger LARGEST = BigInteger.valueOf(Long.MAX_VALUE);

    private UsageRows() {}

    /** The sums of each kind of tokens over the rows that meet a condition, each followed by a comma. */
    private static String sums(String condition) {
        return Stream.of("input", "output", "cache_read", "cache_write", "reasoning", "total")
                .map(kind -> "coalesce(sum(" + kind + "_tokens) FILTER (" + condition + "), 0), ")
                .collect(Collectors.joining());
    }

    static void append(DuckDBAppender appender, List<UsageEvent> events) throws SQLException {
        for (UsageEvent event : events) {
            append(appender, event);
        }
    }

    private static void append(DuckDBAppender appender, UsageEvent event) throws SQLException {
        TokenCounts tokens = event.tokens();
        appender.beginRow()
                .append(event.id())
                .appendEpochNanos(Columns.epochNanos(event.at(), "usage event", event.id()))
                .append(event.organisation())
                .append(event.feature())
                .append(event.user())
                .append(event.session())
                .append(event.request())
                .append(event.provider())
                .append(event.model())
                .append(tokens.input())
                .append(tokens.output())
                .append(tokens.cacheRead())
                .append(tokens.total())
                .append(event.quality().name())
                .append(event.outcome().name())
                .append(tokens.cacheWrite())
                .append(tokens.reasoning())
                .append(event.requestedModel())
                .append(event.attempts())
                .append(nanos(event.duration()));
        Columns.appendMap(appender, event.metadata());
        appender.endRow();
    }

    /** Gives the longest that there is room for if it is longer, which is 292 years. */
    private static long nanos(Duration duration) {
        return duration.compareTo(LONGEST) > 0 ? Long.MAX_VALUE : duration.toNanos();
    }

    static List<UsageTotal> totals(Connection connection) throws SQLException {
        List<UsageTotal> totals = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SELECT_TOTALS)) {
            while (rows.next()) {
                totals.add(new UsageTotal(
                        rows.getString("organisation"),
                        rows.getString("feature"),
                        rows.getLong(9),
                        rows.getLong(10),
                        tokens(rows, 3),
                        sum(rows, 11),
                        rows.getLong(18),
                        tokens(rows, 12)));
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
                row.getObject("event_id", UUID.class),
                Columns.instant(row.getLong(8)),
                Duration.ofNanos(row.getLong("duration_ns")),
                row.getString("organisation"),
                row.getString("feature"),
                row.getString("user_id"),
                row.getString("session_id"),
                row.getString("request_id"),
                Columns.map(row.getObject("metadata")),
                row.getString("provider"),
                row.getString("requested_model"),
                row.getString("model"),
                row.getInt("attempts"),
                tokens(row, 1),
                UsageQuality.valueOf(row.getString("quality")),
                CallOutcome.valueOf(row.getString("outcome")));
    }

    private static TokenCounts tokens(ResultSet row, int first) throws SQLException {
        return new TokenCounts(
                sum(row, first),
                sum(row, first + 1),
                sum(row, first + 2),
                sum(row, first + 3),
                sum(row, first + 4),
                sum(row, first + 5));
    }

    /** Reads what may be a sum that does not fit: it is the largest number then, as in {@link TokenCounts#plus}. */
    private static long sum(ResultSet row, int column) throws SQLException {
        return new BigInteger(row.getString(column)).min(LARGEST).longValue();
    }
}
