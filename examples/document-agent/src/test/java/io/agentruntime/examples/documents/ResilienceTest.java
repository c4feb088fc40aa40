package io.agentruntime.examples.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.testkit.provider.ProviderReply;
import io.agentruntime.testkit.provider.ProviderRequest;
import io.agentruntime.testkit.provider.ProviderServer;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageTotal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lets the models be busy, or down, while the application works. */
class ResilienceTest {
    private static final String FIRST = "test-model";
    private static final String SECOND = "second-model";

    @TempDir
    private Path folder;

    private final ModelServer model = new ModelServer();
    private final Set<String> down = ConcurrentHashMap.newKeySet();
    private ProviderServer server;
    private Path docs;
    private Path output;

    @BeforeEach
    void startServer() throws IOException {
        server = ProviderServer.start(request -> down.contains(request.model()) ? busy(503) : model.apply(request));
        docs = Texts.folder(folder.resolve("docs"));
        output = folder.resolve("output");
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private static ProviderReply busy(int status) {
        return ProviderReply.error(status, "come back at once").header("Retry-After", "0");
    }

    private Agent.Run process(Agent agent) {
        return agent.run("process", "--output", output, docs);
    }

    private Agent agent() {
        return Agent.against(server.openAiUrl());
    }

    private Agent agentWithFallback() {
        return agent().with("OPENAI_FALLBACK_MODEL", SECOND);
    }

    private long sentTo(String name) {
        return server.requests().stream()
                .map(ProviderRequest::model)
                .filter(name::equals)
                .count();
    }

    private static int attempts(List<Bill> bills) {
        return bills.stream().mapToInt(Bill::attempts).sum();
    }

    /** All rows together are what the server told, without an estimate. */
    private void assertUsageIsWhatTheServerReported() throws InterruptedException {
        List<UsageTotal> usage = Agent.usage(output);
        assertThat(usage.stream().map(UsageTotal::tokens).reduce(TokenCounts.ZERO, TokenCounts::plus))
                .isEqualTo(ModelServer.counts(server.reported()));
        assertThat(usage).allMatch(total -> total.estimated() == 0 && total.failed() == 0);
    }

    @Test
    void process_serverIsBusy_isAskedAgainAndEachCallIsOne() throws Exception {
        server.enqueue(busy(503), busy(429));

        Agent.Run run = process(agent());

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.line("This run: "))
                .startsWith("This run: 9 model calls, "
                        + Table.number(server.reported().input()) + " tokens in ");
        assertThat(server.requests()).hasSize(9 + 2);
        assertThat(server.answered()).isEqualTo(9);
        List<Bill> bills = Bill.all(output);
        assertThat(bills)
                .hasSize(9)
                .allMatch(bill -> bill.model().equals(FIRST) && bill.outcome().equals("COMPLETED"));
        assertThat(attempts(bills)).isEqualTo(server.requests().size());
        assertUsageIsWhatTheServerReported();
    }

    @Test
    void process_modelIsDown_fallbackAnswersAndIsInTheAccount() throws Exception {
        down.add(FIRST);

        Agent.Run run = process(agentWithFallback());

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.line("Model: ")).isEqualTo("Model: " + FIRST + " or " + SECOND + " at " + server.openAiUrl());
        assertThat(run.line("This run: ")).startsWith("This run: 9 model calls, ");
        assertThat(sentTo(FIRST)).as("until it is passed over").isBetween(1L, 9L);
        assertThat(sentTo(SECOND)).isEqualTo(9);
        List<Bill> bills = Bill.all(output);
        assertThat(bills).hasSize(9).allSatisfy(bill -> {
            assertThat(bill.requestedModel()).isEqualTo(FIRST);
            assertThat(bill.model()).isEqualTo(SECOND);
        });
        assertThat(attempts(bills)).isEqualTo(server.requests().size());
        assertUsageIsWhatTheServerReported();
    }

    @Test
    void process_modelIsBackAgain_whatTheFallbackMadeIsKept() throws Exception {
        down.add(FIRST);
        process(agentWithFallback());
        down.clear();

        assertThat(process(agentWithFallback()).out()).contains("This run: 0 model calls, 0 tokens.");
        assertThat(process(agent()).out()).contains("This run: 0 model calls, 0 tokens.");
    }

    @Test
    void process_bothModelsAreDown_isSaidAndCostsNothing() throws Exception {
        down.addAll(List.of(FIRST, SECOND));

        Agent.Run run = process(agentWithFallback());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.problems())
                .hasSize(3)
                .allMatch(line -> line.endsWith(": the model " + FIRST + " or " + SECOND
                        + " answered with HTTP status 503: come back at once"));
        assertThat(run.line("This run: ")).startsWith("This run: 9 model calls (9 failed), 0 tokens in ");
        List<Bill> bills = Bill.all(output);
        assertThat(bills).hasSize(9).allMatch(bill -> bill.outcome().equals("FAILED"));
        assertThat(attempts(bills)).isEqualTo(server.requests().size());
        assertThat(Agent.usage(output)).allMatch(total -> total.tokens().equals(TokenCounts.ZERO));
    }

    @Test
    void process_keyIsRefused_fallbackIsNotAsked() {
        server.enqueue(ProviderReply.error(401, "Incorrect API key provided"));

        Agent.Run run = process(agentWithFallback().with("AGENT_EXECUTOR_POOL_SIZE", "1"));

        assertThat(run.problems()).hasSize(1).allMatch(line -> line.contains("HTTP status 401"));
        assertThat(server.requests())
                .hasSize(1)
                .allMatch(request -> request.model().equals(FIRST));
    }

    @Test
    void process_serverWantsALongWait_isNotWaitedFor() throws Exception {
        server.enqueue(ProviderReply.error(429, "come back tomorrow").header("Retry-After", "86400"));

        Agent.Run run = process(agent());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.problems()).hasSize(1).allMatch(line -> line.contains("HTTP status 429: come back tomorrow"));
        assertThat(server.requests()).hasSize(9);
        assertThat(run.line("This run: ")).startsWith("This run: 9 model calls (1 failed), ");
    }

    @Test
    void ask_modelIsDown_fallbackAnswers() throws Exception {
        process(agentWithFallback());
        down.add(FIRST);

        Agent.Run run = agentWithFallback().run("ask", "--output", output, "How do sea otters sleep?");

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("They sleep on their backs.");
        assertThat(sentTo(SECOND)).isEqualTo(1);
        assertThat(Bill.all(output))
                .filteredOn(bill -> bill.model().equals(SECOND))
                .singleElement()
                .satisfies(bill -> assertThat(bill.attempts()).isEqualTo(2));
    }

    @Test
    void process_fallbackIsTheModelItself_isRefused() {
        Agent.Run run = process(agent().with("OPENAI_FALLBACK_MODEL", " " + FIRST + " "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.problems()).containsExactly("error: OPENAI_FALLBACK_MODEL names the same model as OPENAI_MODEL");
        assertThat(server.requests()).isEmpty();
    }
}
