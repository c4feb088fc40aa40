package io.agentruntime.examples.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Console console = new Console(stream(out), stream(err));

    private static PrintStream stream(ByteArrayOutputStream target) {
        return new PrintStream(target, true, StandardCharsets.UTF_8);
    }

    private List<String> out() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void stopping_beforeTheReport_takesItsPlace() {
        assertThat(console.stopping("stopping", () -> {})).isTrue();
        console.line("a document ends");
        console.problem("a call was cut off");
        console.report(List.of("report"));
        console.stopped("stopped");
        console.line("too late");

        assertThat(out()).containsExactly("stopping", "a document ends", "stopped");
        assertThat(err.size()).isZero();
    }

    @Test
    void stopping_firstAction_isDoneBeforeTheLineCanBeReadAndAlsoIfThereIsNone() {
        List<String> outAtAction = new ArrayList<>();

        console.stopping("stopping", () -> outAtAction.addAll(out()));
        assertThat(outAtAction).isEmpty();
        console.stopping("again", () -> outAtAction.addAll(out()));

        assertThat(outAtAction).containsExactly("stopping");
        assertThat(out()).containsExactly("stopping");
    }

    @Test
    void stopping_afterTheReport_saysNothing() {
        console.report(List.of("report"));

        assertThat(console.stopping("stopping", () -> {})).isFalse();
        console.problem("the end was not clean");

        assertThat(out()).containsExactly("report");
        assertThat(console.problems()).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8).strip()).isEqualTo("error: the end was not clean");
    }

    @Test
    void piece_lineAfterIt_beginsANewLine() {
        console.piece("a piece, ");
        console.piece("a second\none");
        console.line("a line");
        console.piece("a third");
        console.problem("it broke");
        console.piece("a fourth");
        console.report(List.of("report"));

        assertThat(out()).containsExactly("a piece, a second", "one", "a line", "a third", "a fourth", "report");
    }

    @Test
    void piece_afterAStopHasBegun_isNotPrinted() {
        console.piece("a piece");
        console.stopping("stopping", () -> {});
        console.piece("too late");
        console.stopped("stopped");

        assertThat(out()).containsExactly("a piece", "stopping", "stopped");
    }

    @Test
    void problem_withControlCharacters_isOneSafeLine() {
        console.problem("two\nlines\u001b[2J");

        assertThat(err.toString(StandardCharsets.UTF_8).strip()).isEqualTo("error: two\\nlines\\u{1b}[2J");
    }
}
