package io.agentruntime.examples.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.usage.UsageTotal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessTest {
    @TempDir
    private Path folder;

    private Path docs;
    private Path output;

    @BeforeEach
    void writeDocuments() throws IOException {
        docs = Texts.folder(folder.resolve("docs"));
        output = folder.resolve("output");
    }

    private Agent.Run process() {
        return Agent.embedded().run("process", "--output", output, docs);
    }

    @Test
    void process_newDocuments_makesEverythingAndSaysWhatItCost() throws Exception {
        Agent.Run run = process();

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.line("Model: ")).contains("embedded-extractive", "no language model");
        assertThat(run.out().lines().filter(line -> line.matches("\\[\\d/3\\] .*")))
                .hasSize(3);
        assertThat(run.out().lines()).allMatch(line -> line.length() <= Console.WIDTH);
        assertThat(run.line("This run: ")).startsWith("This run: 9 model calls, ");
        assertThat(Agent.files(output).keySet())
                .filteredOn(name -> name.contains("generated"))
                .hasSize(9)
                .allMatch(name -> name.matches("local/generated/[^/]+/(summary|faqs|questions)\\.json\\+"));
        List<UsageTotal> usage = Agent.usage(output);
        assertThat(usage)
                .extracting(UsageTotal::feature)
                .containsExactly("document-faqs", "document-questions", "document-summary");
        assertThat(usage).allSatisfy(total -> {
            assertThat(total.calls()).isEqualTo(3);
            assertThat(total.tokens().input()).isPositive();
            assertThat(total.tokens().output()).isPositive();
        });
    }

    @Test
    void process_unchangedDocuments_makesNoCall() throws Exception {
        process();
        Map<String, String> files = Agent.files(output);
        List<UsageTotal> usage = Agent.usage(output);

        Agent.Run again = process();

        assertThat(again.exitCode()).isZero();
        assertThat(again.out())
                .contains("This run: 0 model calls, 0 tokens.", "Nothing changed: every answer came from the cache.");
        assertThat(Agent.files(output)).isEqualTo(files);
        assertThat(Agent.usage(output)).isEqualTo(usage);
    }

    @Test
    void process_oneDocumentChanged_makesThatOneAnew() throws Exception {
        process();
        Map<String, String> before = Agent.files(output);
        Files.writeString(
                docs.resolve("otters.md"), Texts.OTTERS + "\nOtters can hold their breath for five minutes.\n");

        Agent.Run again = process();

        assertThat(again.line("This run: ")).startsWith("This run: 3 model calls, ");
        assertThat(again.out()).doesNotContain("Nothing changed");
        Map<String, String> after = Agent.files(output);
        assertThat(after.keySet()).isEqualTo(before.keySet());
        assertThat(after).allSatisfy((name, content) -> {
            if (!name.contains("otters")) {
                assertThat(content).isEqualTo(before.get(name));
            } else {
                assertThat(content).isNotEqualTo(before.get(name));
            }
        });
    }
}
