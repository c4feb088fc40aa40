package io.agentruntime.examples.documents;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The application in a process of its own, which can be told to end. Ends it by force when closed. */
final class ChildAgent implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final BufferedReader out;
    private final List<String> lines = new ArrayList<>();

    private ChildAgent(Process process) {
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static ChildAgent start(Map<String, String> environment, Object... args) throws IOException {
        return start(DocumentAgent.class, environment, args);
    }

    static ChildAgent start(Class<?> main, Map<String, String> environment, Object... args) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = new ArrayList<>(List.of(
                java.toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(Agent.texts(args)));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return new ChildAgent(builder.start());
    }

    /** Reads the output until a line begins with the given words. */
    void awaitLine(String beginning) throws IOException {
        String line = out.readLine();
        while (line != null) {
            lines.add(line);
            if (line.startsWith(beginning)) {
                return;
            }
            line = out.readLine();
        }
        throw new AssertionError("no line begins with '" + beginning + "': " + lines);
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.toHandle().destroy(); // destroying the process itself would close its output
    }

    /** Sends SIGKILL. */
    void kill() {
        process.toHandle().destroyForcibly();
    }

    /** Reads the rest of the output and returns the exit code. */
    int awaitExit() throws IOException, InterruptedException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            lines.add(line);
        }
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still running: " + lines);
        }
        return process.exitValue();
    }

    List<String> lines() {
        return lines;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
