package io.agentruntime.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

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
    @Tag("flaw-14")
    void task_endsWithAnyThrowable_restores() {
        ContextSnapshot nothing = ContextSnapshot.capture();
        for (Throwable end : List.of(
                new IllegalStateException("task"),
                new InterruptedException("interrupted"),
                new CancellationException("cancelled"),
                new StackOverflowError("deep"))) {
            Callable<String> throwing = nothing.wrap((Callable<String>) () -> {
                throw ContextSnapshotTest.<IllegalStateException>undeclared(end);
            });
            Runnable task = () -> {
                throw ContextSnapshotTest.<IllegalStateException>undeclared(end);
            };
            try (ContextScope scope = ACME.open()) {
                assertThatThrownBy(throwing::call).isSameAs(end);
                assertThatThrownBy(nothing.wrap(task)::run).isSameAs(end);
                assertThatThrownBy(() -> nothing.run(task)).isSameAs(end);
                assertThatThrownBy(() -> nothing.call(() -> {
                            task.run();
                            return "never";
                        }))
                        .isSameAs(end);
                assertThat(UsageContext.current()).contains(ACME);
            }
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T undeclared(Throwable failure) throws T {
        throw (T) failure;
    }

    /** What was captured stays as it was, whatever becomes of the thread that it was captured on. */
    @Test
    @Tag("flaw-15")
    void capture_threadGoesOnAndEnds_snapshotStays() throws Exception {
        CompletableFuture<ContextSnapshot> captured = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try (ContextScope scope = ACME.open()) {
                MDC.put("request", "r-1");
                captured.complete(ContextSnapshot.capture());
                MDC.put("request", "r-2");
            }
            OTHER.open().close();
        });
        thread.start();
        thread.join();
        captured.join().run(() -> {
            assertThat(UsageContext.required()).isEqualTo(ACME);
            assertThat(MDC.get("request")).isEqualTo("r-1");
        });
        assertThat(MDC.get("request")).isNull();
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
