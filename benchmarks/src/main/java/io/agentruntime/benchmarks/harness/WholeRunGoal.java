package io.agentruntime.benchmarks.harness;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A goal that a program measures, once in a fresh JVM for each round, which may have options of its own. */
public record WholeRunGoal(
        String id, String description, Target target, Class<? extends WholeRun> program, List<String> options)
        implements Goal {

    public WholeRunGoal(String id, String description, Target target, Class<? extends WholeRun> program) {
        this(id, description, target, program, List.of());
    }

    private static final long TIMEOUT_MINUTES = 5;

    @Override
    public List<Double> round(Effort effort) throws IOException, InterruptedException {
        Path output = Files.createTempFile("benchmark-", ".out");
        try {
            run(effort, output.toFile());
            return Child.read(Files.readString(output));
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private void run(Effort effort, File output) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(command(effort))
                .redirectOutput(output)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            if (!child.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
                throw new IOException("the child JVM was not done after " + TIMEOUT_MINUTES + " minutes");
            }
        } finally {
            child.destroyForcibly();
        }
        if (child.exitValue() != 0) {
            throw new IOException("the child JVM ended with " + child.exitValue() + "; its last words are above");
        }
    }

    private List<String> command(Effort effort) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xms1g", "-Xmx1g", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
        command.addAll(List.of(program.getName(), effort.name()));
        return command;
    }
}
