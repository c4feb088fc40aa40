package io.agentruntime.jdbc;

import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageStore;
import io.agentruntime.usage.UsageTotal;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/**
 * Keeps usage events in a DuckDB file, where they can also be queried: the table {@code usage_event} has one row per event. The tokens of
 * rows whose {@code outcome} is {@code CACHED} were saved, not spent.
 *
 * <p>A batch is one transaction. Once {@link #store} has returned, its events survive a crash of the process and of the machine; a
 * reader sees all of them or none. The time of an event is kept to the nanosecond, in UTC, from the year 1678 to 2261. A file that
 * an earlier version of this library has made is upgraded when it is opened, and cannot be opened by that version any more.
 *
 * <p>The file is opened by {@link #start}, or by the first call that needs it, and given back by {@link #stop} or {@link #close}. As
 * long as it is open, no other process can open it; use one store per file. Thread-safe: writers take turns, readers wait for
 * nobody. The calls block on I/O and cannot be interrupted while the database works.
 *
 * <p>While the file is open, the database takes up to 256 MB of memory outside of the heap, and 100 MB more per million events: the
 * ids that it has seen are kept in memory.
 */
public final class DuckDbUsageStore implements UsageStore, Managed, AutoCloseable {

    private final StoreFile file;

    private DuckDbUsageStore(StoreFile file) {
        this.file = file;
    }

    /**
     * Makes a store for a file, which is made when it is first needed. Its folder must exist by then.
     *
     * @param file the database
     * @return the store, not yet started
     * @throws IllegalArgumentException if the path contains a semicolon or a question mark, which the database takes for the start of
     *     its settings
     */
    public static DuckDbUsageStore open(Path file) {
        return new DuckDbUsageStore(StoreFile.of(UsageSchema.SCHEMA, file));
    }

    @Override
    public String name() {
        return "usage-store";
    }

    /**
     * Opens the file, and makes it if it does not exist.
     *
     * @throws DuckDbStoreException if the file cannot be opened, is not a usage store, is one of a newer version of this library, or is
     *     open in another process; or if this store was closed before
     */
    @Override
    public void start() {
        file.start();
    }

    /**
     * Stores a batch in one transaction.
     *
     * @throws DuckDbStoreException if nothing was stored
     * @throws InterruptedException if the thread was interrupted while it waited for its turn; nothing was stored
     */
    @Override
    public void store(List<UsageEvent> events) throws InterruptedException {
        List<UsageEvent> batch = List.copyOf(events);
        file.insert(incoming -> UsageRows.append(incoming, batch));
    }

    /**
     * Adds up everything that was ever stored.
     *
     * @throws DuckDbStoreException if the file could not be read
     */
    @Override
    public List<UsageTotal> totals() throws InterruptedException {
        return file.read(UsageRows::totals);
    }

    List<UsageEvent> events() throws InterruptedException {
        return file.read(UsageRows::events);
    }

    /** For tests: breaks what is open as a fatal error of the database would. */
    void breakConnection() throws SQLException {
        file.breakConnection();
    }

    /**
     * Waits for the calls under way, writes everything into the one file and gives it back. No call succeeds after it.
     *
     * @param deadline when to be done
     * @return 0
     * @throws DuckDbStoreException if calls were still under way when the time was up; the file stays open then
     */
    @Override
    public long stop(Deadline deadline) throws InterruptedException {
        return file.stop(deadline);
    }

    /** Stops this store, for use without a runtime. Does nothing if it is stopped already. */
    @Override
    public void close() {
        file.close();
    }
}
