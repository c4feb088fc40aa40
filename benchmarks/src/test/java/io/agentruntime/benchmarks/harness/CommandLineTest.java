package io.agentruntime.benchmarks.harness;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandLineTest {
    private final ByteArrayOutputStream results = new ByteArrayOutputStream();
    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

    private final ScriptedGoal fast = new ScriptedGoal("fast", Target.of(Figure.atMost(25, "ns"), Figure.shown("B")));
    private final ScriptedGoal wide = new ScriptedGoal("wide-one", Target.of(Figure.atLeast(0.9, "x raw pool")));

    /** Hands out one list of values for each round. */
    private record ScriptedGoal(String id, Target target, Deque<List<Double>> script) implements Goal {
        ScriptedGoal(String id, Target target) {
            this(id, target, new ArrayDeque<>());
        }

        @Override
        public String description() {
            return "what " + id + " measures";
        }

        @Override
        public List<Double> round(Effort effort) throws IOException {
            if (script.isEmpty()) {
                throw new IOException("the disk  is\nfull");
            }
            return script.remove();
        }
    }

    private int run(String... args) {
        return new CommandLine(
                        List.of(fast, wide),
                        new PrintStream(results, true, UTF_8),
                        new PrintStream(progress, true, UTF_8))
                .run(args);
    }

    private List<String> goalLines() {
        return results.toString(UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }

    private static List<String> columns(String line) {
        return List.of(line.split(" {2,}"));
    }

    @Test
    void run_withoutArguments_listsEveryGoalWithTargetAndDescription() {
        assertThat(run()).isZero();
        assertThat(goalLines())
                .map(CommandLineTest::columns)
                .containsExactly(
                        List.of("fast", "<= 25 ns, -", "what fast measures"),
                        List.of("wide-one", ">= 0.9 x raw pool", "what wide-one measures"));
    }

    @Test
    void run_ofAllWithinTheirTargets_printsAlignedPassLines() {
        fast.script.add(List.of(6.1, 24.0));
        wide.script.add(List.of(0.9));

        assertThat(run("--quick", "all")).isZero();
        assertThat(goalLines())
                .containsExactly(
                        "fast      6.10 ns, 24.0 B    <= 25 ns, -        PASS",
                        "wide-one  0.900 x raw pool   >= 0.9 x raw pool  PASS");
    }

    @Test
    void run_ofOneBeyondItsTarget_printsFailAndExitsWithOne() {
        fast.script.add(List.of(25.01, 24.0));

        assertThat(run("--quick", "fast")).isOne();
        assertThat(goalLines())
                .map(CommandLineTest::columns)
                .containsExactly(List.of("fast", "25.0 ns, 24.0 B", "<= 25 ns, -", "FAIL"));
    }

    @Test
    void run_inFull_takesTheMedianOfFiveRounds() {
        for (double value : new double[] {90, 10, 30, 20, 80}) {
            fast.script.add(List.of(value, 100 - value));
        }

        assertThat(run("fast")).isOne();
        assertThat(goalLines()).singleElement().asString().startsWith("fast  30.0 ns, 70.0 B  ");
        assertThat(results.toString(UTF_8)).contains("# cores: ", "# jvm: ").doesNotContain("quick");
    }

    @Test
    void run_withQuick_saysThatFiguresAreNotComparable() {
        fast.script.add(List.of(1.0, 1.0));

        run("fast", "--quick");
        assertThat(results.toString(UTF_8)).contains("# quick: figures are not comparable\n");
    }

    @Test
    void run_ofGoalThatBreaks_failsItInOneLineAndGoesOn() {
        wide.script.add(List.of(1.0));

        assertThat(run("--quick", "fast", "wide-one")).isOne();
        assertThat(goalLines().get(0)).matches("fast +not measured: IOException: the disk is full +<= 25 ns, - +FAIL");
        assertThat(goalLines().get(1)).startsWith("wide-one").endsWith("PASS");
    }

    @Test
    void run_ofUnknownId_namesItAndTheKnownOnesAndMeasuresNothing() {
        fast.script.add(List.of(1.0, 1.0));

        assertThat(run("fast", "slow")).isEqualTo(2);
        assertThat(progress.toString(UTF_8)).contains("unknown goal 'slow', known: fast wide-one");
        assertThat(results.size()).isZero();
        assertThat(fast.script).hasSize(1);
    }

    @Test
    void run_ofQuickAlone_isNotUnderstood() {
        assertThat(run("--quick")).isEqualTo(2);
        assertThat(progress.toString(UTF_8)).contains("usage: ");
    }

    @Test
    void new_withTwoGoalsOfOneId_isRejected() {
        assertThatThrownBy(() -> new CommandLine(List.of(fast, fast), System.out, System.err))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two goals with the id fast");
    }
}
