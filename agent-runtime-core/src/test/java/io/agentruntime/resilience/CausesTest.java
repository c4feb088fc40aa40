package io.agentruntime.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class CausesTest {

    private final Exception first = new IOException("first");
    private final Exception second = new IOException("second");

    @Test
    void suppress_twoFailures_keepsTheEarlierInTheLater() {
        Causes.suppress(second, first);
        Causes.suppress(second, first);
        assertThat(second.getSuppressed()).containsExactly(first);
    }

    @Test
    void suppress_whatIsKnownEitherWay_makesNoCircle() {
        Causes.suppress(first, first);
        IOException outer = new IOException("outer", first);
        Causes.suppress(outer, first);
        Causes.suppress(first, outer);
        assertThat(first.getSuppressed()).isEmpty();
        assertThat(outer.getSuppressed()).isEmpty();
        first.addSuppressed(second);
        Causes.suppress(second, first);
        Causes.suppress(second, outer);
        assertThat(second.getSuppressed()).isEmpty();
    }
}
