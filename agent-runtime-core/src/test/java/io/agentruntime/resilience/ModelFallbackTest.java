package io.agentruntime.resilience;

import static io.agentruntime.resilience.Failing.fails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.resilience.ModelFallback.Answer;
import io.agentruntime.resilience.ModelFallback.NoRouteException;
import io.agentruntime.resilience.ModelFallback.Plan;
import io.agentruntime.resilience.ModelFallback.Route;
import io.agentruntime.resilience.ModelFallback.RouteFailure;
import io.agentruntime.resilience.ModelFallback.RouteStatistics;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

@Tag("flaw-61")
class ModelFallbackTest {

    private final ManualTimer time = new ManualTimer();
    private final ModelFallback<String> fallback = builder().build();

    private ModelFallback.Builder<String> builder() {
        return ModelFallback.<String>builder("chat")
                .ticker(time.ticker())
                .clock(time.clock())
                .route("first", "model-1")
                .route("second", "model-2")
                .route("third", "model-3");
    }

    private static ProviderHttpException answer(int status, String... header) {
        return new ProviderHttpException(
                status, "secret", header.length == 0 ? Map.of() : Map.of(header[0], List.of(header[1])));
    }

    private static RuntimeException ofKind(FailureKind kind) {
        return switch (kind) {
            case TRANSIENT -> new IllegalTransient();
            case RATE_LIMITED -> answer(429);
            case INVALID_REQUEST -> answer(400);
            case AUTHENTICATION -> answer(401);
            case CONTENT_FILTERED -> new ProviderHttpException(400, "content_filter", Map.of());
            case CONTEXT_WINDOW -> new ProviderHttpException(400, "context_length_exceeded", Map.of());
            case CANCELLED -> new CancellationException();
            case BUG -> new NullPointerException();
        };
    }

    private static final class IllegalTransient extends RuntimeException {
        private static final long serialVersionUID = 1L;

        IllegalTransient() {
            super(new ConnectException());
        }
    }

    /** Begins and fails a call on its first route, without going on. */
    private void failFirst(RuntimeException failure) {
        Plan<String> plan = fallback.begin(null);
        assertThat(plan.route().name()).isEqualTo("first");
        plan.failed(failure);
        plan.ended();
    }

    private String firstRoute() {
        Plan<String> plan = fallback.begin(null);
        plan.ended();
        return plan.route().name();
    }

    private long coolsFor(String route) {
        return fallback.statistics().stream()
                .filter(figures -> figures.name().equals(route))
                .mapToLong(figures -> figures.coolsFor().toSeconds())
                .sum();
    }

    @Tag("flaw-59")
    @Test
    void execute_firstFails_asksTheSecondAndSaysSo() {
        Answer<String> answer = fallback.execute(model -> {
            if (model.equals("model-1")) {
                throw new IllegalTransient();
            }
            return "answer of " + model;
        });
        assertThat(answer.value()).isEqualTo("answer of model-2");
        assertThat(answer.route()).isEqualTo("second");
        assertThat(answer.failures()).extracting(RouteFailure::route).containsExactly("first");
        assertThat(answer.failures().get(0).meaning().kind()).isEqualTo(FailureKind.TRANSIENT);
    }

    @Tag("flaw-60")
    @Test
    void execute_allRoutes_getTheSameRequest() {
        List<String> asked = new ArrayList<>();
        String request = "prompt";
        Function<String, String> call = model -> {
            asked.add(model + " " + request);
            throw answer(503);
        };
        fails(() -> fallback.execute(call));
        assertThat(asked).containsExactly("model-1 prompt", "model-2 prompt", "model-3 prompt");
    }

