package io.agentruntime.examples.documents;

import io.agentruntime.audit.AuditEntry;
import io.agentruntime.context.UsageContext;
import io.agentruntime.examples.documents.embedded.SentenceEncoder;
import io.agentruntime.jdbc.DuckDbAuditStore;
import io.agentruntime.jdbc.DuckDbUsageStore;
import io.agentruntime.usage.UsageTotal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The application in this process, with its own environment, standard input and captured output. */
final class Agent {
    /** What a command has come to. */
    record Run(int exitCode, String out, String err) {
        List<String> problems() {
            return err.lines().toList();
        }

        /** The line of the output that begins with the given words, or an empty string. */
        String line(String beginning) {
            return out.lines()
                    .filter(line -> line.startsWith(beginning))
                    .findFirst()
                    .orElse("");
        }
    }

    /** Takes a second to load. */
    static final Supplier<SentenceEncoder> ENCODER = new Lazy<>(SentenceEncoder::new);

    private final Map<String, String> environment = new HashMap<>();
    private String input = "";
    private Supplier<SentenceEncoder> encoder = ENCODER;

    /** The embedded model, which needs nothing. */
    static Agent embedded() {
        return new Agent();
    }

    /** A model server. */
    static Agent against(String url) {
        return new Agent()
                .with("OPENAI_API_KEY", "key-of-the-test")
                .with("OPENAI_BASE_URL", url)
                .with("OPENAI_MODEL", "test-model");
    }

    Agent with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Agent input(String text) {
        input = text;
        return this;
    }

    Agent encoder(Supplier<SentenceEncoder> other) {
        encoder = other;
        return this;
    }

    Run run(Object... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(stream(out), stream(err));
        ByteArrayInputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        int exitCode = DocumentAgent.run(new Surroundings(environment, in, console, encoder), texts(args));
        return new Run(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    Map<String, String> environment() {
        return environment;
    }

    static String[] texts(Object... args) {
        return List.of(args).stream().map(Object::toString).toArray(String[]::new);
    }

    private static PrintStream stream(ByteArrayOutputStream target) {
        return new PrintStream(target, true, StandardCharsets.UTF_8);
    }

    /** Reads the usage of all runs. */
    static List<UsageTotal> usage(Path output) throws InterruptedException {
        try (DuckDbUsageStore store = DuckDbUsageStore.open(output.resolve(Stores.USAGE_FILE))) {
            return store.totals();
        }
    }

    /** Reads what an organisation has done. */
    static List<AuditEntry> audit(Path output, String organisation) throws InterruptedException {
        try (DuckDbAuditStore store = DuckDbAuditStore.open(output.resolve(Stores.AUDIT_FILE))) {
            return store.entries(organisation);
        }
    }

    /** Reads all blobs of an output folder, by the path of their file in it. */
    static Map<String, String> files(Path output) throws IOException {
        Map<String, String> files = new HashMap<>();
        try (var paths = Files.walk(output)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                if (path.getFileName().toString().matches("[^.].*[+]\\w*")) {
                    files.put(output.relativize(path).toString(), Files.readString(path));
                }
            }
        }
        return files;
    }

    /** The owner of the work of these tests. */
    static UsageContext owner() {
        return UsageContext.of("local", "tests");
    }
}
