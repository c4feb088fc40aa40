package io.agentruntime.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.ReturnBehavior;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.service.tool.AiServiceTool;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.langchain4j.service.tool.ToolExecutor;
import dev.langchain4j.service.tool.ToolProvider;
import dev.langchain4j.service.tool.ToolProviderRequest;
import dev.langchain4j.service.tool.ToolProviderResult;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ToolRetry.Problem;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

@Tag("flaw-58")
class ToolRetryTest extends ToolFixture {

    @Test
    void tool_byDefault_isNotRepeated() {
        ToolExecutor tool = retry().build().wrap("tool", failing(new ConnectException("to 10.0.0.7")));
        assertError(execute(tool), Problem.FAILED);
        assertThat(calls).hasValue(1);
        assertThat(execute(tool).resultText()).isEqualTo("call 2");
    }

    @Test
    void tool_namedIdempotent_isRepeatedOnce() {
        ToolRetry retry = repeating().idempotent("tool").build();
        assertThat(execute(retry.wrap("tool", failing(new ConnectException()))).resultText())
                .isEqualTo("call 2");
        calls.set(0);
        assertError(
                execute(retry.wrap("tool", failing(new ConnectException(), new SocketTimeoutException(), null))),
                Problem.FAILED);
        assertThat(calls).hasValue(2);
        calls.set(0);
        assertError(execute(retry.wrap("other", failing(new ConnectException()))), Problem.FAILED);
        assertThat(calls).hasValue(1);
        assertThat(retry.statistics()).isEqualTo(new ToolRetry.Statistics(3, 2, Map.of(Problem.FAILED, 2L)));
    }

    @Test
    void tool_idempotentByPredicate_isRepeated() {
        ToolRetry retry = repeating().idempotent(name -> name.startsWith("to")).build();
        assertThat(execute(retry.wrap("tool", failing(new ConnectException()))).resultText())
                .isEqualTo("call 2");
    }

    @Test
    void tool_idempotent_isNotRepeatedForWhatDoesNotPass() {
        ToolRetry retry = repeating().idempotent("tool").build();
        for (Throwable failure : List.of(
                new IllegalArgumentException("bad"),
                new NullPointerException(),
                new FileNotFoundException("/etc/x"),
                new StackOverflowError(),
                new ProviderHttpException(400, "", Map.of()))) {
            calls.set(0);
            assertError(execute(retry.wrap("tool", failing(failure))), Problem.FAILED);
            assertThat(calls).as("%s", failure).hasValue(1);
        }
    }

    @Test
    void failure_declaredSafe_isRepeatedForEveryTool() {
        ToolRetry retry = repeating()
                .safe(failure -> Causes.first(failure, ConnectException.class).isPresent())
                .build();
        assertThat(execute(retry.wrap("charge", failing(new ConnectException())))
                        .resultText())
                .isEqualTo("call 2");
        calls.set(0);
        assertError(execute(retry.wrap("charge", failing(new SocketTimeoutException()))), Problem.FAILED);
        assertThat(calls).hasValue(1);
    }

    @Test
    void wait_betweenAttempts_isASecondOnAverage() throws Exception {
        ToolRetry retry =
                retry().timeout(Duration.ofMinutes(1)).idempotent("tool").build();
        CompletableFuture<ToolExecutionResult> result = new CompletableFuture<>();
        new Thread(() -> result.complete(execute(retry.wrap("tool", failing(new ConnectException()))))).start();
        hands.awaitScheduled(2); // the time of the first attempt, and the wait for the second
        hands.advance(Duration.ofSeconds(5));
        assertThat(result.join().resultText()).isEqualTo("call 2");
        assertThat(hands.takeDelays())
                .filteredOn(delay -> !delay.equals(Duration.ofMinutes(1)))
                .hasSize(1)
                .allSatisfy(delay -> assertThat(delay).isBetween(Duration.ofMillis(500), Duration.ofMillis(1500)));
    }

    @Test
    void wrap_twice_isTheSame() {
        ToolRetry retry = repeating().idempotent("tool").build();
        ToolExecutor once = retry.wrap("tool", failing(new ConnectException(), new ConnectException()));
        assertThat(retry.wrap("tool", once)).isSameAs(once);
        assertThat(repeating().idempotent("tool").build().wrap("tool", once)).isSameAs(once);
        assertError(execute(once), Problem.FAILED);
        assertThat(calls).hasValue(2);
        List<AiServiceTool> tools = retry.wrapTools(new Methods());
        assertThat(tools).allSatisfy(tool -> assertThat(retry.wrap(tool)).isSameAs(tool));
    }

