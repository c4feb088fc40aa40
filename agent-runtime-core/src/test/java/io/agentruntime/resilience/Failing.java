package io.agentruntime.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** For calls that are made to fail, and whose failure is another test's business. */
final class Failing {

    private Failing() {}

    static void fails(ThrowingCallable call) {
        assertThat(catchThrowable(call)).isNotNull();
    }
}
