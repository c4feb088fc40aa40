package io.agentruntime.jdbc;

import static java.util.Objects.requireNonNull;

import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageStore;
import io.agentruntime.usage.UsageTotal;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps usage events in a DuckDB file, where they can also be queried: the table {@code usage_event} has one row per event.
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

    private static final Logger log = LoggerFactory.getLogger(DuckDbUsageStore.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofMinutes(1);

    private interface Work<T> {
        T on(UsageDatabase database) throws SQLException, InterruptedException;
    }

    private final Path file;
    private final ReentrantReadWriteLock life = new ReentrantReadWriteLock(); // read: in use, write: opens or closes
    private volatile @Nullable UsageDatabase database; // written under the write lock
    private boolean closed; // guarded by life

    private DuckDbUsageStore(Path file) {
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
        Path absolute = requireNonNull(file, "file").toAbsolutePath().normalize();
        if (absolute.toString().contains(";") || absolute.toString().contains("?")) {
            throw new IllegalArgumentException("the path of a usage store must not contain ';' or '?': " + absolute);
        }
        return new DuckDbUsageStore(absolute);
    }

    @Override
    public String name() {
        return "usage-store";
    }

    /**
     * Opens the file, and makes it if it does not exist.
     *
     * @throws UsageStoreException if the file cannot be opened, is not a usage store, is one of a newer version of this library, or is
     *     open in another process; or if this store was closed before
     */
    @Override
    public void start() {
        life.writeLock().lock();
        try {
            if (closed) {
                throw new UsageStoreException("the usage store '" + file + "' is closed", null, false);
            }
            if (database == null) {
                database = UsageDatabase.open(file);
            }
        } finally {
            life.writeLock().unlock();
        }
    }

    /**
     * Stores a batch in one transaction.
     *
     * @throws UsageStoreException if nothing was stored
     * @throws InterruptedException if the thread was interrupted while it waited for its turn; nothing was stored
     */
    @Override
    public void store(List<UsageEvent> events) throws InterruptedException {
        List<UsageEvent> batch = List.copyOf(events);
        use("write to", opened -> {
            opened.insert(batch);
            return batch;
        });
    }

    /**
     * Adds up everything that was ever stored.
     *
     * @throws UsageStoreException if the file could not be read
     */
    @Override
    public List<UsageTotal> totals() throws InterruptedException {
        return use("read", UsageDatabase::totals);
    }

    List<UsageEvent> events() throws InterruptedException {
        return use("read", UsageDatabase::events);
    }

    /** For tests: breaks what is open as a fatal error of the database would. */
    void breakConnection() throws SQLException {
        UsageDatabase opened = database;
        if (opened != null) {
            opened.breakWriter();
        }
    }

    private <T> T use(String verb, Work<T> work) throws InterruptedException {
        if (database == null) {
            start();
        }
        UsageDatabase used = null;
        life.readLock().lock();
        try {
            used = database;
            if (used == null) {
                throw new UsageStoreException("the usage store '" + file + "' is closed", null, false);
            }
            return work.on(used);
        } catch (SQLException e) {
            throw DuckDbFailure.inUse("cannot " + verb + " the usage store '" + file + "'", e);
        } finally {
            life.readLock().unlock();
            if (used != null && used.broken()) {
                discard(used);
            }
        }
    }

    /** Drops a database that could not undo its last batch; the next call opens the file again. */
    private void discard(UsageDatabase broken) {
        life.writeLock().lock();
        try {
            if (database == broken) {
                database = null;
                broken.close();
            }
        } catch (UsageStoreException e) {
            log.warn("{}; the next call opens it again all the same", e.getMessage());
        } finally {
            life.writeLock().unlock();
        }
    }

    /**
     * Waits for the calls under way, writes everything into the one file and gives it back. No call succeeds after it.
     *
     * @param deadline when to be done
     * @return 0
     * @throws UsageStoreException if calls were still under way when the time was up; the file stays open then
     */
    @Override
    public long stop(Deadline deadline) throws InterruptedException {
        if (!life.writeLock().tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
            throw new UsageStoreException("the usage store '" + file + "' is still in use and stays open", null, true);
        }
        try {
            closed = true;
            UsageDatabase last = database;
            database = null;
            if (last != null) {
                last.close();
            }
            return 0;
        } finally {
            life.writeLock().unlock();
        }
    }

    /** Stops this store, for use without a runtime. Does nothing if it is stopped already. */
    @Override
    public void close() {
        try {
            stop(Deadline.after(CLOSE_TIMEOUT));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UsageStoreException("interrupted while closing the usage store '" + file + "'", e, true);
        }
    }
}
