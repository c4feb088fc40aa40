package io.agentruntime.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ContextSnapshotTest {

    private static final UsageContext ACME = UsageContext.of("acme", "summaries");
    private static final UsageContext OTHER = UsageContext.of("other", "summaries");

    @Test
    void wrap_runOnAnotherThread_seesTheContextAndLeavesNothing() {
        Callable<Optional<UsageContext>> task;
        try (ContextScope scope = ACME.open()) {
            task = ContextSnapshot.capture().wrap((Callable<Optional<UsageContext>>) UsageContext::current);
        }
        var seen = CompletableFuture.supplyAsync(() -> {
            try {
                return new Object[] {task.call(), UsageContext.current()};
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThat(seen.join()).containsExactly(Optional.of(ACME), Optional.empty());
    }

    @Test
    @Tag("flaw-15")
    void wrap_runUnderAnotherContext_seesTheOneOfTheWrapping() throws Exception {
        Callable<UsageContext> task;
        try (ContextScope scope = ACME.open()) {
            task = ContextSnapshot.capture().wrap((Callable<UsageContext>) UsageContext::required);
        }
        try (ContextScope scope = OTHER.open()) {
            assertThat(task.call()).isEqualTo(ACME);
            assertThat(UsageContext.required()).isEqualTo(OTHER);
        }
    }

    @Test
    void wrap_capturedWithoutContext_runsWithoutOne() {
        Optional<?>[] seen = new Optional<?>[1];
        Runnable task = ContextSnapshot.capture().wrap(() -> {
            seen[0] = UsageContext.current();
        });
        try (ContextScope scope = ACME.open()) {
            task.run();
            assertThat(UsageContext.current()).contains(ACME);
        }
        assertThat(seen[0]).isEmpty();
    }

    @Test
    void wrap_taskThrows_restores() {
        Runnable task = ContextSnapshot.capture().wrap((Runnable) () -> {
            throw new IllegalStateException("task");
        });
        try (ContextScope scope = ACME.open()) {
            assertThatThrownBy(task::run).hasMessage("task");
            assertThat(UsageContext.current()).contains(ACME);
        }
    }

    @Test
    void open_onAThreadThatWorksForAnother_isAllowed() {
        ContextSnapshot acme;
        try (ContextScope scope = ACME.open()) {
            acme = ContextSnapshot.capture();
        }
        try (ContextScope scope = OTHER.open()) {
            try (ContextScope inner = acme.open()) {
                assertThat(UsageContext.current()).contains(ACME);
            }
            acme.run(() -> assertThat(UsageContext.current()).contains(ACME));
            assertThat(UsageContext.current()).contains(OTHER);
        }
    }
}
