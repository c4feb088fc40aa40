package io.agentruntime.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {
    private final Percentiles hundred = Percentiles.of(
            IntStream.rangeClosed(1, 100).mapToDouble(i -> 101 - i).toArray());

    @Test
    void at_ofHundredValues_isTheValueOfThatRank() {
        assertThat(hundred.at(99)).isEqualTo(99);
        assertThat(hundred.at(100)).isEqualTo(100);
        assertThat(hundred.at(0.5)).isEqualTo(1);
    }

    @Test
    void median_ofEvenAndOddCounts_isTheMiddle() {
        assertThat(hundred.median()).isEqualTo(50.5);
        assertThat(Percentiles.of(9, 1, 5).median()).isEqualTo(5);
    }
}
