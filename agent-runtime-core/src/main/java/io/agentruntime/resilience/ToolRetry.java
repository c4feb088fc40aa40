package io.agentruntime.resilience;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.langchain4j.service.tool.AiServiceTool;
import dev.langchain4j.service.tool.DefaultToolExecutor;
import dev.langchain4j.service.tool.ToolExecutor;
import dev.langchain4j.service.tool.ToolProvider;
import dev.langchain4j.service.tool.ToolProviderRequest;
import dev.langchain4j.service.tool.ToolProviderResult;
import dev.langchain4j.service.tool.ToolService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Puts bounds around LangChain4j's tools: a time for each attempt, a number of calls at the same time, and a second attempt for those
 * that may have one. Needs the module {@code dev.langchain4j:langchain4j} on the class path.
 *
 * <ul>
 *   <li>A tool has one attempt. It has two, a second apart, if it is idempotent - marked with {@link Idempotent}, or named so - and
 *       failed in a way that may pass, or ran out of time; or if it failed in a way that the host declared safe.
 *   <li>An attempt has 60 seconds. Then its caller goes on, and the tool is interrupted.
 *   <li>Every call of a tool has exactly one result, whatever happens: where there is no other, one that is marked as an error, with a
 *       text for the model that gives nothing away. So no turn ends with a call that has no answer.
 *   <li>Tools run on the executor that the host gives, in the context of their caller; a call for which it has no room runs on its
 *       caller, and so do all where none is given.
 * </ul>
 *
 * <p>Wrapping changes no tool, and what is wrapped already is not wrapped again. LangChain4j's {@code @CompensateFor} does not find its
 * tool under a wrapper. Thread-safe.
 */
public final class ToolRetry {

    private final ToolCalls calls;
    private final Predicate<String> idempotent;

    /** Why a call of a tool has no result of its own. */
    public enum Problem {
        /** The tool failed. */
        FAILED("The tool failed."),
        /** The model's arguments do not fit the tool; it has not been called. */
        ARGUMENTS("The arguments do not fit this tool."),
        /** The tool was not done in time. */
        TIMEOUT("The tool did not answer in time. It may have done its work, or part of it."),
        /** Too many calls of the tool were under way; it has not been called. */
        BUSY("The tool has too much to do at the moment."),
        /** The caller was interrupted, or the application is being stopped. */
        CANCELLED("The call of the tool was cancelled.");

        private final String text;

        Problem(String text) {
            this.text = text;
        }

        /**
         * Gets what the model is told if the host does not say otherwise.
         *
         * @return a sentence without internals
         */
        public String text() {
            return text;
        }
    }

    /** Says what the model is told about a call without a result. Implementations are thread-safe. */
    @FunctionalInterface
    public interface ErrorText {

        /**
         * Finds the words.
         *
         * @param tool the name of the tool
         * @param problem what happened
         * @param failure what was thrown; its message may hold what the model, and whoever reads its answer, must not see
         * @return the text of the result
         */
        String of(String tool, Problem problem, Throwable failure);
    }

    /**
     * The figures of one tool retry.
     *
     * @param calls how many calls of tools began
     * @param retries how many second attempts there were
     * @param problems how many calls had no result of their own, by reason; reasons that never were are missing
     */
    public record Statistics(long calls, long retries, Map<Problem, Long> problems) {}

    private ToolRetry(Builder builder) {
        this.calls = new ToolCalls(builder);
        Set<String> names = Set.copyOf(builder.idempotentNames);
        Predicate<String> others = builder.idempotent;
        this.idempotent = name -> names.contains(name) || others.test(name);
    }

    /**
     * Begins to describe a tool retry.
     *
     * @param timer what waits and ends attempts; never closed here
     * @return a builder with the defaults
     */
    public static Builder builder(ScheduledExecutorService timer) {
        return new Builder(requireNonNull(timer, "timer"));
    }

    /**
     * Wraps the {@code @Tool} methods of an object, for {@code AiServices.tools(List)}.
     *
     * @param objectWithTools an object with at least one such method
     * @return its tools, wrapped
     * @throws dev.langchain4j.service.IllegalConfigurationException if it has none
     */
    public List<AiServiceTool> wrapTools(Object objectWithTools) {
        return ToolService.findTools(objectWithTools).stream().map(this::wrap).toList();
    }

    /**
     * Wraps a tool.
     *
     * @param tool the tool
     * @return a copy that is wrapped, or the tool itself if it is already
     */
    public AiServiceTool wrap(AiServiceTool tool) {
        ToolExecutor wrapped = wrap(tool.name(), tool.toolExecutor());
        return wrapped == tool.toolExecutor()
                ? tool
                : tool.toBuilder().toolExecutor(wrapped).build();
    }

    /**
     * Wraps what executes a tool.
     *
     * @param tool the name of the tool
     * @param toolExecutor what executes it
     * @return a wrapper, or the same if it is one already
     */
    public ToolExecutor wrap(String tool, ToolExecutor toolExecutor) {
        requireNonNull(tool, "tool");
        requireNonNull(toolExecutor, "toolExecutor");
        if (toolExecutor instanceof RetryingTool) {
            return toolExecutor;
        }
        boolean marked = toolExecutor instanceof DefaultToolExecutor method
                && method.originalMethod().isAnnotationPresent(Idempotent.class);
        return new RetryingTool(tool, toolExecutor, calls, marked || idempotent.test(tool));
    }

