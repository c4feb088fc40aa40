package io.agentruntime.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.testkit.provider.ProviderReply;
import io.agentruntime.testkit.provider.ProviderServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickStartTest {

    private static final String SOURCE = "src/main/java/io/agentruntime/examples/quickstart/QuickStart.java";

    @TempDir
    Path folder;

    @Test
    void readme_showsThisVerySource() throws IOException {
        String readme = Files.readString(Path.of("../../README.md"));
        String source = Files.readString(Path.of(SOURCE));
        assertThat(readme).contains("```java\n" + source.substring(source.indexOf("import ")) + "```");
    }

    @Test
    void main_printsTheAnswerAndTheBill() throws Exception {
        try (ProviderServer server =
                ProviderServer.start(request -> ProviderReply.of("Hello!").usage(12, 3))) {
            Process process = start(server);
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(output)
                    .contains("Hello!")
                    .contains("organisation=acme", "feature=greetings", "input=12", "output=3");
            assertThat(process.exitValue()).isZero();
        }
    }

    private Process start(ProviderServer server) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        ProcessBuilder builder = new ProcessBuilder(
                java.toString(), "-cp", System.getProperty("java.class.path"), QuickStart.class.getName());
        builder.environment().put("OPENAI_BASE_URL", server.openAiUrl());
        builder.environment().put("OPENAI_API_KEY", "test");
        return builder.directory(folder.toFile()).redirectErrorStream(true).start();
    }
}