    @Test
    void execute_allFail_throwsWhatTheFirstFailedWithAndKeepsTheOthers() {
        Map<String, RuntimeException> failures =
                Map.of("model-1", answer(503), "model-2", answer(429), "model-3", answer(401));
        assertThatThrownBy(() -> fallback.execute(model -> {
                    throw failures.get(model);
                }))
                .isSameAs(failures.get("model-1"))
                .hasSuppressedException(failures.get("model-2"))
                .hasSuppressedException(failures.get("model-3"));
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void failed_byDefault_leadsOnForAvailabilityOnly(FailureKind kind) {
        Plan<String> plan = fallback.begin(null);
        RuntimeException failure = ofKind(kind);
        boolean availability = kind == FailureKind.TRANSIENT || kind == FailureKind.RATE_LIMITED;
        assertThat(plan.failed(failure).map(Route::name))
                .isEqualTo(availability ? Optional.of("second") : Optional.empty());
        assertThat(plan.failure()).isSameAs(failure);
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void failed_ofAKindThatWasAskedFor_leadsOn(FailureKind kind) {
        for (FailureKind other : FailureKind.values()) {
            ModelFallback<String> asked = ModelFallback.<String>builder("chat")
                    .route("small", "small", Set.of(kind))
                    .route("large", "large")
                    .build();
            assertThat(asked.begin(null).failed(ofKind(other)).isPresent()).isEqualTo(other == kind);
        }
    }

    @Test
    void failed_byAPredicate_leadsOnAsItSays() {
        ModelFallback<String> asked = ModelFallback.<String>builder("chat")
                .route("a", "a", (failure, meaning) -> failure instanceof NullPointerException)
                .route("b", "b")
                .build();
        assertThat(asked.begin(null).failed(answer(503))).isEmpty();
        assertThat(asked.begin(null).failed(new NullPointerException())).isPresent();
    }

    @Test
    void execute_timeout_leadsOn() {
        Answer<String> answer = fallback.execute(model -> {
            if (model.equals("model-1")) {
                throw new dev.langchain4j.exception.TimeoutException("hung");
            }
            return model;
        });
        assertThat(answer.route()).isEqualTo("second");
    }

    @Tag("flaw-62")
    @Test
    void fallback_withoutOtherRoutes_goesNowhere() {
        ModelFallback<String> alone =
                ModelFallback.<String>builder("alone").route("only", "only").build();
        RuntimeException down = answer(503);
        assertThatThrownBy(() -> alone.execute(model -> {
                    throw down;
                }))
                .isSameAs(down);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelFallback.builder("none").build())
                .withMessageContaining("'none'");
    }

    @Tag("flaw-62")
    @Test
    void policy_ofTheOrganisation_restrictsTheRoutesBeforeTheCall() {
        List<String> asked = new ArrayList<>();
        ModelFallback<String> governed = builder()
                .policy((context, route) -> context != null
                        && (context.organisation().equals("acme")
                                || route.name().equals("third")))
                .build();
        Function<String, String> call = model -> {
            asked.add(model);
            throw answer(503);
        };
        try (ContextScope scope = UsageContext.of("bank", "chat").open()) {
            fails(() -> governed.execute(call));
        }
        assertThat(asked).containsExactly("model-3");
        try (ContextScope scope = UsageContext.of("acme", "chat").open()) {
            fails(() -> governed.execute(call));
        }
        assertThat(asked).hasSize(4);
        assertThatExceptionOfType(NoRouteException.class)
                .isThrownBy(() -> governed.execute(call))
                .withMessageContainingAll("'chat'", "without context", "first");
        ModelFallback<String> closed =
                builder().policy((context, route) -> false).build();
        assertThatExceptionOfType(NoRouteException.class)
                .isThrownBy(() -> closed.begin(UsageContext.of("bank", "chat")))
                .withMessageContaining("'bank'");
    }

    @Tag("flaw-62")
    @Test
    void log_ofAFailure_hasClassAndStatusAndNoMessage() {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        Logger logger = (Logger) LoggerFactory.getLogger(ModelFallback.class);
        logger.addAppender(logged);
        try {
            fails(() -> fallback.execute(model -> {
                throw answer(429, "retry-after", "7");
            }));
        } finally {
            logger.detachAppender(logged);
        }
        assertThat(logged.list.stream().map(ILoggingEvent::getFormattedMessage))
                .contains(
                        "fallback 'chat': route 'first' failed with ProviderHttpException (429), going on to 'second' (1 so far)",
                        "fallback 'chat': route 'first' is passed over for PT7S (1 so far)")
                .noneMatch(line -> line.contains("secret"));
    }

    @Test
    void route_thatFailsFiveTimesInARow_isPassedOverUntilAProbeSucceeds() {
        for (int i = 0; i < 5; i++) {
            failFirst(answer(503));
        }
        assertThat(coolsFor("first")).isEqualTo(30);
        assertThat(firstRoute()).isEqualTo("second");
        time.advance(Duration.ofSeconds(29));
        assertThat(firstRoute()).isEqualTo("second");
        time.advance(Duration.ofSeconds(1));
        Plan<String> probe = fallback.begin(null);
        assertThat(probe.route().name()).isEqualTo("first");
        assertThat(firstRoute()).as("one probe only").isEqualTo("second");
        probe.succeeded();
        assertThat(firstRoute()).isEqualTo("first");
        assertThat(fallback.statistics().get(0)).isEqualTo(new RouteStatistics("first", 7, 5, 3, Duration.ZERO));
    }

    @Test
    void probe_thatFails_letsTheRouteCoolAgain() {
        for (int i = 0; i < 5; i++) {
            failFirst(answer(503));
        }
        time.advance(Duration.ofSeconds(40));
        failFirst(answer(503));
        assertThat(coolsFor("first")).isEqualTo(30);
        assertThat(firstRoute()).isEqualTo("second");
        time.advance(Duration.ofSeconds(30));
        assertThat(firstRoute()).isEqualTo("first");
    }

    @Test
    void probe_thatIsGivenUp_letsAnotherProbeAtOnce() {
        failFirst(answer(429, "retry-after", "10"));
        time.advance(Duration.ofSeconds(10));
        Plan<String> probe = fallback.begin(null);
        assertThat(firstRoute()).isEqualTo("second");
        probe.failed(new CancellationException());
        assertThat(fallback.begin(null).route().name()).isEqualTo("first");
        assertThat(firstRoute()).as("a probe that is never heard of again").isEqualTo("second");
        time.advance(Duration.ofSeconds(30));
        assertThat(firstRoute()).isEqualTo("first");
    }

    @Test
    void probe_thatIsRefused_showsThatTheProviderIsBack() {
        failFirst(answer(429, "retry-after", "10"));
        time.advance(Duration.ofSeconds(10));
        failFirst(answer(400));
        assertThat(coolsFor("first")).isZero();
        assertThat(firstRoute()).isEqualTo("first");
    }

    @Test
    void rateLimit_coolsAtOnceForAsLongAsTheProviderSays() {
        failFirst(answer(429, "retry-after", "120"));
        assertThat(coolsFor("first")).isEqualTo(120);
        time.advance(Duration.ofSeconds(119));
        assertThat(firstRoute()).isEqualTo("second");
        time.advance(Duration.ofSeconds(1));
        assertThat(firstRoute()).isEqualTo("first");
    }

    @Test
    void rateLimit_ofAProbe_coolsForAsLongAsTheProviderSays() {
        failFirst(answer(429, "retry-after", "10"));
        time.advance(Duration.ofSeconds(10));
        failFirst(answer(429, "retry-after", "5"));
        assertThat(coolsFor("first")).isEqualTo(5);
    }

    @Test
    void rateLimit_thatDoesNotSay_coolsForTheUsualTime() {
        failFirst(answer(429));
        assertThat(coolsFor("first")).isEqualTo(30);
    }

    @Test
    void failures_thatSayNothingAboutTheProvider_doNotCool() {
        for (int i = 0; i < 10; i++) {
            failFirst(new NullPointerException());
            failFirst(new CancellationException());
            failFirst(answer(401));
            failFirst(new ThrottledException("t", "l", Duration.ZERO, Duration.ofSeconds(9)));
        }
        assertThat(firstRoute()).isEqualTo("first");
        assertThat(fallback.statistics().get(0).failures()).isZero();
    }

    @Test
    void answers_inBetween_resetTheCount() {
        for (int i = 0; i < 20; i++) {
            failFirst(i % 5 == 4 ? answer(400) : answer(503));
        }
        assertThat(firstRoute()).isEqualTo("first");
    }

    @Test
    void answers_ofCallsFromBefore_doNotEndACoolDown() {
        Plan<String> slow = fallback.begin(null);
        Plan<String> slower = fallback.begin(null);
        failFirst(answer(429, "retry-after", "60"));
        slow.succeeded();
        assertThat(coolsFor("first")).isEqualTo(60);
        slower.failed(answer(503));
        assertThat(coolsFor("first")).as("nor make it longer").isEqualTo(60);
    }

    @Test
    void begin_allCooling_triesTheOneThatIsReadyFirst() {
        Plan<String> plan = fallback.begin(null);
        plan.failed(answer(429, "retry-after", "50"));
        plan.failed(answer(429, "retry-after", "20"));
        plan.failed(answer(429, "retry-after", "90"));
        Plan<String> next = fallback.begin(null);
        assertThat(next.route().name()).isEqualTo("second");
        assertThat(next.failed(answer(503))).as("the others are cooling still").isEmpty();
        Plan<String> another = fallback.begin(null);
        assertThat(another.route().name()).isEqualTo("second");
        another.succeeded();
        assertThat(coolsFor("second")).isZero();
    }

    @Test
    void plan_afterItsEnd_takesNoOtherReport() {
        Plan<String> plan = fallback.begin(null);
        assertThatIllegalStateException().isThrownBy(plan::failure);
        plan.succeeded();
        plan.ended();
        assertThatIllegalStateException().isThrownBy(plan::succeeded).withMessageContaining("'first'");
        assertThatIllegalStateException().isThrownBy(() -> plan.failed(answer(503)));
    }

    @Test
    void execute_error_isThrownOn() {
        StackOverflowError error = new StackOverflowError();
        assertThatThrownBy(() -> fallback.execute(model -> {
                    throw error;
                }))
                .isSameAs(error);
    }

    @Test
    void builder_nonsense_isRefusedWithWhatIsAllowed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().route("first", "again", EnumSet.noneOf(FailureKind.class)))
                .withMessageContaining("'first'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().coolDown(0, Duration.ofSeconds(1)))
                .withMessageContaining("1 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().coolDown(1, Duration.ZERO))
                .withMessageContaining("more than zero");
    }
}
