package io.agentruntime.jdbc;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts DuckDB's errors into one line.
 *
 * <p>The driver gives neither codes nor states; all there is to tell one error from another is its text.
 */
final class DuckDbFailure {

    private static final Pattern OTHER_PROCESS = Pattern.compile("Conflicting lock is held[^(]*(\\(PID \\d+\\))?");
    private static final String OTHER_SETTINGS = "different configuration";
    private static final String NOT_A_DATABASE = "not a valid DuckDB database";
    private static final Pattern FUTILE = Pattern.compile(
            "(Constraint|Conversion|Out of Range|Invalid Input|Catalog|Binder|Parser|Serialization) Error");

    private DuckDbFailure() {}

    /** A file that cannot be opened stays so, unless it is open elsewhere. */
    static DuckDbStoreException onOpen(String what, SQLException e) {
        String text = String.valueOf(e.getMessage());
        boolean retryable = OTHER_PROCESS.matcher(text).find() || text.contains(OTHER_SETTINGS);
        return new DuckDbStoreException(what + ": " + reason(text), e, retryable);
    }

    /** What fails on an open file may be full disk or memory, and pass, unless the data itself is refused. */
    static DuckDbStoreException inUse(String what, SQLException e) {
        String text = String.valueOf(e.getMessage());
        return new DuckDbStoreException(
                what + ": " + reason(text), e, !FUTILE.matcher(text).find());
    }

    private static String reason(String text) {
        Matcher lock = OTHER_PROCESS.matcher(text);
        if (lock.find()) {
            return "another process has it open" + (lock.group(1) == null ? "" : " " + lock.group(1));
        }
        if (text.contains(NOT_A_DATABASE)) {
            return "it is not a DuckDB file";
        }
        if (text.contains(OTHER_SETTINGS)) {
            return "this process has it open with other settings";
        }
        return text.lines().findFirst().orElse("unknown error");
    }
}
