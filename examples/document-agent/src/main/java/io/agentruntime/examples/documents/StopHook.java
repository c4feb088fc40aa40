package io.agentruntime.examples.documents;

import io.agentruntime.lifecycle.ShutdownReport;
import java.util.Set;
import java.util.function.Supplier;

/** Stops the application when the process is told to end, by Ctrl-C or SIGTERM. Thread-safe. */
final class StopHook {
    /** What these parts of the runtime have left when they stop is calls that were broken off, and those are accounted for. */
    private static final Set<String> BROKEN_OFF_AND_ACCOUNTED_FOR =
            Set.of("command", "executors", "model transport", "usage-ledger", "timer");

    private final Application application;
    private final Thread thread = new Thread(this::stop, "stop");
    private volatile Supplier<String> progress = () -> "";
    private volatile boolean stopping;

    StopHook(Application application) {
        this.application = application;
    }

    void install() {
        Runtime.getRuntime().addShutdownHook(thread);
    }

    /** Lets the hook begin its last line with how far the work has come. */
    void showProgress(Supplier<String> newProgress) {
        progress = newProgress;
    }

    /** Whether the process has been told to end. */
    boolean stopping() {
        return stopping;
    }

    void remove() {
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException e) {
            stopping = true; // the process ends already: the hook runs, or has run
        }
    }

    private void stop() {
        boolean working = application.console().stopping(firstLine(), application.calls()::refuse);
        application.calls().close();
        stopping = true; // after the calls are closed, for what ends early now must not be taken for all there is
        ShutdownReport report = application.stop();
        if (working) {
            application.console().stopped(lastLine(report));
        }
    }

    private String firstLine() {
        return application.calls().streaming()
                ? "Stopping: the answer is cancelled."
                : "Stopping: the model calls under way have " + Application.STOP_TIMEOUT.toSeconds() + " s to end.";
    }

    private String lastLine(ShutdownReport report) {
        boolean stored = report.steps().stream()
                .filter(step -> !BROKEN_OFF_AND_ACCOUNTED_FOR.contains(step.component()))
                .allMatch(step -> step.outcome() == ShutdownReport.Outcome.STOPPED && step.left() == 0);
        return "Stopped: " + progress.get()
                + Table.count(application.usage().calls(), "model call")
                + (stored ? " accounted for" : " made, not all of them accounted for")
                + "; the next run continues from the cache.";
    }
}
