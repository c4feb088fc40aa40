package io.agentruntime.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The four mistakes with scopes, in both modes. Whatever the mistake, every thread gets back what it had. */
class ContextScopeTest {

    private static final UsageContext ACME = UsageContext.of("acme", "outer");
    private static final UsageContext INNER = UsageContext.of("acme", "inner");

    private boolean modeBefore = ContextScope.strict(true);

    @AfterEach
    void backToTheModeBefore() {
        ContextScope.strict(modeBefore);
        assertThat(UsageContext.current()).as("left behind by the test").isEmpty();
    }

    @Test
    void tests_ofThisProject_runInStrictMode() {
        assertThat(modeBefore).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void close_twice_isReported(boolean strict) {
        ContextScope.strict(strict);
        ContextScope first = ACME.open();
        first.close();
        try (ContextScope second = INNER.open()) {
            assertReported(strict, first::close, "closed twice");
            assertThat(UsageContext.current()).contains(INNER);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("flaw-17")
    void close_onAnotherThread_isReportedAndChangesNeitherThread(boolean strict) {
        ContextScope.strict(strict);
        ContextScope scope = ACME.open();
        UsageContext other = UsageContext.of("other", "f");
        Optional<UsageContext> seenThere = CompletableFuture.supplyAsync(() -> {
                    try (ContextScope otherScope = other.open()) {
                        assertReported(strict, scope::close, "which did not open it");
                        return UsageContext.current();
                    }
                })
                .join();
        assertThat(seenThere).contains(other);
        assertThat(UsageContext.current()).contains(ACME);
        scope.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void close_withInnerScopeLeftOpen_isReportedAndClosesThatToo(boolean strict) {
        ContextScope.strict(strict);
        ContextScope outer = ACME.open();
        ContextScope forgotten = INNER.open();
        assertReported(strict, outer::close, "left open");
        assertThat(UsageContext.current()).isEmpty();
        assertReported(strict, forgotten::close, "closed twice");
        assertThat(UsageContext.current()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void task_leavesAScopeOpen_isReportedAndItsThreadRestored(boolean strict) {
        ContextScope.strict(strict);
        Runnable task = ContextSnapshot.capture().wrap((Runnable) INNER::open);
        try (ContextScope scope = ACME.open()) {
            assertReported(strict, task::run, "left open");
            assertThat(UsageContext.current()).contains(ACME);
        }
    }

    @Test
    void task_leavesAScopeOpenAndThrows_keepsItsOwnExceptionFirst() {
        Runnable task = ContextSnapshot.capture().wrap((Runnable) () -> {
            INNER.open();
            throw new IllegalStateException("task");
        });
        IllegalStateException failure = catchThrowableOfType(IllegalStateException.class, task::run);
        assertThat(failure).hasMessage("task");
        assertThat(failure.getSuppressed()).singleElement().isInstanceOf(ContextScopeException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("flaw-17")
    void close_ofTheCallersScopeInATask_isReportedAndCallerKeepsIt(boolean strict) {
        ContextScope.strict(strict);
        try (ContextScope scope = ACME.open()) {
            Runnable task = ContextSnapshot.capture().wrap((Runnable) scope::close);
            assertReported(strict, task::run, "did not open it");
            assertThat(UsageContext.current()).contains(ACME);
        }
    }

    /** A stream is opened in one task and its end is handled in another one: on the same thread, but for somebody else. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Tag("flaw-17")
    void close_inALaterTaskOnTheSameThread_isReportedAndThatTaskKeepsItsOwn(boolean strict) {
        ContextScope.strict(strict);
        List<ContextScope> opened = new ArrayList<>();
        Runnable opens = ContextSnapshot.capture().wrap((Runnable) () -> opened.add(ACME.open()));
        assertReported(strict, opens::run, "left open");
        UsageContext other = UsageContext.of("other", "f");
        try (ContextScope scope = other.open()) {
            ContextSnapshot.capture().run(() -> {
                assertReported(strict, opened.get(0)::close, "closed");
                assertThat(UsageContext.current()).contains(other);
            });
            assertThat(UsageContext.current()).contains(other);
        }
        assertThat(UsageContext.current()).isEmpty();
    }

    /** Whatever ends the body of a scope, an interruption and an error too, ends the scope. */
    @Test
    @Tag("flaw-14")
    void scope_bodyEndsWithAnyThrowable_isClosed() {
        for (Throwable end : List.of(
                new IllegalStateException("body"),
                new InterruptedException("interrupted"),
                new CancellationException("cancelled"),
                new StackOverflowError("deep"))) {
            UsageContext other = UsageContext.of("other", "f");
            ThrowingCallable body = () -> {
                try (ContextScope outer = ACME.open();
                        ContextScope inner = other.openReplacing()) {
                    throw end;
                }
            };
            assertThatThrownBy(body).isSameAs(end).hasNoSuppressedExceptions();
            assertThat(UsageContext.current()).isEmpty();
            assertThat(ContextScope.openScopes()).isEmpty();
        }
    }

    @Test
    void openScopes_inStrictMode_namesTheirPlaces() {
        assertThat(ContextScope.openScopes()).isEmpty();
        try (ContextScope scope = ACME.open()) {
            assertThat(ContextScope.openScopes())
                    .singleElement()
                    .satisfies(place -> assertThat(place.getStackTrace())
                            .anyMatch(
                                    frame -> frame.getMethodName().equals("openScopes_inStrictMode_namesTheirPlaces")));
        }
        assertThat(ContextScope.openScopes()).isEmpty();
    }

    private static void assertReported(boolean strict, ThrowingCallable mistake, String words) {
        if (strict) {
            ContextScopeException report = catchThrowableOfType(ContextScopeException.class, mistake);
            assertThat(report).hasMessageContaining(words);
            assertThat(Arrays.toString(report.getCause().getStackTrace())).contains("ContextScopeTest");
        } else {
            assertThatCode(mistake).doesNotThrowAnyException();
        }
    }
}
