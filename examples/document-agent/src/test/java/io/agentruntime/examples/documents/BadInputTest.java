package io.agentruntime.examples.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.testkit.provider.ProviderReply;
import io.agentruntime.testkit.provider.ProviderRequest;
import io.agentruntime.testkit.provider.ProviderServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadInputTest {
    @TempDir
    private Path folder;

    private Path output;
    private Path good;

    @BeforeEach
    void writeGoodDocument() throws IOException {
        output = folder.resolve("output");
        good = Texts.write(folder.resolve("docs"), "good.md", Texts.OTTERS);
    }

    /** Processes documents with a server that answers well. */
    private Agent.Run process(Object... paths) throws IOException {
        return process(new ModelServer(), paths);
    }

    private Agent.Run process(Function<ProviderRequest, ProviderReply> model, Object... paths) throws IOException {
        try (ProviderServer server = ProviderServer.start(model)) {
            return process(server, paths);
        }
    }

    private Agent.Run process(ProviderServer server, Object... paths) {
        Object[] args = new Object[paths.length + 3];
        args[0] = "process";
        args[1] = "--output";
        args[2] = output;
        System.arraycopy(paths, 0, args, 3, paths.length);
        return Agent.against(server.openAiUrl()).run(args);
    }

    private void assertGoodIsDone() throws IOException {
        assertThat(Agent.files(output).keySet())
                .anyMatch(name -> name.matches("local/generated/[^/]*good\\.md(=\\w+)?/summary\\.json\\+"));
    }

    @Test
    void process_badFiles_eachGetsOneLineAndTheRestGoesOn() throws Exception {
        Path docs = good.getParent();
        Path missing = docs.resolve("missing.md");
        Path dangling = Files.createSymbolicLink(docs.resolve("dangling.md"), Path.of("nowhere"));
        Path empty = Files.createFile(docs.resolve("empty.md"));
        Path rubbish = Files.write(docs.resolve("rubbish.md"), new byte[] {(byte) 0xff, 0, 1, 2, (byte) 0xfe, 0, 7});
        Path pdf = Texts.write(docs, "broken.pdf", "%PDF-1.7 and then nothing");
        Path bare = Files.createDirectories(folder.resolve("bare"));

        Agent.Run run = process(good, missing, dangling, empty, rubbish, pdf, bare);

        assertThat(run.exitCode()).isEqualTo(1);
        for (Path bad : new Path[] {missing, dangling, empty, rubbish, pdf, bare}) {
            assertThat(run.problems())
                    .filteredOn(line -> line.startsWith("error: " + bad + ": "))
                    .hasSize(1);
        }
        assertThat(run.problems()).hasSize(6);
        assertGoodIsDone();
        assertThat(Agent.files(output).keySet()).allMatch(name -> name.contains("good.md"));
    }

    @Test
    void process_strangeFileNames_stayInTheirPlaceAndArePrintedSafely() throws Exception {
        Path docs = folder.resolve("strange");
        Texts.write(docs, "a..b%2F..\\c.md", Texts.OTTERS);
        Texts.write(docs, "two\nlines \u001b[31m\u202e.md", Texts.BREAD);
        Texts.write(docs, "x".repeat(240) + ".md", Texts.BRIDGES);
        Texts.write(docs, "..md", Texts.BRIDGES);

        Agent.Run run = process(docs, docs.resolve("..md"), docs.resolve("../strange/../docs/good.md"));

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("two\\nlines \\u{1b}[31m\\u{202e}.md").doesNotContain("\u001b", "\u202e");
        assertThat(run.out().lines()).allMatch(line -> line.length() <= Console.WIDTH);
        assertThat(Agent.files(output).keySet()).hasSize(5 * 4).allMatch(name -> name.startsWith("local/"));
    }

    @Test
    void process_impossibleOutput_isRefused() throws Exception {
        Path file = Texts.write(folder, "file", "in the way");
        output = file;

        Agent.Run run = process(good);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.problems())
                .hasSize(1)
                .allMatch(line -> line.startsWith("error: --output: ") && line.contains("file"));
        assertThat(Files.readString(file)).isEqualTo("in the way");
    }

    @Test
    void process_blobCannotBeStored_isSaidAndTheRestGoesOn() throws Exception {
        Path other = Texts.write(good.getParent(), "other.md", Texts.BREAD);
        process(good);
        try (var paths = Files.walk(output)) { // a folder stands where the entry belongs
            Path entry = paths.filter(path -> path.toString().matches(".*good.*faqs\\.json\\+"))
                    .findFirst()
                    .orElseThrow();
            Files.delete(entry);
            Files.createDirectories(entry.resolve("in-the-way"));
        }

        Agent.Run run = process(good, other);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.problems()).hasSize(1).allMatch(line -> line.startsWith("error: " + good + ": no faqs: "));
        assertThat(Agent.files(output).keySet())
                .anyMatch(name -> name.matches(".*other\\.md(=\\w+)?/summary\\.json\\+"));
    }

    @Test
    void process_unusableSettings_areAllNamed() {
        Agent.Run run = Agent.against("rubbish")
                .with("AGENT_EXECUTOR_POOL_SIZE", "abc")
                .run("process", "--output", output, good);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.problems())
                .hasSize(2)
                .anyMatch(line -> line.contains("AGENT_EXECUTOR_POOL_SIZE is 'abc'"))
                .anyMatch(line -> line.contains("OPENAI_BASE_URL is 'rubbish'"));
        assertThat(output).doesNotExist();
    }

    @Test
    void process_unusableOptions_areRefusedInOneLine() {
        assertRefused("--organisation is blank", "process", "--organisation", " ", good);
        assertRefused("--session contains a control character", "ask", "--session", "a\nb", "x");
        assertRefused("PATH", "process");
        assertRefused("--colour", "process", "--colour", good);
        assertRefused("subcommand");
        assertRefused("usage.duckdb", "process", "--organisation", "usage.duckdb", good);
        assertRefused("audit.duckdb", "audit", "--organisation", "audit.duckdb");
    }

    private static void assertRefused(String named, Object... args) {
        Agent.Run run = Agent.embedded().run(args);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.problems()).hasSize(1).allMatch(line -> line.startsWith("error: ") && line.contains(named));
    }

    @Test
    void askAndUsage_nothingProcessed_saySo() {
        for (String command : new String[] {"ask", "usage", "audit"}) {
            Agent.Run run = Agent.embedded().run(command, "--output", output);

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.problems())
                    .containsExactly("error: " + output + ": no document was processed into this folder yet");
            assertThat(output).doesNotExist();
        }
    }

    @Test
    void process_keyRefused_isSaidOnceAndNothingElseIsAsked() throws Exception {
        Path other = Texts.write(good.getParent(), "other.md", Texts.BREAD);
        try (ProviderServer server = ProviderServer.start(new ModelServer())) {
            for (int i = 0; i < 6; i++) {
                server.enqueue(ProviderReply.error(401, "Incorrect API key provided"));
            }

            Agent.Run run = process(server, good, other);

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.problems())
                    .containsExactly("error: the model test-model answered with HTTP status 401: "
                            + "Incorrect API key provided; no further call is made");
            assertThat(run.out()).contains("not done", "2 documents could not be completed");
            assertThat(server.answered()).isZero();
        }
    }

    @Test
    void ask_keyRefused_stillAnswersFromTheCache() throws Exception {
        try (ProviderServer server = ProviderServer.start(new ModelServer())) {
            process(server, good);
            Agent agent = Agent.against(server.openAiUrl());
            agent.run("ask", "--output", output, "How do sea otters sleep?");
            server.enqueue(ProviderReply.raw(403, "forbidden"));

            Agent.Run run = agent.run("ask", "--output", output, "What is new?", "How do sea otters sleep?");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.problems()).hasSize(1).allMatch(line -> line.contains("HTTP status 403: forbidden"));
            assertThat(run.out()).contains("Not answered: What is new?", "They sleep on their backs.");
        }
    }

    @Test
    void process_outputOfAnotherRunAmongTheDocuments_isNoDocument() throws Exception {
        Path docs = good.getParent();
        output = docs.resolve("first");
        process(docs);
        output = docs.resolve("second");

        assertThat(process(docs).out()).contains("Documents: 1 of");
    }

    @Test
    void process_serverFails_isSaidPerDocumentAndTheRestGoesOn() throws Exception {
        Path other = Texts.write(good.getParent(), "other.md", Texts.BREAD);
        ModelServer model = new ModelServer();

        Agent.Run run = process(
                request -> {
                    if (request.prompt().contains("other.md")) {
                        throw new IllegalStateException("boom");
                    }
                    return model.apply(request);
                },
                good,
                other);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.problems())
                .hasSize(1)
                .allMatch(line ->
                        line.startsWith("error: " + other + ": no summary, no faqs, no questions: the model test-model "
                                        + "answered with HTTP status 500: ")
                                && line.contains("boom"));
        assertGoodIsDone();
        assertThat(Agent.files(output).keySet()).noneMatch(name -> name.contains("other.md"));
    }

    @Test
    void process_unusableAnswer_isSaidAndTheRestIsKept() throws Exception {
        ModelServer model = new ModelServer();

        Agent.Run run = process(
                request -> ModelServer.task(request).equals("faqs")
                        ? ProviderReply.of("I would rather not.\nSorry.").usage(10, 5)
                        : model.apply(request),
                good);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.problems()).hasSize(1).allMatch(line -> line.startsWith("error: " + good + ": no faqs: "));
        assertGoodIsDone();
        assertThat(process(good).line("This run: ")).startsWith("This run: 1 model call, ");
    }

    @Test
    void process_noServer_isSaidOnce() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        Agent.Run run = Agent.against("http://127.0.0.1:" + port + "/v1").run("process", "--output", output, good);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.problems())
                .containsExactly("error: the model test-model cannot be reached; no further call is made");
    }

    @Test
    void process_usageFileIsRubbish_isRefused() throws Exception {
        Texts.write(output, Stores.USAGE_FILE, "this is no database");

        Agent.Run run = process(good);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.problems()).hasSize(1).allMatch(line -> line.contains(Stores.USAGE_FILE));
        Files.delete(output.resolve(Stores.USAGE_FILE));
        assertThat(process(good).exitCode()).as("after the refusal").isZero();
    }
}
