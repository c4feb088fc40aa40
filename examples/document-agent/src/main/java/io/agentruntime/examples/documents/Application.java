package io.agentruntime.examples.documents;

import io.agentruntime.AgentRuntime;
import io.agentruntime.examples.documents.embedded.SentenceEncoder;
import io.agentruntime.gcs.GcsBlobStore;
import io.agentruntime.lifecycle.ShutdownReport;
import io.agentruntime.lifecycle.StartException;
import io.agentruntime.queue.JournalException;
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
    /** How long a stop may take. */
    static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final Console console;
    private final Settings settings;
    private final AgentRuntime runtime;
    private final Stores stores;
    private final Library library;
    private final AuditTrail audit;
    private final RunUsage usage = new RunUsage();
    private final UsageLedger ofThisRun = UsageLedger.create(usage);
    private final Supplier<SentenceEncoder> encoder;
    private final Model model;
    private final ModelCalls calls;
    private final CommandAtWork command = new CommandAtWork();
    private final StopHook hook;

    private Application(Surroundings surroundings, Settings settings, Stores stores, Path output) {
        this.console = surroundings.console();
        this.encoder = surroundings.encoder();
        this.settings = settings;
        this.runtime = runtime(settings, stores, output, command);
        this.stores = stores;
        this.library = new Library(stores.blobs());
        this.audit = new AuditTrail(runtime.audit(), console);
        this.model = Model.of(settings.model(), encoder, runtime);
        this.calls = new ModelCalls(model, ofThisRun, console);
        this.hook = new StopHook(this);
    }

    /**
     * Starts everything.
     *
     * @throws CannotRunException if the settings, the place of the results or a file in the output folder cannot be used
     */
    static Application start(Surroundings surroundings, Place place) {
        Settings settings = Settings.read(surroundings.environment());
        Stores stores = Stores.open(place, surroundings.environment());
        Application application = new Application(surroundings, settings, stores, place.output());
        start(application.runtime);
        application.command.begin();
        application.hook.install();
        return application;
    }

    private static AgentRuntime runtime(Settings settings, Stores stores, Path output, CommandAtWork command) {
        try {
            return AgentRuntime.builder()
                    .config(settings.runtime())
                    .blobStore(stores.blobs())
                    .usageStore(stores.usage())
                    .auditStore(stores.audit())
                    .journals(stores.journals())
                    .component(command)
                    .build();
        } catch (JournalException e) {
            throw CannotRunException.failed(
                    e.reason() == JournalException.Reason.IN_USE
                            ? output + ": another command works in this folder; try again when it has ended"
                            : Made.reason(e));
        }
    }

    private static void start(AgentRuntime runtime) {
        try {
            runtime.start();
        } catch (StartException e) {
            runtime.close(); // lets go of the journals
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

    Stores stores() {
        return stores;
    }

    AuditTrail audit() {
        return audit;
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

    /** Stops everything, for the command has ended. */
    @Override
    public void close() {
        command.end();
        hook.remove();
        ShutdownReport report = stop();
        if (!report.clean()) {
            console.problem("the end was not clean: " + report);
        }
        if (stores.blobs() instanceof GcsBlobStore bucket) {
            bucket.close();
        }
    }
}
