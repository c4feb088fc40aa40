package io.agentruntime.examples.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentruntime.examples.documents.embedded.SentenceEncoder;
import io.agentruntime.testkit.provider.ProviderReply;
import io.agentruntime.testkit.provider.ProviderRequest;
import io.agentruntime.testkit.provider.ProviderServer;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageTotal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lets the model look for passages itself. */
class ToolTest {
    private static final String QUESTION = "How do sea otters sleep?";
    private static final String WHOLE = "--verbose";
    private static final ProviderReply ANSWER =
            ProviderReply.of("They sleep on ", "their backs.\n", "Sources: []").usage(2_000, 20);

    @TempDir
    private Path folder;

    private ProviderServer server;
    private Path output;

    @BeforeEach
    void processDocuments() throws IOException {
        server = ProviderServer.start(request -> ANSWER);
        output = folder.resolve("output");
        Path docs = Texts.folder(folder.resolve("docs"));
        for (int i = 0; i < 10; i++) {
            Texts.write(docs, "otters" + i + ".md", Texts.OTTERS.replace("north", "north, part " + i));
        }
        try (ProviderServer other = ProviderServer.start(new ModelServer())) {
            assertThat(Agent.against(other.openAiUrl())
                            .run("process", "--organisation", "acme", "--output", output, docs)
                            .exitCode())
                    .isZero();
        }
    }

    @AfterEach
    void stopServer() {
        server.close();
    }

    private static ProviderReply call(String arguments) {
        return ProviderReply.of().toolCall("call-1", "find_passages", arguments).usage(1_000, 10);
    }

    private static ProviderReply search() {
        return call("{\"query\": \"temperature of an oven for bread\"}");
    }

    private Agent.Run ask(String option) {
        return ask(option, Agent.ENCODER);
    }

    private Agent.Run ask(String option, Supplier<SentenceEncoder> encoder) {
        return Agent.against(server.openAiUrl())
                .encoder(encoder)
                .run("ask", "--output", output, "--organisation", "acme", option, QUESTION);
    }

    /** The results of tools in a request, each as the id of its call and its text. */
    private static List<String> results(ProviderRequest request) throws IOException {
        List<String> results = new ArrayList<>();
        for (JsonNode message : new ObjectMapper().readTree(request.body()).path("messages")) {
            if (message.path("role").asText().equals("tool")) {
                results.add(message.path("tool_call_id").asText() + " "
                        + message.path("content").asText());
            }
        }
        return results;
    }

    private static boolean offersTheTool(ProviderRequest request) {
        return request.body().contains("\"tools\"");
    }

    /** One row for each request, and all rows together are what the server told. */
    private void assertUsageIsWhatTheServerReported() throws Exception {
        assertThat(Agent.usage(output))
                .contains(new UsageTotal(
                        "acme",
                        "ask",
                        server.requests().size(),
                        0,
                        ModelServer.counts(server.reported()),
                        0,
                        0,
                        TokenCounts.ZERO));
        assertThat(Bill.all(output))
                .allMatch(bill -> bill.attempts() == 1 && bill.quality().equals("REPORTED"));
    }

