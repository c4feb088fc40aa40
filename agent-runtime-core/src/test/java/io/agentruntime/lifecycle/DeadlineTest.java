package io.agentruntime.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeadlineTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 10); // elapsed time may overflow

    @Test
    void remaining_asTimePasses_shrinksToZero() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(2), nanos::get);
        assertThat(deadline.remaining()).isEqualTo(Duration.ofSeconds(2));
        nanos.addAndGet(Duration.ofMillis(500).toNanos());
        assertThat(deadline.remaining()).isEqualTo(Duration.ofMillis(1500));
        assertThat(deadline.expired()).isFalse();
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        assertThat(deadline.remaining()).isZero();
        assertThat(deadline.expired()).isTrue();
    }

    @Test
    void within_laterTime_keepsTheEarlierDeadline() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(2), nanos::get);
        assertThat(deadline.within(Duration.ofSeconds(1)).remaining()).isEqualTo(Duration.ofSeconds(1));
        assertThat(deadline.within(Duration.ofSeconds(3))).isSameAs(deadline);
    }

    @Test
    void after_extremeTimes_areBounded() {
        assertThat(Deadline.after(Duration.ofSeconds(-1), nanos::get).expired()).isTrue();
        assertThat(Deadline.after(Duration.ofSeconds(Long.MAX_VALUE), nanos::get)
                        .remaining())
                .isEqualTo(Duration.ofDays(365));
    }
}
