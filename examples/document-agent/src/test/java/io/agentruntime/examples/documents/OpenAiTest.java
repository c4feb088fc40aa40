package io.agentruntime.examples.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.testkit.provider.ProviderServer;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageTotal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenAiTest {
    @TempDir
    private Path folder;

    private final ModelServer model = new ModelServer();
    private ProviderServer server;
    private Path docs;
    private Path output;

    @BeforeEach
    void startServer() throws IOException {
        server = ProviderServer.start(model);
        docs = Texts.folder(folder.resolve("docs"));
        output = folder.resolve("output");
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private Agent.Run process(String organisation) {
        return Agent.against(server.openAiUrl())
                .run("process", "--output", output, "--organisation", organisation, "--session", "s-1", docs);
    }

    @Test
    void process_modelServer_storesExactlyWhatTheServerReported() throws Exception {
        Agent.Run run = process("acme");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.line("Model: ")).isEqualTo("Model: test-model at " + server.openAiUrl());
        assertThat(server.requests())
                .hasSize(9)
                .allMatch(request -> request.model().equals("test-model"));
        assertThat(run.line("This run: "))
                .isEqualTo("This run: 9 model calls, "
                        + Table.number(server.reported().input()) + " tokens in ("
                        + Table.number(server.reported().cacheRead()) + " cached), "
                        + Table.number(server.reported().output()) + " out.");
        assertThat(Agent.usage(output))
                .containsExactly(
                        new UsageTotal("acme", "document-faqs", 3, 0, model.take("faqs"), 0, 0, TokenCounts.ZERO),
                        new UsageTotal(
                                "acme", "document-questions", 3, 0, model.take("questions"), 0, 0, TokenCounts.ZERO),
                        new UsageTotal(
                                "acme", "document-summary", 3, 0, model.take("summary"), 0, 0, TokenCounts.ZERO));
    }

    @Test
    void process_twoOrganisations_shareNoEntryAndNoBill() throws Exception {
        process("acme");
        UsageTotal acme = new UsageTotal("acme", "document-faqs", 3, 0, model.take("faqs"), 0, 0, TokenCounts.ZERO);
        Map<String, String> files = Agent.files(output);

        Agent.Run run = process("globex");

        assertThat(run.exitCode()).isZero();
        assertThat(model.calls()).isEqualTo(18);
        UsageTotal globex = new UsageTotal("globex", "document-faqs", 3, 0, model.take("faqs"), 0, 0, TokenCounts.ZERO);
        assertThat(Agent.usage(output)).hasSize(6).contains(acme, globex);
        assertThat(Agent.files(output)).hasSize(2 * files.size()).containsAllEntriesOf(files);
        assertThat(process("globex").out()).contains("This run: 0 model calls, 0 tokens.");
        assertThat(model.calls()).isEqualTo(18);
    }

    @Test
    void process_otherModel_isAMiss() {
        process("acme");

        Agent.Run run = Agent.against(server.openAiUrl())
                .with("OPENAI_MODEL", "other-model")
                .run("process", "--output", output, "--organisation", "acme", docs);

        assertThat(run.line("This run: ")).startsWith("This run: 9 model calls, ");
        assertThat(model.calls()).isEqualTo(18);
    }

    @Test
    void process_smallPools_neverOverflow() throws Exception {
        Path many = Files.createDirectories(folder.resolve("many"));
        for (int i = 0; i < 50; i++) {
            Texts.write(many, i + ".md", "# Number " + i + "\n\nThis is the text of number " + i + ".\n");
        }

        Agent.Run run = Agent.against(server.openAiUrl())
                .with("AGENT_EXECUTOR_QUEUE_CAPACITY", "4")
                .with("IO_EXECUTOR_QUEUE_CAPACITY", "4")
                .with("IO_EXECUTOR_POOL_SIZE", "1")
                .run("process", "--output", output, many);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.line("This run: ")).startsWith("This run: 150 model calls, ");
        assertThat(Agent.usage(output)).extracting(UsageTotal::calls).containsExactly(50L, 50L, 50L);
    }

    @Test
    void ask_modelServer_isAccountedToTheSessionAndNamesOnlyRealSources() throws Exception {
        process("acme");

        Agent.Run run = Agent.against(server.openAiUrl())
                .run("ask", "--output", output, "--organisation", "acme", "How do sea otters sleep?");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("They sleep on their backs.").doesNotContain("nowhere.md");
        assertThat(Agent.usage(output))
                .contains(new UsageTotal("acme", "ask", 1, 0, model.take("answer"), 0, 0, TokenCounts.ZERO));
    }

    @Test
    void process_onlyTheTimeOfAFileChanged_makesNoCall() throws Exception {
        process("acme");
        Files.setLastModifiedTime(docs.resolve("otters.md"), FileTime.from(Instant.EPOCH));

        assertThat(process("acme").out()).contains("This run: 0 model calls, 0 tokens.");
    }

    @Test
    void process_oneEntryLost_makesThatOneAnew() throws Exception {
        process("acme");
        Path entry;
        try (var paths = Files.walk(output)) {
            entry = paths.filter(path -> path.toString().matches(".*otters.*faqs\\.json\\+"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.writeString(entry, "{ half of an ent");

        Agent.Run again = process("acme");

        assertThat(again.line("This run: ")).startsWith("This run: 1 model call, ");
        assertThat(again.out()).contains("2 of 3");
        assertThat(Files.readString(entry)).contains("source_hash");
    }

    @Test
    void usage_afterRuns_showsTheSumOfAll() throws Exception {
        process("acme");

        Agent.Run run = Agent.against(server.openAiUrl()).run("usage", "--output", output);

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("document-summary", "document-faqs", "document-questions");
    }
}
