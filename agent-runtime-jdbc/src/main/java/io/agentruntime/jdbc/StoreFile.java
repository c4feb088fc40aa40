package io.agentruntime.jdbc;

import static java.util.Objects.requireNonNull;

import io.agentruntime.lifecycle.Deadline;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a store's file: opened when it is first needed, again after it broke, and closed for good. Thread-safe: writers take
 * turns, readers wait for nobody.
 */
final class StoreFile implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StoreFile.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofMinutes(1);

    private interface Work<T> {
        T on(StoreDatabase database) throws SQLException, InterruptedException;
    }

    private final StoreSchema schema;
    private final Path file;
    private final ReentrantReadWriteLock life = new ReentrantReadWriteLock(); // read: in use, write: opens or closes
    private volatile @Nullable StoreDatabase database; // written under the write lock
    private boolean closed; // guarded by life

    private StoreFile(StoreSchema schema, Path file) {
        this.schema = schema;
        this.file = file;
    }

    static StoreFile of(StoreSchema schema, Path file) {
        Path absolute = requireNonNull(file, "file").toAbsolutePath().normalize();
        if (absolute.toString().contains(";") || absolute.toString().contains("?")) {
            String store = (schema.store().startsWith("a") ? "an " : "a ") + schema.store();
            throw new IllegalArgumentException("the path of " + store + " must not contain ';' or '?': " + absolute);
        }
        return new StoreFile(schema, absolute);
    }

    void start() {
        life.writeLock().lock();
        try {
            if (closed) {
                throw closedAlready();
            }
            if (database == null) {
                database = StoreDatabase.open(schema, file);
            }
        } finally {
            life.writeLock().unlock();
        }
    }

    private DuckDbStoreException closedAlready() {
        return new DuckDbStoreException(schema.named(file) + " is closed", null, false);
    }

    void insert(StoreDatabase.Append rows) throws InterruptedException {
        use("write to", opened -> {
            opened.insert(rows);
            return rows;
        });
    }

    <T> T read(StoreDatabase.Query<T> query) throws InterruptedException {
        return use("read", opened -> opened.read(query));
    }

    private <T> T use(String verb, Work<T> work) throws InterruptedException {
        if (database == null) {
            start();
        }
        StoreDatabase used = null;
        life.readLock().lock();
        try {
            used = database;
            if (used == null) {
                throw closedAlready();
            }
            return work.on(used);
        } catch (SQLException e) {
            throw DuckDbFailure.inUse("cannot " + verb + " " + schema.named(file), e);
        } finally {
            life.readLock().unlock();
            if (used != null && used.broken()) {
                discard(used);
            }
        }
    }

    /** Drops a database that could not undo its last batch; the next call opens the file again. */
    private void discard(StoreDatabase broken) {
        life.writeLock().lock();
        try {
            if (database == broken) {
                database = null;
                broken.close();
            }
        } catch (DuckDbStoreException e) {
            log.warn("{}; the next call opens it again all the same", e.getMessage());
        } finally {
            life.writeLock().unlock();
        }
    }

    long stop(Deadline deadline) throws InterruptedException {
        if (!life.writeLock().tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
            throw new DuckDbStoreException(schema.named(file) + " is still in use and stays open", null, true);
        }
        try {
            closed = true;
            StoreDatabase last = database;
            database = null;
            if (last != null) {
                last.close();
            }
            return 0;
        } finally {
            life.writeLock().unlock();
        }
    }

    @Override
    public void close() {
        try {
            stop(Deadline.after(CLOSE_TIMEOUT));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DuckDbStoreException("interrupted while closing " + schema.named(file), e, true);
        }
    }

    /** For tests: breaks what is open as a fatal error of the database would. */
    void breakConnection() throws SQLException {
        StoreDatabase opened = database;
        if (opened != null) {
            opened.breakWriter();
        }
    }
}
