package io.agentruntime.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.langchain4j.service.tool.ToolExecutor;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ToolRetry.Problem;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;

/** Tools that fail and hang, and what their tests have in common. */
abstract class ToolFixture {

    static final InvocationContext CONTEXT =
            InvocationContext.builder().chatMemoryId("m").build();

    final ManualTimer hands = new ManualTimer();
    final WorkloadExecutor pool = WorkloadExecutor.create(new Workload("tools", 2, 10));
    final AtomicInteger calls = new AtomicInteger();
    final CountDownLatch gate = new CountDownLatch(1);

    @AfterEach
    void stop() throws InterruptedException {
        gate.countDown();
        pool.stop(Deadline.after(Duration.ofSeconds(20)));
    }

    ToolRetry.Builder retry() {
        return ToolRetry.builder(hands).ticker(hands.ticker());
    }

    static ToolExecutionRequest request(String tool, String arguments) {
        return ToolExecutionRequest.builder()
                .id("1")
                .name(tool)
                .arguments(arguments)
                .build();
    }

    static ToolExecutionResult execute(ToolExecutor tool) {
        return tool.executeWithContext(request("tool", "{}"), CONTEXT);
    }

    /** Fails as often as there are failures, then answers with its number of calls. */
    ToolExecutor failing(Throwable... failures) {
        return (request, memory) -> {
            int call = calls.getAndIncrement();
            if (call < failures.length) {
                throw sneaky(failures[call]);
            }
            return "call " + calls;
        };
    }

    @SuppressWarnings("unchecked")
    static <T extends Throwable> RuntimeException sneaky(Throwable failure) throws T {
        throw (T) failure;
    }

    static void assertError(ToolExecutionResult result, Problem problem) {
        assertThat(result.isError()).isTrue();
        assertThat(result.resultText()).isEqualTo(problem.text());
    }

    /** Real time, in milliseconds: nothing in these tests waits for more. */
    ToolRetry.Builder repeating() {
        return ToolRetry.builder(pool).backoff(Duration.ofMillis(1), Duration.ofMillis(1));
    }

    static final class ToolFailure extends RuntimeException {
        static final long serialVersionUID = 1L;

        ToolFailure(Throwable cause) {
            super("secret", cause);
        }
    }

    ToolExecutor waitingAtTheGate(CountDownLatch begun, List<String> events) {
        return (request, memory) -> {
            calls.incrementAndGet();
            begun.countDown();
            try {
                gate.await();
                return "done";
            } catch (InterruptedException e) {
                events.add("interrupted");
                throw new ToolFailure(e);
            }
        };
    }
}
