package io.agentruntime.examples.documents;

import io.agentruntime.AgentRuntime;
import io.agentruntime.examples.documents.embedded.SentenceEncoder;
import io.agentruntime.gcs.GcsBlobStore;
import io.agentruntime.jdbc.DuckDbUsageStore;
import io.agentruntime.lifecycle.ShutdownReport;
import io.agentruntime.lifecycle.StartException;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.usage.UsageLedger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * The running application: the library's parts, the model, and the hook that stops them when the process is told to end.
 *
 * <p>Either {@link #close()} stops it, or the hook does, on a thread of its own. Thread-safe.
 */
final class Application implements AutoCloseable {
    /** The file with the usage, in the output folder. */
    static final String USAGE_FILE = "usage.duckdb";

    /** How long a stop may take. */
    static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final Console console;
    private final Settings settings;
    private final AgentRuntime runtime;
    private final BlobStore blobs;
    private final Library library;
    private final RunUsage usage = new RunUsage();
    private final UsageLedger ofThisRun = UsageLedger.create(usage);
    private final Supplier<SentenceEncoder> encoder;
    private final Model model;
    private final ModelCalls calls;
    private final StopHook hook;

    private Application(Surroundings surroundings, Settings settings, BlobStore blobs, AgentRuntime runtime) {
        this.console = surroundings.console();
        this.encoder = surroundings.encoder();
        this.settings = settings;
        this.runtime = runtime;
        this.blobs = blobs;
        this.library = new Library(blobs);
        this.model = Model.of(settings.model(), encoder, runtime);
        this.calls = new ModelCalls(model, ofThisRun, console);
        this.hook = new StopHook(this);
    }

    /**
     * Starts everything.
     *
     * @throws CannotRunException if the settings, the place of the results or the usage file cannot be used
     */
    static Application start(Surroundings surroundings, Place place) {
        Settings settings = Settings.read(surroundings.environment());
        BlobStore blobs = place.open(surroundings.environment());
        AgentRuntime runtime = runtime(settings, blobs, place.output().resolve(USAGE_FILE));
        Application application = new Application(surroundings, settings, blobs, runtime);
        application.hook.install();
        return application;
    }

    private static AgentRuntime runtime(Settings settings, BlobStore blobs, Path usageFile) {
        try {
            return AgentRuntime.builder()
                    .config(settings.runtime())
                    .blobStore(blobs)
                    .usageStore(DuckDbUsageStore.open(usageFile))
                    .build()
                    .start();
        } catch (IllegalArgumentException e) {
            throw CannotRunException.unusable("--output: " + e.getMessage());
        } catch (StartException e) {
            throw CannotRunException.failed(Made.reason(e.getCause() == null ? e : e.getCause()));
        }
    }

    Console console() {
        return console;
    }

    AgentRuntime runtime() {
        return runtime;
    }

    Pools pools() {
        return new Pools(runtime.executors());
    }

    /** Bounds the documents under way, so that the agent pool is busy and no pool overflows. */
    InFlight inFlight() {
        return new InFlight(settings.documentsAtOnce());
    }

    Library library() {
        return library;
    }

    Supplier<SentenceEncoder> encoder() {
        return encoder;
    }

    Model model() {
        return model;
    }

    ModelCalls calls() {
        return calls;
    }

    RunUsage usage() {
        return usage;
    }

    StopHook hook() {
        return hook;
    }

    /** Stops everything: no new model call begins, running ones may end, and what they cost is stored. */
    ShutdownReport stop() {
        calls.close();
        ShutdownReport report = runtime.close(STOP_TIMEOUT);
        ofThisRun.close();
        return report;
    }

    @Override
    public void close() {
        hook.remove();
        ShutdownReport report = stop();
        if (!report.clean()) {
            console.problem("the end was not clean: " + report);
        }
        if (blobs instanceof GcsBlobStore bucket) {
            bucket.close();
        }
    }
}
