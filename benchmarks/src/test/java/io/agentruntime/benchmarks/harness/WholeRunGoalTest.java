package io.agentruntime.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class WholeRunGoalTest {
    private static final Target TARGET = Target.of(Figure.atMost(1, "x"), Figure.shown("pid"));

    /** Says which process it runs in. */
    static final class Tell implements WholeRun {
        @Override
        public List<Double> run(Effort effort) {
            System.out.println("some other output");
            return List.of((double) effort.amount(2, 1), (double)
                    ProcessHandle.current().pid());
        }
    }

    static final class Break implements WholeRun {
        @Override
        public List<Double> run(Effort effort) {
            throw new IllegalStateException("expected by the test");
        }
    }

    @Test
    void round_ofAProgram_runsItInAnotherProcessAndBringsItsValues() throws Exception {
        List<Double> values = new WholeRunGoal("tell", "tells", TARGET, Tell.class).round(Effort.QUICK);
        assertThat(values.get(0)).isEqualTo(1);
        assertThat(values.get(1)).isNotEqualTo((double) ProcessHandle.current().pid());
    }

    @Test
    void round_ofAProgramThatThrows_fails() {
        Goal goal = new WholeRunGoal("break", "breaks", TARGET, Break.class);
        assertThatThrownBy(() -> goal.round(Effort.QUICK))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ended with 1");
    }

    @Test
    void read_ofOutputWithoutValues_fails() {
        assertThatThrownBy(() -> Child.read("nothing of use\n")).hasMessage("the child JVM printed no values");
    }

    @Test
    void read_ofWhatWasWritten_givesTheSameValues() throws IOException {
        List<Double> values = List.of(1.5, 1e-9, 123_456_789.0);
        assertThat(Child.read("noise\n" + Child.write(values) + "\n")).isEqualTo(values);
    }
}
