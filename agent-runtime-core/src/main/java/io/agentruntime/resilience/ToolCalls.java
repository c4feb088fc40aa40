package io.agentruntime.resilience;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.langchain4j.exception.ToolArgumentsException;
import dev.langchain4j.exception.ToolExecutionException;
import dev.langchain4j.service.tool.ToolExecutionResult;
import io.agentruntime.executor.ContextualExecutors;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ModelThrottle.Permit;
import io.agentruntime.resilience.ToolRetry.ErrorText;
import io.agentruntime.resilience.ToolRetry.Problem;
import io.agentruntime.resilience.ToolRetry.Statistics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the calls of the tools that one {@link ToolRetry} has wrapped. */
final class ToolCalls {

    private static final Logger log = LoggerFactory.getLogger(ToolRetry.class);
    private static final Duration FOREVER = Duration.ofDays(365);

    private final Executor executor;
    private final ScheduledExecutorService timer;
    private final Ticker ticker;
    private final Predicate<Throwable> safe;
    private final Duration timeout;
    private final Map<String, Duration> timeouts;
    private final int concurrency;
    private final Map<String, Integer> concurrencies;
    private final ErrorText errorText;
    private final ModelRetry repeatable;
    private final ModelRetry others;
    private final Map<String, ModelThrottle> places = new ConcurrentHashMap<>();
    private final LongAdder calls = new LongAdder();
    private final Map<Problem, LongAdder> problems = new ConcurrentHashMap<>();

    ToolCalls(ToolRetry.Builder builder) {
        this.executor = executor(builder.executor);
        this.timer = builder.timer;
        this.ticker = builder.ticker;
        this.safe = builder.safe == null ? failure -> false : builder.safe;
        this.timeout = builder.timeout;
        this.timeouts = Map.copyOf(builder.timeouts);
        this.concurrency = builder.concurrency;
        this.concurrencies = Map.copyOf(builder.concurrencies);
        this.errorText = builder.errorText;
        RetryBudget budget = RetryBudget.builder().ticker(ticker).build();
        this.repeatable = builder.retry("idempotent tools", builder.attempts, budget)
                .meaning(failure -> meaning(failure, true))
                .build();
        this.others = builder.retry("tools", builder.safe == null ? 1 : builder.attempts, budget)
                .meaning(failure -> meaning(failure, false))
                .build();
    }

    private static Executor executor(@Nullable Executor given) {
        if (given == null) {
            return Runnable::run;
        }
        return given instanceof WorkloadExecutor ? given : ContextualExecutors.forTools(given);
    }

    /** Runs one call of a tool. Never throws. */
    ToolExecutionResult run(String tool, boolean repeat, Callable<ToolExecutionResult> call) {
        calls.increment();
        try {
            return (repeat ? repeatable : others).call(() -> attempt(tool, call), Deadline.after(FOREVER, ticker));
        } catch (Throwable failure) { // an Error too must not cost the turn a result
            return errorResult(tool, failure);
        }
    }

    private ToolExecutionResult attempt(String tool, Callable<ToolExecutionResult> call) throws Exception {
        Duration time = timeouts.getOrDefault(tool, timeout);
        Deadline deadline = Deadline.after(time, ticker);
        ModelThrottle throttle = places(tool);
        Permit place = throttle == null ? null : throttle.acquire(0, deadline);
        ToolAttempt attempt = new ToolAttempt(call, place);
        ScheduledFuture<?> alarm = null;
        try {
            alarm = timer.schedule(attempt::expire, deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            Timers.onFailure(alarm, failure -> attempt.expire());
            return attempt.runOn(executor, time);
        } finally {
            attempt.cancel(false); // if it was never begun, it gives its place back
            if (alarm != null) {
                alarm.cancel(false);
            }
        }
    }

    private @Nullable ModelThrottle places(String tool) {
        int limit = concurrencies.getOrDefault(tool, concurrency);
        return limit == Integer.MAX_VALUE
                ? null
                : places.computeIfAbsent(
                        tool,
                        name -> ModelThrottle.builder("tool " + name, timer)
                                .concurrentCalls(limit)
                                .ticker(ticker)
                                .build());
    }

    private ModelFailure meaning(Throwable failure, boolean repeat) {
        ModelFailure meaning = ModelFailure.of(failure, InstantSource.system());
        Problem problem = problem(failure, meaning.kind());
        boolean again = switch (problem) {
            case FAILED -> (repeat && meaning.retryable()) || safe.test(failure);
            case TIMEOUT -> repeat;
            case ARGUMENTS, BUSY, CANCELLED -> false;
        };
        FailureKind otherwise = problem == Problem.CANCELLED ? FailureKind.CANCELLED : FailureKind.BUG;
        return new ModelFailure(again ? FailureKind.TRANSIENT : otherwise, meaning.retryAfter(), meaning.status());
    }

    private static Problem problem(Throwable failure, FailureKind kind) {
        if (failure instanceof ToolArgumentsException) {
            return Problem.ARGUMENTS;
        } else if (failure instanceof TimeoutException) {
            return Problem.TIMEOUT;
        } else if (failure instanceof ThrottledException) {
            return Problem.BUSY;
        }
        return kind == FailureKind.CANCELLED ? Problem.CANCELLED : Problem.FAILED;
    }

    private ToolExecutionResult errorResult(String tool, Throwable failure) {
        Problem problem = problem(
                failure, ModelFailure.of(failure, InstantSource.system()).kind());
        problems.computeIfAbsent(problem, first -> new LongAdder()).increment();
        Throwable telling = Causes.of(failure).stream()
                .filter(cause -> !(cause instanceof ToolExecutionException))
                .findFirst()
                .orElse(failure);
        log.warn(
                "tool '{}' has no result: {} ({})",
                tool,
                problem,
                telling.getClass().getName());
        return ToolExecutionResult.builder()
                .isError(true)
                .resultText(text(tool, problem, telling))
                .build();
    }

    private String text(String tool, Problem problem, Throwable failure) {
        try {
            return requireNonNull(errorText.of(tool, problem, failure), "the error text");
        } catch (RuntimeException e) {
            log.warn("the error text for tool '{}' failed", tool, e);
            return problem.text();
        }
    }

    Statistics statistics() {
        Map<Problem, Long> counts = new HashMap<>();
        problems.forEach((problem, count) -> counts.put(problem, count.sum()));
        long retries = repeatable.statistics().retries() + others.statistics().retries();
        return new Statistics(calls.sum(), retries, Map.copyOf(counts));
    }
}
