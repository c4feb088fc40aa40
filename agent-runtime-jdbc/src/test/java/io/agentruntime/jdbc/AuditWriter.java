package io.agentruntime.jdbc;

import io.agentruntime.audit.AuditEntry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/** Another process with an audit store: it writes batches until it is killed. */
final class AuditWriter {

    private static final int BATCH = 50;

    private AuditWriter() {}

    public static void main(String[] arguments) throws InterruptedException {
        DuckDbAuditStore store = DuckDbAuditStore.open(Path.of(arguments[0]));
        for (int number = Integer.parseInt(arguments[1]); ; number++) {
            store.store(batch(number));
            System.out.println(number + 1);
        }
    }

    /** Gives the same entries for the same number. */
    static List<AuditEntry> batch(int number) {
        return IntStream.range(0, BATCH).mapToObj(i -> entry(number, i)).toList();
    }

    private static AuditEntry entry(int number, int i) {
        return new AuditEntry(
                new UUID(number, i),
                Instant.EPOCH.plusSeconds(number),
                "acme",
                "library",
                "user",
                null,
                "request " + i,
                "document.read",
                i + ".md",
                "done",
                Map.of("batch", "" + number));
    }
}
