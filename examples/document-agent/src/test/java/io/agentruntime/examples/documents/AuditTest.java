package io.agentruntime.examples.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.audit.AuditEntry;
import io.agentruntime.testkit.provider.ProviderReply;
import io.agentruntime.testkit.provider.ProviderRequest;
import io.agentruntime.testkit.provider.ProviderServer;
import io.agentruntime.usage.UsageTotal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was done is noted, and neither that nor the bill is lost with the process. */
class AuditTest {
    private static final String QUESTION = "How do sea otters sleep?";
    private static final int ANSWERED = 7; // with three documents under way, three calls each: one of them is complete

    @TempDir
    private Path folder;

    private Path docs;
    private Path output;

    @BeforeEach
    void writeDocuments() throws IOException {
        docs = Texts.folder(folder.resolve("docs"));
        output = folder.resolve("output");
    }

    private Agent.Run run(String command, Object... args) {
        Object[] all = Stream.concat(Stream.of(command, "--output", output), Stream.of(args))
                .toArray();
        return Agent.embedded().run(all);
    }

    private List<String> audit(String organisation) throws InterruptedException {
        return Agent.audit(output, organisation).stream()
                .map(entry -> entry.action() + " " + entry.outcome())
                .toList();
    }

    @Test
    void process_eachDocument_isNotedWithItsOutcome() throws Exception {
        Path empty = Files.createFile(docs.resolve("empty.md"));
        run("process", docs, docs.resolve("missing.md"));
        run("process", docs.resolve("otters.md"));

        List<AuditEntry> entries = Agent.audit(output, "local");
        assertThat(entries)
                .allMatch(entry -> entry.feature().equals("documents"))
                .extracting(
                        entry -> entry.action() + " " + Path.of(entry.subject()).getFileName() + " " + entry.outcome())
                .containsExactlyInAnyOrder(
                        "document.process missing.md refused",
                        "document.process " + empty.getFileName() + " refused",
                        "document.process otters.md made",
                        "document.process bridges.md made",
                        "document.process bread.txt made",
                        "document.process otters.md unchanged");
        assertThat(entries.get(entries.size() - 1).request()).contains("otters.md");
    }

    @Test
    void ask_eachQuestion_isNotedAsAHashAndNeverInWords() throws Exception {
        run("process", docs);
        String answer = run("ask", QUESTION).line("Answer:").substring("Answer:   ".length());
        run("ask", QUESTION);
        run("ask", "--organisation", "globex", QUESTION);

        assertThat(audit("local"))
                .endsWith("question.ask answered", "question.ask cached")
                .hasSize(5);
        assertThat(audit("globex")).containsExactly("question.ask refused");
        assertThat(Agent.audit(output, "local"))
                .filteredOn(entry -> entry.action().equals("question.ask"))
                .allMatch(entry -> entry.subject().equals(AuditTrail.hash(QUESTION)));
        assertNowhere(QUESTION, answer.substring(0, 20));
    }

    /** Looks for texts in the bytes of the bill, the audit and the journals. */
    private void assertNowhere(String... texts) throws IOException {
        try (Stream<Path> paths = Files.walk(output)) {
            for (Path path : paths.filter(Files::isRegularFile)
                    .filter(path -> path.toString().matches(".*(\\.duckdb|\\.queues.*)"))
                    .toList()) {
                assertThat(new String(Files.readAllBytes(path), StandardCharsets.UTF_8))
                        .doesNotContain(texts);
            }
        }
    }

    @Test
    void audit_printsTheEntriesOfTheOrganisation() {
        run("process", "--session", "a-rather-long-session", docs);
        run("ask", QUESTION);

        Agent.Run shown = run("audit");

        assertThat(shown.exitCode()).isZero();
        assertThat(shown.err()).isEmpty();
        assertThat(shown.out().lines()).hasSize(2 + 1 + 4).allMatch(line -> line.length() <= Console.WIDTH);
        assertThat(shown.out()).contains("question.ask", "answered", AuditTrail.hash(QUESTION), "otters.md", "…");
        assertThat(run("audit", "--organisation", "globex").out()).contains("This organisation has done nothing.");
    }

    @Test
    void kill_storeStuck_theNextCommandBillsEveryCallWhoseAnswerWasTaken() throws Exception {
        AtomicInteger arrived = new AtomicInteger();
        CountDownLatch gate = new CountDownLatch(1);
        ModelServer model = new ModelServer();
        try (ProviderServer server = ProviderServer.start(request -> answer(request, model, arrived, gate))) {
            Agent agent = Agent.against(server.openAiUrl()).with("AGENT_EXECUTOR_POOL_SIZE", "4");
            run("process", Files.createFile(folder.resolve("empty.md"))); // makes the files
            try (ChildAgent child = ChildAgent.start(
                    StuckStoreAgent.class,
                    agent.environment(),
                    output.resolve(Stores.USAGE_FILE),
                    "process",
                    "--output",
                    output,
                    docs)) {
                child.awaitLine("[1/3] "); // all calls of this document were taken by the queue
                child.kill();
                assertThat(child.awaitExit()).isEqualTo(128 + 9);
            } finally {
                gate.countDown();
            }
            long kept = Agent.files(output).keySet().stream()
                    .filter(name -> name.contains("/generated/"))
                    .count();
            assertThat(Agent.usage(output)).as("what the store had").isEmpty();

            assertThat(run("usage").exitCode()).isZero();

            List<UsageTotal> bill = Agent.usage(output);
            assertThat(kept).isBetween(3L, (long) ANSWERED);
            assertThat(bill.stream().mapToLong(UsageTotal::calls).sum()).isBetween(kept, (long) ANSWERED);
            assertThat(audit("local")).contains("document.process made");
        }
    }

    private static ProviderReply answer(
            ProviderRequest request, ModelServer model, AtomicInteger arrived, CountDownLatch gate) {
        if (arrived.incrementAndGet() > ANSWERED) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("the server stops", e);
            }
        }
        return model.apply(request);
    }
}
