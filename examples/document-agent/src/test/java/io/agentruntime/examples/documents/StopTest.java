package io.agentruntime.examples.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.testkit.provider.ProviderReply;
import io.agentruntime.testkit.provider.ProviderRequest;
import io.agentruntime.testkit.provider.ProviderServer;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageTotal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ends the process in the middle of its work, when some calls are answered and the others wait at a gate of the server. */
class StopTest {
    private static final int DOCUMENTS = 6;
    private static final int CALLS = 3 * DOCUMENTS;
    private static final int ANSWERED = 2;
    private static final int RUNNING = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final ModelServer model = new ModelServer();
    private final AtomicInteger arrived = new AtomicInteger();
    private final CountDownLatch gate = new CountDownLatch(1);
    private ProviderServer server;
    private Path docs;
    private Path output;

    @BeforeEach
    void startServer() throws IOException {
        server = ProviderServer.start(this::answer);
        docs = folder.resolve("docs");
        output = folder.resolve("output");
        for (int i = 0; i < DOCUMENTS; i++) {
            Texts.write(docs, i + ".md", "# Number " + i + "\n\nThis is the text of number " + i + ".\n");
        }
    }

    private ProviderReply answer(ProviderRequest request) {
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

    @AfterEach
    void stopServer() {
        gate.countDown();
        server.close();
    }

    private Agent agent() {
        return Agent.against(server.openAiUrl()).with("AGENT_EXECUTOR_POOL_SIZE", Integer.toString(RUNNING));
    }

    /** Starts a run and returns when some of its calls are answered and the others wait at the gate. */
    private ChildAgent startRun() throws IOException, InterruptedException {
        ChildAgent child = ChildAgent.start(agent().environment(), "process", "--output", output, docs);
        server.awaitRequests(ANSWERED + RUNNING, PATIENCE);
        return child;
    }

    private Agent.Run nextRun() {
        gate.countDown();
        return agent().run("process", "--output", output, docs);
    }

    private static TokenCounts tokens(List<UsageTotal> usage) {
        return usage.stream().map(UsageTotal::tokens).reduce(TokenCounts.ZERO, TokenCounts::plus);
    }

    private static long calls(List<UsageTotal> usage) {
        return usage.stream().mapToLong(UsageTotal::calls).sum();
    }

    private void assertNextRunMakesTheRest(int alreadyMade) throws Exception {
        Agent.Run next = nextRun();

        assertThat(next.err()).isEmpty();
        assertThat(next.exitCode()).isZero();
        assertThat(next.line("This run: "))
                .startsWith("This run: " + Table.count(CALLS - alreadyMade, "model call") + ", ");
        assertThat(Agent.files(output).keySet())
                .filteredOn(name -> name.contains("/generated/"))
                .hasSize(CALLS);
    }

    @Test
    void terminate_callsEndInTime_areStoredAndTheNextRunGoesOn() throws Exception {
        try (ChildAgent child = startRun()) {
            child.terminate();
            child.awaitLine("Stopping: ");
            gate.countDown();

            assertThat(child.awaitExit()).isEqualTo(128 + 15);
            assertThat(child.lines().get(child.lines().size() - 1))
                    .startsWith("Stopped: ")
                    .contains("of 6 documents complete, 6 model calls accounted for", "continues from the cache");
            assertThat(child.lines()).noneMatch(line -> line.startsWith("error: "));
        }

        assertThat(server.requests()).hasSize(ANSWERED + RUNNING);
        assertThat(calls(Agent.usage(output))).isEqualTo(server.answered()).isEqualTo(ANSWERED + RUNNING);
        assertThat(tokens(Agent.usage(output))).isEqualTo(ModelServer.counts(server.reported()));
        assertNextRunMakesTheRest(ANSWERED + RUNNING);
        assertThat(tokens(Agent.usage(output))).isEqualTo(ModelServer.counts(server.reported()));
        assertThat(calls(Agent.usage(output))).isEqualTo(CALLS);
    }

    @Test
    void terminate_callsHang_endsWithinSecondsAndAccountsForTheOthers() throws Exception {
        try (ChildAgent child = startRun()) {
            long began = System.nanoTime();
            child.terminate();

            assertThat(child.awaitExit()).isEqualTo(128 + 15);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
            assertThat(child.lines().get(child.lines().size() - 1))
                    .startsWith("Stopped: ")
                    .contains("6 model calls accounted for");
            assertThat(child.lines()).noneMatch(line -> line.startsWith("error: "));
        }

        assertThat(Bill.all(output))
                .hasSize(ANSWERED + RUNNING)
                .allMatch(bill -> bill.attempts() == 1)
                .filteredOn(bill -> bill.outcome().equals("CANCELLED"))
                .hasSize(RUNNING)
                .allMatch(bill -> bill.quality().equals("ESTIMATED"));
        List<UsageTotal> usage = Agent.usage(output);
        long estimated = usage.stream().mapToLong(UsageTotal::estimated).sum();
        assertThat(estimated).as("what was sent and never answered").isPositive();
        assertThat(tokens(usage).total() - estimated)
                .isEqualTo(server.reported().total());
        assertThat(agent().run("usage", "--output", output).line("Estimated: "))
                .startsWith("Estimated: " + Table.number(estimated) + " tokens of these");
        assertThat(tokens(usage).output()).isEqualTo(server.reported().output());
        assertNextRunMakesTheRest(ANSWERED);
        assertThat(server.requests()).hasSize(CALLS + RUNNING);
    }

    @Test
    void terminate_callWaitsForItsNextAttempt_endsWithinSecondsAndTheNextRunMakesIt() throws Exception {
        gate.countDown();
        server.enqueue(ProviderReply.error(429, "not now").header("Retry-After", "90"));
        try (ChildAgent child = ChildAgent.start(agent().environment(), "process", "--output", output, docs)) {
            server.awaitRequests(CALLS, PATIENCE);
            long began = System.nanoTime();
            child.terminate();

            assertThat(child.awaitExit()).isEqualTo(128 + 15);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
            assertThat(child.lines()).noneMatch(line -> line.startsWith("error: "));
        }

        assertThat(server.requests()).hasSize(CALLS);
        assertThat(Bill.all(output)).hasSize(CALLS).allMatch(bill -> bill.attempts() == 1);
        assertThat(server.answered()).isEqualTo(CALLS - 1);
        assertNextRunMakesTheRest(CALLS - 1);
    }

    @Test
    void kill_inTheMiddle_leavesNothingHalfWrittenAndTheNextRunGoesOn() throws Exception {
        try (ChildAgent child = startRun()) {
            child.kill();
            assertThat(child.awaitExit()).isEqualTo(128 + 9);
        }
        Map<String, String> files = Agent.files(output);
        long entries = files.keySet().stream()
                .filter(name -> name.contains("/generated/"))
                .count();

        assertNextRunMakesTheRest((int) entries);
        assertThat(Agent.files(output)).containsAllEntriesOf(visible(files));
        assertThat(agent().run("process", "--output", output, docs).out()).contains("This run: 0 model calls");
    }

    private static Map<String, String> visible(Map<String, String> files) {
        return files.entrySet().stream()
                .filter(file -> !file.getKey().startsWith("."))
                .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Test
    void process_otherCommandAtWork_isRefusedInOneLine() throws Exception {
        try (ChildAgent child = startRun()) {
            Agent.Run second = agent().run("process", "--output", output, docs);

            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.out()).isEmpty();
            assertThat(second.problems())
                    .containsExactly(
                            "error: " + output + ": another command works in this folder; try again when it has ended");
            gate.countDown();
            assertThat(child.awaitExit()).isZero();
        }
    }
}
