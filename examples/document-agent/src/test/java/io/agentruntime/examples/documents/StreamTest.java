package io.agentruntime.examples.documents;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.output.FinishReason;
import io.agentruntime.testkit.provider.ProviderGate;
import io.agentruntime.testkit.provider.ProviderReply;
import io.agentruntime.testkit.provider.ProviderRequest;
import io.agentruntime.testkit.provider.ProviderServer;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageTotal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Asks for answers in pieces. */
class StreamTest {
    private static final String QUESTION = "How do sea otters sleep?";
    private static final String NO_CALLS = "This run: 0 model calls, 0 tokens.";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final ProviderGate gate = new ProviderGate();
    private ProviderServer server;
    private Path output;
    private ProviderReply answer;
    private List<String> lines;

    @BeforeEach
    void processDocuments() throws IOException {
        output = folder.resolve("output");
        Path document = Texts.write(folder, "otters.md", Texts.OTTERS);
        answer = answer(document);
        lines = List.of(
                "Question: How do sea otters sleep?",
                "Answer:   Sea otters sleep on their backs in the cold coastal waters of the northern Pacific Ocean,",
                "          and wrap themselves in kelp, so that no current carries them away.",
                "Sources:  " + document);
        server = ProviderServer.start(request -> answer);
        try (ProviderServer other = ProviderServer.start(new ModelServer())) {
            assertThat(Agent.against(other.openAiUrl())
                            .with("OPENAI_MODEL", "other-model")
                            .run("process", "--organisation", "acme", "--output", output, document)
                            .exitCode())
                    .isZero();
        }
    }

    /** Its first line on the console is whole when the fourth piece has come. */
    private static ProviderReply answer(Path source) {
        return ProviderReply.of(
                        "Sea otters sl",
                        "eep on their backs in the cold coastal waters of ",
                        "the northern Pacific Ocean, and ",
                        "wrap themselves in kelp, ",
                        "so that no current car",
                        "ries them away.\n",
                        "Sour",
                        "ces: [\"",
                        source + "\"]")
                .usage(1_000, 40);
    }

    @AfterEach
    void stopServer() {
        gate.open();
        server.close();
    }

    private Agent agent() {
        return Agent.against(server.openAiUrl());
    }

    private Object[] ask(Object... more) {
        List<Object> args = new ArrayList<>(List.of("ask", "--output", output, "--organisation", "acme"));
        args.addAll(List.of(more));
        return args.toArray();
    }

    private Agent.Run stream() {
        return agent().run(ask("--stream", QUESTION));
    }

    private List<Bill> bills() throws Exception {
        return Bill.all(output).stream()
                .filter(bill -> bill.requestedModel().equals("test-model"))
                .toList();
    }

    private UsageTotal usage() throws InterruptedException {
        return Agent.usage(output).stream()
                .filter(total -> total.feature().equals("ask"))
                .findFirst()
                .orElseThrow();
    }

    private void assertIsAskedAnew() {
        int before = server.requests().size();
        Agent.Run next = stream();
        assertThat(next.exitCode()).isZero();
        assertThat(next.out().lines()).containsAll(lines);
        assertThat(server.requests()).hasSize(before + 1);
    }

    @Test
    void stream_isPrintedWhileItComesAndKeptAsItWasPrinted() throws Exception {
        server.enqueue(answer.stallAfter(4, gate));
        try (ChildAgent child = ChildAgent.start(agent().environment(), ask("--stream", QUESTION))) {
            child.awaitLine("Answer: ");
            assertThat(server.answered()).as("the rest waits").isZero();
            gate.open();

            assertThat(child.awaitExit()).isZero();
            assertThat(child.lines()).containsSubsequence(lines);
            assertThat(child.lines())
                    .contains("Cost:     1,000 tokens in, 40 out")
                    .noneMatch(line -> line.contains("[\""));
        }
        assertThat(server.requests()).hasSize(1).allMatch(ProviderRequest::streaming);
        assertThat(usage())
                .isEqualTo(new UsageTotal(
                        "acme", "ask", 1, 0, ModelServer.counts(server.reported()), 0, 0, TokenCounts.ZERO));
        for (Agent.Run again : List.of(stream(), agent().run(ask(QUESTION)))) {
            assertThat(again.out()).contains(NO_CALLS);
            assertThat(again.out().lines().toList()).containsSubsequence(lines);
        }
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void stream_answerThatWasNotStreamed_isInTheCacheToo() {
        Agent.Run whole = agent().run(ask(QUESTION));

        assertThat(whole.out().lines().toList()).containsSubsequence(lines);
        assertThat(server.requests()).hasSize(1).noneMatch(ProviderRequest::streaming);
        assertThat(stream().out()).contains(NO_CALLS);
    }

    @Test
    void stream_modelIsDown_fallbackAnswersBeforeAnythingIsPrinted() throws Exception {
        server.enqueue(ProviderReply.error(503, "down").header("Retry-After", "0"));

        Agent.Run run = agent().with("OPENAI_FALLBACK_MODEL", "second-model").run(ask("--stream", QUESTION));

        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines().toList()).containsSubsequence(lines);
        assertThat(server.requests()).extracting(ProviderRequest::model).containsExactly("test-model", "second-model");
        assertThat(bills()).containsExactly(new Bill("test-model", "second-model", 2, "REPORTED", "COMPLETED"));
    }

