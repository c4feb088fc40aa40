package io.agentruntime.jdbc;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open file of a store.
 *
 * <p>The driver's batches insert some hundred rows a second, because DuckDB plans each row anew. So a batch is appended to a temporary
 * table, which costs nothing to speak of, and moves from there with one statement. The appender alone would be faster still, but
 * it cannot pass over rows that are stored already.
 */
final class StoreDatabase {

    private static final Logger log = LoggerFactory.getLogger(StoreDatabase.class);

    /** What the database needs for its work; the index of the ids comes on top, for it has to be in memory as a whole. */
    private static final long BASE_MEGABYTES = 256;

    private static final long ROWS_PER_MEGABYTE = 10_000;
    private static final long ROWS_PER_STEP = 100_000;

    private final StoreSchema schema;
    private final Path file;
    private final DuckDBConnection root; // only ever duplicated: a connection serves one thread at a time
    private final DuckDBConnection writer; // guarded by writing
    private final ReentrantLock writing = new ReentrantLock();
    private long stored; // guarded by writing, and so is the next one
    private long fitsUntil;
    private volatile boolean broken;

    private StoreDatabase(StoreSchema schema, Path file, DuckDBConnection root) throws SQLException {
        this.schema = schema;
        this.file = file;
        this.root = root;
        this.writer = root.duplicate();
    }

    static StoreDatabase open(StoreSchema schema, Path file) {
        String what = "cannot open " + schema.named(file);
        Path folder = file.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new DuckDbStoreException(what + ": its folder does not exist", null, false);
        }
        if (Files.isDirectory(file)) {
            throw new DuckDbStoreException(what + ": it is a folder", null, false);
        }
        try {
            return connect(schema, file);
        } catch (SQLException e) {
            throw DuckDbFailure.onOpen(what, e);
        }
    }

    private static StoreDatabase connect(StoreSchema schema, Path file) throws SQLException {
        DuckDBConnection root =
                DriverManager.getConnection("jdbc:duckdb:" + file, settings()).unwrap(DuckDBConnection.class);
        boolean ready = false;
        try {
            StoreDatabase database = new StoreDatabase(schema, file, root);
            database.prepare();
            ready = true;
            return database;
        } finally {
            if (!ready) {
                root.close();
            }
        }
    }

    /** One file, no network, no extensions, no threads of its own. */
    static Properties settings() {
        Properties settings = new Properties();
        settings.setProperty("threads", "1");
        settings.setProperty("memory_limit", BASE_MEGABYTES + "MB");
        settings.setProperty("enable_external_access", "false");
        settings.setProperty("autoinstall_known_extensions", "false");
        settings.setProperty("autoload_known_extensions", "false");
        return settings;
    }

    private void prepare() throws SQLException {
        boolean ready = false;
        try {
            inTransaction(statement -> schema.createOrUpgrade(statement, file));
            try (Statement statement = writer.createStatement()) {
                schema.createIncoming(statement);
                stored = schema.countRows(statement);
                fitMemory(statement);
            }
            ready = true;
        } finally {
            if (!ready) {
                writer.close();
            }
        }
    }

    /** Appends rows. */
    interface Append {
        void to(DuckDBAppender incoming) throws SQLException;
    }

    /** Reads something. */
    interface Query<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Stores what is appended to the table {@code temp.main.incoming}, whole or not at all. */
    void insert(Append rows) throws SQLException, InterruptedException {
        writing.lockInterruptibly();
        try {
            inTransaction(statement -> {
                try (DuckDBAppender incoming = writer.createAppender("temp", "main", "incoming")) {
                    rows.to(incoming);
                }
                stored += schema.moveIncoming(statement); // too many after a rollback, which does no harm
                fitMemory(statement);
            });
        } finally {
            writing.unlock();
        }
    }

    /** Lets the limit of memory keep ahead of the index, which takes some 60 bytes per row. */
    private void fitMemory(Statement statement) throws SQLException {
        if (stored >= fitsUntil) {
            fitsUntil = stored + ROWS_PER_STEP;
            long megabytes = BASE_MEGABYTES + (fitsUntil + ROWS_PER_STEP) / ROWS_PER_MEGABYTE;
            statement.execute("SET memory_limit = '" + megabytes + "MB'");
        }
    }

    private interface Work {
        void on(Statement statement) throws SQLException;
    }

    private void inTransaction(Work work) throws SQLException {
        boolean sound = false;
        try (Statement statement = writer.createStatement()) {
            statement.execute("BEGIN TRANSACTION");
            boolean committed = false;
            try {
                work.on(statement);
                statement.execute("COMMIT");
                committed = true;
            } finally {
                sound = committed || rollback();
            }
        } finally {
            if (!sound) {
                broken = true;
            }
        }
    }

    /** Needs a new statement: the driver closes one that failed. */
    private boolean rollback() {
        try (Statement statement = writer.createStatement()) {
            statement.execute("ROLLBACK");
            return true;
        } catch (SQLException e) {
            log.warn("{} will be opened again: {}", schema.named(file), e.getMessage());
            return false;
        }
    }

    /** Says whether this database is to be closed and opened again. */
    boolean broken() {
        return broken;
    }

    <T> T read(Query<T> query) throws SQLException {
        try (DuckDBConnection reader = root.duplicate()) {
            return query.on(reader);
        }
    }

    void breakWriter() throws SQLException {
        writer.close();
    }

    /** Closes the last connections, with which DuckDB writes its log into the file. */
    void close() {
        try {
            try {
                writer.close();
            } finally {
                root.close();
            }
        } catch (SQLException e) {
            throw DuckDbFailure.inUse("cannot close " + schema.named(file), e);
        }
    }
}
