package io.agentruntime.jdbc;

import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.duckdb.DuckDBAppender;
import org.jspecify.annotations.Nullable;

/** Turns values into columns, and columns into values. */
final class Columns {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private Columns() {}

    /** Gives the nanoseconds since 1970, if they fit into a column; the other parameters say whose time it is. */
    static long epochNanos(Instant at, String kind, UUID id) {
        try {
            return Math.addExact(Math.multiplyExact(at.getEpochSecond(), NANOS_PER_SECOND), at.getNano());
        } catch (ArithmeticException e) {
            throw new DuckDbStoreException(
                    "cannot store the " + kind + " " + id + ": its time " + at
                            + " is outside of the years 1678 to 2261",
                    e,
                    false);
        }
    }

    static Instant instant(long epochNanos) {
        return Instant.ofEpochSecond(0, epochNanos);
    }

    static void appendMap(DuckDBAppender appender, Map<String, String> map) throws SQLException {
        if (map.isEmpty()) {
            appender.appendNull();
        } else {
            appender.append(map);
        }
    }

    static Map<String, String> map(@Nullable Object column) {
        Map<String, String> map = new HashMap<>();
        if (column instanceof Map<?, ?> entries) {
            entries.forEach((key, value) -> map.put(key.toString(), value.toString()));
        }
        return map;
    }
}