    /** Another layer of wrapping by hand does not multiply either, nor does a model call inside. */
    @Test
    void retries_insideOfARepeatedTool_doNotMultiply() {
        ToolRetry outer = repeating().idempotent("tool").build();
        ToolRetry inner = repeating().idempotent("tool").build();
        ToolExecutor innermost = inner.wrap("tool", failing(new ConnectException(), new ConnectException()));
        assertError(
                execute(outer.wrap("tool", (request, memory) -> {
                    ToolExecutionResult result = innermost.executeWithContext(request, CONTEXT);
                    throw new IllegalStateException(result.resultText());
                })),
                Problem.FAILED);
        assertThat(calls).hasValue(1);
        calls.set(0);
        ModelRetry model = ModelRetry.builder("model", pool).build();
        ToolExecutor asking = (request, memory) -> {
            try {
                return model.call(
                        () -> {
                            calls.incrementAndGet();
                            throw new ConnectException();
                        },
                        Deadline.after(Duration.ofMinutes(1)));
            } catch (Exception e) {
                throw new ToolFailure(e);
            }
        };
        assertError(execute(outer.wrap("tool", asking)), Problem.FAILED);
        assertThat(calls).hasValue(2);
    }

    static final class Methods {

        final AtomicInteger reads = new AtomicInteger();
        final AtomicInteger charges = new AtomicInteger();

        @Tool
        @Idempotent
        public String read(@P(name = "n", value = "a number") int n) throws ConnectException {
            if (reads.incrementAndGet() == 1) {
                throw new ConnectException("to the database at 10.0.0.7");
            }
            return "read " + n;
        }

        @Tool(returnBehavior = ReturnBehavior.IMMEDIATE)
        public String charge() throws ConnectException {
            charges.incrementAndGet();
            throw new ConnectException("to the bank");
        }

        @Tool
        public Object circle() {
            List<Object> circle = new ArrayList<>();
            circle.add(circle);
            return circle;
        }
    }

    @Test
    void methods_markedIdempotent_areRepeatedAndOthersAreNot() {
        Methods methods = new Methods();
        Map<String, AiServiceTool> tools = new java.util.HashMap<>();
        repeating().build().wrapTools(methods).forEach(tool -> tools.put(tool.name(), tool));
        assertThat(tools).containsOnlyKeys("read", "charge", "circle");
        assertThat(tools.get("charge").returnBehavior()).isEqualTo(ReturnBehavior.IMMEDIATE);
        ToolExecutor read = tools.get("read").toolExecutor();
        assertThat(read.executeWithContext(request("read", "{\"n\": 7}"), CONTEXT)
                        .resultText())
                .isEqualTo("read 7");
        assertThat(methods.reads).hasValue(2);
        ToolExecutor charge = tools.get("charge").toolExecutor();
        assertError(charge.executeWithContext(request("charge", "{}"), CONTEXT), Problem.FAILED);
        assertThat(methods.charges).hasValue(1);
    }

    @Test
    void arguments_thatDoNotFit_areAResultAndNotRepeated() {
        Methods methods = new Methods();
        ToolExecutor read = repeating().build().wrapTools(methods).stream()
                .filter(tool -> tool.name().equals("read"))
                .findFirst()
                .orElseThrow()
                .toolExecutor();
        assertError(read.executeWithContext(request("read", "{not json"), CONTEXT), Problem.ARGUMENTS);
        assertError(read.executeWithContext(request("read", "{\"n\": \"x\"}"), CONTEXT), Problem.ARGUMENTS);
        assertThat(methods.reads).hasValue(0);
    }

    /** LangChain4j writes the text of a result when it makes the message of it, where nobody would catch a failure. */
    @Test
    void result_thatCannotBeWritten_isAnError() {
        ToolExecutor circle = retry().build().wrapTools(new Methods()).stream()
                .filter(tool -> tool.name().equals("circle"))
                .findFirst()
                .orElseThrow()
                .toolExecutor();
        assertError(circle.executeWithContext(request("circle", "{}"), CONTEXT), Problem.FAILED);
    }