    private void assertAnswered(Agent.Run run) {
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().toList()).contains("Answer:   They sleep on their backs.");
    }

    /** Fails in the first searches that the model calls for. */
    private Supplier<SentenceEncoder> failing(int searches) {
        AtomicInteger left = new AtomicInteger(searches);
        return () -> {
            if (!server.requests().isEmpty() && left.getAndDecrement() > 0) {
                throw new UncheckedIOException(new SocketException("secret"));
            }
            return Agent.ENCODER.get();
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {WHOLE, "--stream"})
    void ask_modelDoesNotCall_isOneCallWithTheBestPassages(String option) throws Exception {
        assertAnswered(ask(option));

        assertThat(server.requests())
                .singleElement()
                .satisfies(request -> assertThat(request.prompt()).contains("wrap themselves in kelp", QUESTION))
                .matches(ToolTest::offersTheTool);
        assertUsageIsWhatTheServerReported();
    }

    @ParameterizedTest
    @ValueSource(strings = {WHOLE, "--stream"})
    void ask_modelCallsOnce_getsPassagesAndEachRoundIsOnTheBill(String option) throws Exception {
        server.enqueue(search());

        Agent.Run run = ask(option);

        assertAnswered(run);
        assertThat(run.out()).contains("Cost:     3,000 tokens in, 30 out", "This run: 2 model calls, ");
        List<ProviderRequest> requests = server.requests();
        assertThat(requests).hasSize(2);
        assertThat(requests.get(0).body()).doesNotContain("250 degrees");
        assertThat(results(requests.get(1)))
                .singleElement()
                .asString()
                .startsWith("call-1 -----BEGIN PASSAGE ")
                .contains("250 degrees", "Document: ");
        assertUsageIsWhatTheServerReported();
        assertThat(ask(option).out()).contains("This run: 0 model calls");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "find_passages; {\"query\": ; The arguments do not fit this tool.",
                "find_passages; {\"query\": \" \"}; The arguments do not fit this tool.",
                "find_passages; [17]; The arguments do not fit this tool.",
                "delete_passages; {}; There is no such tool."
            })
    void ask_modelCallsWithNonsense_isToldAndAnswers(String name, String arguments, String told) throws Exception {
        server.enqueue(ProviderReply.of().toolCall("call-1", name, arguments).usage(1_000, 10));

        assertAnswered(ask("--stream"));

        assertThat(results(server.requests().get(1))).containsExactly("call-1 " + told);
        assertUsageIsWhatTheServerReported();
    }

    @Test
    void ask_severalCallsAtOnce_haveOneResultEach() throws Exception {
        server.enqueue(search().toolCall("call-2", "find_passages", "{").toolCall("call-3", "none", "{}"));

        assertAnswered(ask("--stream"));

        assertThat(server.requests()).hasSize(2);
        assertThat(results(server.requests().get(1)))
                .extracting(result -> result.substring(0, 10))
                .containsExactly("call-1 ---", "call-2 The", "call-3 The");
        assertUsageIsWhatTheServerReported();
    }

    @Test
    void ask_toolFailsOnce_isTriedAgainAndTheModelHearsNothingOfIt() throws Exception {
        server.enqueue(search());

        assertAnswered(ask(WHOLE, failing(1)));

        assertThat(results(server.requests().get(1))).singleElement().asString().contains("250 degrees");
        assertUsageIsWhatTheServerReported();
    }

    @Test
    void ask_toolFailsTwice_modelIsToldWithoutInternalsAndAnswers() throws Exception {
        server.enqueue(search());

        assertAnswered(ask(WHOLE, failing(2)));

        assertThat(results(server.requests().get(1))).containsExactly("call-1 The tool failed.");
        assertUsageIsWhatTheServerReported();
    }

    @ParameterizedTest
    @ValueSource(strings = {WHOLE, "--stream"})
    void ask_modelCallsAgainAndAgain_hasToAnswerAtLast(String option) throws Exception {
        server.enqueue(search(), search(), search());

        assertAnswered(ask(option));

        assertThat(server.requests()).hasSize(ToolRounds.MAX + 1);
        assertThat(server.requests().subList(0, ToolRounds.MAX)).allMatch(ToolTest::offersTheTool);
        assertThat(server.requests().get(ToolRounds.MAX)).matches(request -> !offersTheTool(request));
        assertThat(results(server.requests().get(ToolRounds.MAX))).hasSize(ToolRounds.MAX);
        assertUsageIsWhatTheServerReported();
    }

    @Test
    void ask_modelCallsEvenThen_isSaidAndTheBillIsWhole() throws Exception {
        server.enqueue(search(), search(), search(), search());

        Agent.Run run = ask("--stream");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.problems())
                .containsExactly("error: \"" + QUESTION
                        + "\": the model's answer to the task answer is unusable, it holds no text");
        assertThat(server.requests()).hasSize(ToolRounds.MAX + 1);
        assertUsageIsWhatTheServerReported();
    }

    @Test
    void stream_modelSpeaksBeforeItCalls_isPrintedAndNotKept() {
        server.enqueue(search().text("Let me look ", "for more."));

        Agent.Run run = ask("--stream");

        assertAnswered(run);
        assertThat(run.out()).contains("Answer:   Let me look for more.");
        assertThat(ask("--stream").out()).contains("0 model calls").doesNotContain("Let me look");
    }
}
