package io.agentruntime.examples.documents;

import io.agentruntime.audit.AuditStore;
import io.agentruntime.jdbc.DuckDbAuditStore;
import io.agentruntime.jdbc.DuckDbUsageStore;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.usage.UsageStore;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where the application keeps things, the output folder, or partly a bucket.
 *
 * @param blobs what is made of documents and questions, in a folder per organisation
 * @param usage what the model calls have cost
 * @param audit who has done what
 * @param journals what is on its way to those two and must outlive the process
 */
record Stores(BlobStore blobs, UsageStore usage, AuditStore audit, Path journals) {
    /** The file with the usage. */
    static final String USAGE_FILE = "usage.duckdb";

    /** The file with the audit entries. */
    static final String AUDIT_FILE = "audit.duckdb";

    /** No organisation has a folder of this name: those never begin with a dot. */
    static final String JOURNALS = ".queues";

    /**
     * Opens them.
     *
     * @throws CannotRunException if the folder or the place in a bucket cannot be used
     */
    static Stores open(Place place, Map<String, String> environment) {
        BlobStore blobs = place.open(environment);
        Path output = place.output();
        try {
            return new Stores(
                    blobs,
                    DuckDbUsageStore.open(output.resolve(USAGE_FILE)),
                    DuckDbAuditStore.open(output.resolve(AUDIT_FILE)),
                    output.resolve(JOURNALS));
        } catch (IllegalArgumentException e) {
            throw CannotRunException.unusable("--output: " + e.getMessage());
        }
    }
}