    @Test
    void results_thatAreNone_areErrors() {
        ToolRetry retry = retry().build();
        ToolExecutor nothing = new ToolExecutor() {
            @Override
            public ToolExecutionResult executeWithContext(ToolExecutionRequest request, InvocationContext context) {
                return null;
            }

            @Override
            public String execute(ToolExecutionRequest request, Object memoryId) {
                return null;
            }
        };
        assertError(execute(retry.wrap("tool", nothing)), Problem.FAILED);
        assertThat(retry.wrap("tool", nothing).execute(request("tool", "{}"), "m"))
                .isEqualTo(Problem.FAILED.text());
    }

    @Test
    void result_ofTheToolItself_isKept() {
        ToolRetry retry = retry().build();
        ToolExecutionResult own = ToolExecutionResult.builder()
                .isError(true)
                .resultText("no such order")
                .build();
        ToolExecutor tool = new ToolExecutor() {
            @Override
            public ToolExecutionResult executeWithContext(ToolExecutionRequest request, InvocationContext context) {
                assertThat(context).isSameAs(CONTEXT);
                return own;
            }

            @Override
            public String execute(ToolExecutionRequest request, Object memoryId) {
                return "for " + memoryId;
            }
        };
        assertThat(execute(retry.wrap("tool", tool))).isSameAs(own);
        assertThat(retry.wrap("tool", tool).execute(request("tool", "{}"), "m")).isEqualTo("for m");
    }

    @Test
    void provider_wrapped_givesWrappedTools() {
        ToolRetry retry = repeating().idempotent("search").build();
        ToolExecutor search = failing(new ConnectException());
        ToolProvider provider = new ToolProvider() {
            @Override
            public ToolProviderResult provideTools(ToolProviderRequest request) {
                return ToolProviderResult.builder()
                        .add(ToolSpecification.builder().name("search").build(), search, ReturnBehavior.IMMEDIATE)
                        .build();
            }

            @Override
            public boolean isDynamic() {
                return true;
            }
        };
        ToolProvider wrapped = retry.wrap(provider);
        AiServiceTool tool = wrapped.provideTools(null).aiServiceTools().get(0);
        assertThat(wrapped.isDynamic()).isTrue();
        assertThat(tool.returnBehavior()).isEqualTo(ReturnBehavior.IMMEDIATE);
        assertThat(tool.toolExecutor()
                        .executeWithContext(request("search", "{}"), CONTEXT)
                        .resultText())
                .isEqualTo("call 2");
        assertThat(provider.provideTools(null).aiServiceTools().get(0).toolExecutor())
                .as("the provider is as it was")
                .isSameAs(search);
    }

    @Test
    void timer_thatIsClosed_isAResult() {
        hands.shutdown();
        assertError(execute(retry().build().wrap("tool", failing())), Problem.CANCELLED);
        assertThat(calls).hasValue(0);
    }

    @Tag("flaw-62")
    @Test
    void text_forTheModelAndTheLog_holdNoInternals() {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        Logger logger = (Logger) LoggerFactory.getLogger(ToolRetry.class);
        logger.addAppender(logged);
        ToolExecutionResult result;
        try {
            result = execute(retry().build().wrap("tool", failing(new ToolFailure(new ConnectException("secret")))));
        } finally {
            logger.detachAppender(logged);
        }
        assertThat(result.resultText()).isEqualTo("The tool failed.");
        assertThat(logged.list).hasSize(1);
        assertThat(logged.list.get(0).getFormattedMessage())
                .contains("'tool'", "FAILED", "ToolFailure")
                .doesNotContain("secret");
        assertThat(logged.list.get(0).getThrowableProxy()).isNull();
    }

    @Test
    void text_ofTheHost_isUsedUnlessItFails() {
        ToolRetry told = retry().errorText(
                        (tool, problem, failure) -> tool + " " + problem + " " + failure.getMessage())
                .build();
        assertThat(execute(told.wrap("tool", failing(new ConnectException("refused"))))
                        .resultText())
                .isEqualTo("tool FAILED refused");
        ToolRetry broken = retry().errorText((tool, problem, failure) -> {
                    throw new IllegalStateException();
                })
                .build();
        calls.set(0);
        assertError(execute(broken.wrap("tool", failing(new ConnectException()))), Problem.FAILED);
    }

    @Test
    void builder_nonsense_isRefusedWithWhatIsAllowed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> retry().attempts(0))
                .withMessageContaining("1 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> retry().timeout(Duration.ZERO))
                .withMessageContaining("more than zero");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> retry().timeout("x", Duration.ofSeconds(-1)))
                .withMessageContaining("PT-1S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> retry().concurrency(0))
                .withMessageContaining("1 or more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> retry().concurrency("x", -1))
                .withMessageContaining("-1");
    }
}
