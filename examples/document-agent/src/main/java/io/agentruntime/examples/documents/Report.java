package io.agentruntime.examples.documents;

import io.agentruntime.audit.AuditEntry;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageTotal;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes the tables that end a run. */
final class Report {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int SESSION_WIDTH = 12;
    private static final int SUBJECT_WIDTH = 36;

    private Report() {}

    /** One line per document. */
    static List<String> documents(List<DocumentResult> results) {
        Table table = new Table(2, "Document", "Cache", "Tokens in", "Tokens out", "Cached", "Time");
        results.forEach(result -> row(table, result));
        return table.lines();
    }

    private static void row(Table table, DocumentResult result) {
        TokenCounts tokens = result.tokens();
        table.row(
                Printable.line(result.name()),
                result.cache(),
                Table.number(tokens.input()),
                Table.number(tokens.output()),
                Table.number(tokens.cacheRead()),
                seconds(result.took()));
    }

    /** One line per organisation and feature, over all runs. */
    static List<String> usage(List<UsageTotal> totals, String source) {
        List<String> lines = new ArrayList<>();
        lines.add("Usage of all runs so far, read from " + Printable.line(source));
        if (totals.isEmpty()) {
            lines.add("No model call was ever made.");
            return lines;
        }
        Table table = new Table(2, "Organisation", "Feature", "Calls", "Failed", "Tokens in", "Tokens out", "Cached");
        totals.forEach(total -> row(table, total));
        lines.addAll(table.lines());
        long estimated = totals.stream().mapToLong(UsageTotal::estimated).sum();
        if (estimated > 0) {
            lines.add("Estimated: " + Table.count(estimated, "token")
                    + " of these, for calls whose cost the model did not report, such as those broken off.");
        }
        return lines;
    }

    private static void row(Table table, UsageTotal total) {
        table.row(
                Printable.line(total.organisation()),
                Printable.line(total.feature()),
                Table.number(total.calls()),
                Table.number(total.failed()),
                Table.number(total.tokens().input()),
                Table.number(total.tokens().output()),
                Table.number(total.tokens().cacheRead()));
    }

    /** One line per entry of the audit. */
    static List<String> audit(List<AuditEntry> entries, String organisation, String source) {
        List<String> lines = new ArrayList<>();
        lines.add("Audit of " + Printable.line(organisation) + ", read from " + Printable.line(source));
        if (entries.isEmpty()) {
            lines.add("This organisation has done nothing.");
            return lines;
        }
        Table table = new Table(5, "Time (UTC)", "Session", "Action", "Outcome", "Document or question");
        entries.forEach(entry -> row(table, entry));
        lines.addAll(table.lines());
        return lines;
    }

    private static void row(Table table, AuditEntry entry) {
        String session = entry.session() == null ? "" : entry.session();
        table.row(
                TIME.format(entry.at()),
                Table.fit(Printable.line(session), SESSION_WIDTH),
                entry.action(),
                entry.outcome(),
                Table.fit(Printable.line(entry.subject()), SUBJECT_WIDTH));
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
