package io.agentruntime.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.benchmarks.harness.CommandLine;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MainTest {
    @Test
    void goals_ofThisModule_canBeListed() {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        PrintStream results = new PrintStream(lines, true, StandardCharsets.UTF_8);

        assertThat(new CommandLine(Main.GOALS, results, results).run()).isZero();
        assertThat(lines.toString(StandardCharsets.UTF_8).lines())
                .hasSameSizeAs(Main.GOALS)
                .allMatch(line -> line.split(" {2,}").length == 3);
    }
}