    @Test
    void stream_serverIsBusy_isAskedAgainAndIsOneCall() throws Exception {
        server.enqueue(ProviderReply.error(429, "busy").header("Retry-After", "0"));

        Agent.Run run = stream();

        assertThat(run.err()).isEmpty();
        assertThat(run.line("This run: ")).isEqualTo("This run: 1 model call, 1,000 tokens in (0 cached), 40 out.");
        assertThat(bills()).containsExactly(new Bill("test-model", "test-model", 2, "REPORTED", "COMPLETED"));
    }

    @Test
    void stream_breaksOff_isSaidAndNeitherRepeatedNorKept() throws Exception {
        server.enqueue(answer.errorAfter(4, "overloaded"));

        Agent.Run run = stream();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.problems())
                .hasSize(1)
                .allMatch(line -> line.startsWith("error: \"" + QUESTION + "\": the model "));
        assertThat(run.out().lines().toList())
                .containsSubsequence(lines.subList(0, 2))
                .doesNotContain(lines.get(3));
        assertThat(server.requests()).hasSize(1);
        assertThat(usage().estimated()).isPositive();
        assertIsAskedAnew();
    }

    @ParameterizedTest
    @CsvSource({"--stream, TRUNCATED", "--verbose, COMPLETED"})
    void ask_answerIsNotWhole_isSaidAndNotKept(String option, String last) throws Exception {
        boolean streamed = option.equals("--stream");
        server.enqueue(
                answer.finish(FinishReason.LENGTH),
                streamed ? answer.cutAfter(5) : answer.finish(FinishReason.CONTENT_FILTER));

        Agent.Run tooLong = agent().run(ask(option, QUESTION));

        assertThat(tooLong.exitCode()).isEqualTo(1);
        assertThat(tooLong.problems())
                .containsExactly("error: \"" + QUESTION + "\": the model test-model failed: its answer is not whole");
        assertThat(agent().run(ask(option, QUESTION)).problems()).isEqualTo(tooLong.problems());
        assertThat(bills()).extracting(Bill::outcome).containsExactlyInAnyOrder("COMPLETED", last);
        assertIsAskedAnew();
    }

    @Test
    void stream_terminatedInTheMiddle_isCancelledAndOnTheBill() throws Exception {
        server.enqueue(answer.stallAfter(5, gate));
        try (ChildAgent child = ChildAgent.start(agent().environment(), ask("--stream", QUESTION, "What is new?"))) {
            child.awaitLine("Answer: ");
            long began = System.nanoTime();
            child.terminate();

            assertThat(child.awaitExit()).isEqualTo(128 + 15);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
            assertThat(child.lines().get(child.lines().size() - 1))
                    .startsWith("Stopped: ")
                    .contains("1 model call accounted for");
            assertThat(child.lines())
                    .contains("Stopping: the answer is cancelled.", "Not answered: " + QUESTION)
                    .noneMatch(line -> line.startsWith("error: "));
        }
        server.awaitClientsGone(1, PATIENCE);

        assertThat(server.requests()).hasSize(1);
        assertThat(bills()).containsExactly(new Bill("test-model", "test-model", 1, "ESTIMATED", "CANCELLED"));
        UsageTotal cancelled = usage();
        assertThat(cancelled.tokens().output()).as("of what was seen").isPositive();
        assertThat(cancelled.estimated()).isEqualTo(cancelled.tokens().total());
        assertThat(Agent.audit(output, "acme"))
                .extracting(entry -> entry.action() + " " + entry.outcome())
                .endsWith("question.ask stopped");
        gate.open();
        assertIsAskedAnew();
        assertThat(usage().tokens()).isEqualTo(cancelled.tokens().plus(ModelServer.counts(server.reported())));
    }

    @Test
    void stream_terminatedBeforeTheFirstPiece_isCancelledAndOnTheBill() throws Exception {
        server.enqueue(answer.stallInHeaders(gate));
        try (ChildAgent child = ChildAgent.start(agent().environment(), ask("--stream", QUESTION))) {
            server.awaitRequests(1, PATIENCE);
            child.terminate();

            assertThat(child.awaitExit()).isEqualTo(128 + 15);
            assertThat(child.lines()).contains("Not answered: " + QUESTION);
        }
        assertThat(bills()).containsExactly(new Bill("test-model", "test-model", 1, "ESTIMATED", "CANCELLED"));
        assertThat(usage().estimated()).isPositive().isEqualTo(usage().tokens().total());
    }

    @Test
    void stream_embeddedModel_answersAtOnce() {
        Agent.Run run = Agent.embedded().run(ask("--stream", QUESTION));

        assertThat(run.err()).isEmpty();
        assertThat(run.line("Answer: ")).contains("sleep on their backs");
        assertThat(run.line("Sources: ")).endsWith("otters.md");
        assertThat(server.requests()).isEmpty();
    }
}
