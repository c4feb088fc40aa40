package io.agentruntime.examples.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.examples.documents.prompts.Prompts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AskTest {
    private static final String QUESTION = "How do sea otters sleep?";
    private static final String NO_CALLS = "This run: 0 model calls, 0 tokens.";

    @TempDir
    private Path folder;

    private Path docs;
    private Path output;

    @BeforeEach
    void processDocuments() throws IOException {
        docs = Texts.folder(folder.resolve("docs"));
        output = folder.resolve("output");
        process();
    }

    private void process() {
        assertThat(Agent.embedded().run("process", "--output", output, docs).exitCode())
                .isZero();
    }

    private Agent.Run ask(Object... more) {
        Object[] args = new Object[more.length + 3];
        args[0] = "ask";
        args[1] = "--output";
        args[2] = output;
        System.arraycopy(more, 0, args, 3, more.length);
        return Agent.embedded().run(args);
    }

    @Test
    void ask_sameQuestionAgain_comesFromTheCache() {
        Agent.Run first = ask(QUESTION);
        Agent.Run second = ask(QUESTION);

        assertThat(first.exitCode()).isZero();
        assertThat(first.err()).isEmpty();
        assertThat(first.line("Answer:")).contains("backs");
        assertThat(first.out()).contains("otters.md").doesNotContain("bread.txt", "bridges.md");
        assertThat(first.line("This run: ")).startsWith("This run: 1 model call, ");
        assertThat(second.out()).contains(NO_CALLS, "from the response cache");
        assertThat(second.line("Answer:")).isEqualTo(first.line("Answer:"));
    }

    @Test
    void ask_otherSession_isAnsweredAnew() {
        ask(QUESTION);

        Agent.Run other = ask("--session", "another", QUESTION);

        assertThat(other.line("This run: ")).startsWith("This run: 1 model call, ");
        assertThat(ask("--session", "another", QUESTION).out()).contains(NO_CALLS);
    }

    @Test
    void ask_changedDocument_isAnsweredAnew() throws Exception {
        ask(QUESTION);
        Files.writeString(docs.resolve("bread.txt"), Texts.BREAD + "\nThe bread must cool before it is cut.\n");
        process();

        assertThat(ask(QUESTION).line("This run: ")).startsWith("This run: 1 model call, ");
        assertThat(ask("When may the bread be cut?").out()).contains("cool");
    }

    @Test
    void ask_unrelatedQuestion_isAnsweredHonestly() {
        Agent.Run run = ask("Who won the football world cup of 1954?");

        assertThat(run.exitCode()).isZero();
        assertThat(run.line("Answer:")).contains(Prompts.NO_ANSWER);
        assertThat(run.line("Sources:")).isEmpty();
    }

    @Test
    void ask_questionsOnStandardInput_areAnsweredLineByLine() {
        Agent.Run run = Agent.embedded()
                .input("How do sea otters sleep?\n\n  How hot is the oven?  \n")
                .run("ask", "--output", output);

        assertThat(run.out().lines().filter(line -> line.startsWith("Question:")))
                .containsExactly("Question: How do sea otters sleep?", "Question: How hot is the oven?");
        assertThat(run.out()).contains("250 degrees");
        assertThat(run.line("This run: ")).startsWith("This run: 2 model calls, ");
    }

    @Test
    void ask_otherOrganisation_findsNothing() {
        Agent.Run run = ask("--organisation", "globex", QUESTION);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.problems())
                .containsExactly("error: " + output + ": no document of the organisation globex was processed yet");
    }
}
