package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ManualTickerTest {

    private final ManualTicker ticker = new ManualTicker();

    @Test
    void advance_movesBothTimes() {
        long nanos = ticker.read();
        Instant instant = ticker.instant();
        ticker.advance(Duration.ofSeconds(90));
        assertThat(ticker.read() - nanos).isEqualTo(Duration.ofSeconds(90).toNanos());
        assertThat(Duration.between(instant, ticker.instant())).isEqualTo(Duration.ofSeconds(90));
        assertThat(ticker.read()).as("has wrapped around").isNegative();
    }

    @Test
    void advance_backwards_isRejected() {
        assertThatThrownBy(() -> ticker.advance(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("time cannot run backwards: PT-0.000000001S");
    }

    @Test
    void setInstant_leavesTheElapsedTime() {
        long nanos = ticker.read();
        ticker.setInstant(Instant.EPOCH);
        assertThat(ticker.instant()).isEqualTo(Instant.EPOCH);
        assertThat(ticker.millis()).isZero();
        assertThat(ticker.read()).isEqualTo(nanos);
    }

    @Test
    void read_byADeadline_survivesTheWrapAround() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(10), ticker);
        ticker.advance(Duration.ofSeconds(9));
        assertThat(deadline.expired()).isFalse();
        assertThat(deadline.remaining()).isEqualTo(Duration.ofSeconds(1));
        ticker.advance(Duration.ofSeconds(1));
        assertThat(deadline.expired()).isTrue();
    }
}
