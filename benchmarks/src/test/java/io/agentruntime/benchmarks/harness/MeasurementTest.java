package io.agentruntime.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MeasurementTest {
    private static final Target ONE_OF_EACH =
            Target.of(Figure.atMost(25, "ns"), Figure.atLeast(500_000, "events/s"), Figure.shown("B"));

    private static boolean passed(double nanos, double rate, double bytes) {
        return new Measurement(ONE_OF_EACH, List.of(nanos, rate, bytes)).passed();
    }

    @Test
    void passed_atTheLimits_isTrue() {
        assertThat(passed(25, 500_000, 1e9)).isTrue();
    }

    @Test
    void passed_justBeyondALimit_isFalse() {
        assertThat(passed(Math.nextUp(25.0), 500_000, 0)).isFalse();
        assertThat(passed(25, Math.nextDown(500_000.0), 0)).isFalse();
    }

    @Test
    void passed_withSomethingThatIsNoNumber_isFalse() {
        assertThat(passed(Double.NaN, 500_000, 0)).isFalse();
        assertThat(passed(25, Double.NaN, 0)).isFalse();
        assertThat(passed(25, 500_000, Double.NaN)).isFalse();
    }

    @Test
    void text_ofTargetAndValues_hasOneItemForEachFigure() {
        assertThat(ONE_OF_EACH.text()).isEqualTo("<= 25 ns, >= 500000 events/s, -");
        assertThat(new Measurement(ONE_OF_EACH, List.of(6.125, 1_234_567.8, 0.25)).text())
                .isEqualTo("6.13 ns, 1234568 events/s, 0.250 B");
    }

    @Test
    void median_ofSeveralRounds_isTakenForEachFigureAlone() {
        Measurement median = Measurement.median(
                ONE_OF_EACH, List.of(List.of(1.0, 30.0, 5.0), List.of(2.0, 10.0, 6.0), List.of(9.0, 20.0, 7.0)));
        assertThat(median.values()).containsExactly(2.0, 20.0, 6.0);
    }

    @Test
    void new_withAValueTooFew_isRejected() {
        assertThatThrownBy(() -> new Measurement(ONE_OF_EACH, List.of(1.0, 2.0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("2 values for 3 figures: [1.0, 2.0]");
    }

    @Test
    void target_withoutAnyLimit_isRejected() {
        assertThatThrownBy(() -> Target.of(Figure.shown("ns")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without a limit");
    }

    @Test
    void figure_withAUnitThatTheLineCannotCarry_isRejected() {
        for (String unit : List.of("", "ns, p50", "ns  p50")) {
            assertThatThrownBy(() -> Figure.shown(unit)).hasMessageStartingWith("not a unit: '" + unit + "'");
        }
    }
}
