package io.agentruntime.examples.documents;

import io.agentruntime.context.UsageContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What all commands have in common: start the application, work, report, stop it; problems become lines and exit codes. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
abstract class ApplicationCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "agent-output",
            description = "The folder for results, cache, usage and audit (default: ${DEFAULT-VALUE}).")
    private Path output = Path.of("agent-output");

    @Option(
            names = "--store",
            paramLabel = "URI",
            description =
                    "Where results and cache are kept instead, as in gs://bucket/prefix; the usage stays in the folder.")
    private @Nullable String store;

    @Option(names = "--verbose", description = "Log what the library does, to the standard error.")
    private boolean verbose;

    ApplicationCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Does the work and returns the lines that end it. */
    abstract List<String> work(Application application) throws InterruptedException;

    /** Refuses what cannot be used before anything is started. */
    void check() {}

    @Override
    public Integer call() throws InterruptedException {
        if (verbose) {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "info");
        }
        try {
            check();
            try (Application application = Application.start(surroundings, place())) {
                List<String> report = work(application);
                console().report(report);
            }
        } catch (CannotRunException e) {
            e.problems().forEach(console()::problem);
            return e.exitCode();
        } catch (CompletionException e) {
            console().problem(Made.reason(e));
        }
        return console().problems() == 0 ? ExitCodes.DONE : ExitCodes.FAILED;
    }

    Console console() {
        return surroundings.console();
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Path output() {
        return output;
    }

    /** Where the work is kept. */
    Place place() {
        return new Place(output, store);
    }

    Path usageFile() {
        return output.resolve(Stores.USAGE_FILE);
    }

    void checkProcessed() {
        if (!Files.isRegularFile(usageFile())) {
            throw CannotRunException.failed(output + ": no document was processed into this folder yet");
        }
    }

    /** Makes the owner of the work out of what was given on the command line. */
    UsageContext owner(String organisation, String feature, @Nullable String session) {
        for (String file : List.of(Stores.USAGE_FILE, Stores.AUDIT_FILE)) {
            if (organisation.startsWith(file)) {
                throw CannotRunException.unusable(
                        "--organisation " + organisation + ": a file of usage or audit has this name");
            }
        }
        try {
            return UsageContext.of(organisation, feature).withSession(session);
        } catch (IllegalArgumentException e) {
            throw CannotRunException.unusable("--" + e.getMessage());
        }
    }
}
