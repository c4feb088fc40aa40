package io.agentruntime.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.Optional;
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
    void close_ofTheCallersScopeInATask_isReportedAndCallerKeepsIt(boolean strict) {
        ContextScope.strict(strict);
        try (ContextScope scope = ACME.open()) {
            Runnable task = ContextSnapshot.capture().wrap((Runnable) scope::close);
            assertReported(strict, task::run, "did not open it");
            assertThat(UsageContext.current()).contains(ACME);
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