    /**
     * Wraps all tools that a provider provides.
     *
     * @param provider the provider
     * @return a provider of wrapped tools
     */
    public ToolProvider wrap(ToolProvider provider) {
        requireNonNull(provider, "provider");
        return new ToolProvider() {
            @Override
            public ToolProviderResult provideTools(ToolProviderRequest request) {
                List<AiServiceTool> wrapped = new ArrayList<>();
                provider.provideTools(request).aiServiceTools().forEach(tool -> wrapped.add(wrap(tool)));
                return ToolProviderResult.builder().addAll(wrapped).build();
            }

            @Override
            public boolean isDynamic() {
                return provider.isDynamic();
            }
        };
    }

    /**
     * Tells the figures.
     *
     * @return the figures of this moment
     */
    public Statistics statistics() {
        return calls.statistics();
    }

    /** Describes a tool retry. Not thread-safe. */
    public static final class Builder {

        final ScheduledExecutorService timer;
        private final Set<String> idempotentNames = new HashSet<>();
        final Map<String, Duration> timeouts = new HashMap<>();
        final Map<String, Integer> concurrencies = new HashMap<>();

        @Nullable
        Executor executor;

        private Predicate<String> idempotent = name -> false;

        @Nullable
        Predicate<Throwable> safe;

        int attempts = 2;
        private Duration first = Duration.ofSeconds(1);
        private Duration max = Duration.ofSeconds(5);
        Duration timeout = Duration.ofSeconds(60);
        int concurrency = Integer.MAX_VALUE;
        ErrorText errorText = (tool, problem, failure) -> problem.text;
        Ticker ticker = Ticker.systemTicker();

        private Builder(ScheduledExecutorService timer) {
            this.timer = timer;
        }

        ModelRetry.Builder retry(String name, int itsAttempts, RetryBudget budget) {
            return ModelRetry.builder(name, timer)
                    .attempts(itsAttempts)
                    .backoff(first, max)
                    .budget(budget);
        }

        /**
         * Sets where tools run.
         *
         * @param newExecutor a workload, best one that no turn runs on, or any other executor; never closed here
         * @return this builder
         */
        public Builder executor(Executor newExecutor) {
            executor = requireNonNull(newExecutor, "executor");
            return this;
        }

        /**
         * Declares tools idempotent, like {@link Idempotent} does.
         *
         * @param names the names of the tools
         * @return this builder
         */
        public Builder idempotent(String... names) {
            idempotentNames.addAll(List.of(names));
            return this;
        }

        /**
         * Declares tools idempotent, like {@link Idempotent} does, besides those that are by other ways.
         *
         * @param names says of the name of a tool whether it is
         * @return this builder
         */
        public Builder idempotent(Predicate<String> names) {
            idempotent = requireNonNull(names, "names");
            return this;
        }

        /**
         * Declares failures safe: a tool that failed so has done nothing, and may be called again, whichever it is.
         *
         * @param failures says of what a tool threw whether it is; thread-safe
         * @return this builder
         */
        public Builder safe(Predicate<Throwable> failures) {
            safe = requireNonNull(failures, "failures");
            return this;
        }

        /**
         * Sets how many attempts a tool has that may have more than one.
         *
         * @param newAttempts how many, at least 1
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder attempts(int newAttempts) {
            if (newAttempts < 1) {
                throw new IllegalArgumentException("attempts is " + newAttempts + ", allowed: 1 or more");
            }
            attempts = newAttempts;
            return this;
        }

        /**
         * Sets how long to wait between attempts. Waits double.
         *
         * @param newFirst before the second attempt, on average
         * @param newMax the longest wait
         * @return this builder
         */
        public Builder backoff(Duration newFirst, Duration newMax) {
            first = requireNonNull(newFirst, "first");
            max = requireNonNull(newMax, "max");
            return this;
        }

        /**
         * Sets the time of an attempt.
         *
         * @param newTimeout for tools that have none of their own; more than zero
         * @return this builder
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder timeout(Duration newTimeout) {
            timeout = positive(newTimeout);
            return this;
        }

        /**
         * Sets the time of an attempt of one tool.
         *
         * @param tool the name of the tool
         * @param newTimeout more than zero
         * @return this builder
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder timeout(String tool, Duration newTimeout) {
            timeouts.put(requireNonNull(tool, "tool"), positive(newTimeout));
            return this;
        }

        private static Duration positive(Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("timeout is " + time + ", allowed: more than zero");
            }
            return time;
        }

        /**
         * Bounds the calls of each tool at the same time. Others wait in order, as long as an attempt may take.
         *
         * @param limit for tools that have none of their own; at least 1
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder concurrency(int limit) {
            concurrency = positive(limit);
            return this;
        }

        /**
         * Bounds the calls of one tool at the same time.
         *
         * @param tool the name of the tool
         * @param limit at least 1
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder concurrency(String tool, int limit) {
            concurrencies.put(requireNonNull(tool, "tool"), positive(limit));
            return this;
        }

        private static int positive(int limit) {
            if (limit < 1) {
                throw new IllegalArgumentException("concurrency is " + limit + ", allowed: 1 or more");
            }
            return limit;
        }

        /**
         * Sets what the model is told about calls without a result.
         *
         * @param newErrorText finds the words; without one, those of {@link Problem#text}
         * @return this builder
         */
        public Builder errorText(ErrorText newErrorText) {
            errorText = requireNonNull(newErrorText, "errorText");
            return this;
        }

        /**
         * Sets where time comes from.
         *
         * @param newTicker elapsed time
         * @return this builder
         */
        public Builder ticker(Ticker newTicker) {
            ticker = requireNonNull(newTicker, "ticker");
            return this;
        }

        /**
         * Makes the tool retry.
         *
         * @return the tool retry
         */
        public ToolRetry build() {
            return new ToolRetry(this);
        }
    }
}
