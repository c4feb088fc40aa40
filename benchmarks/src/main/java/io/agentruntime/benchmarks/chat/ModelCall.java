package io.agentruntime.benchmarks.chat;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.agentruntime.benchmarks.harness.Figure;
import io.agentruntime.benchmarks.harness.Goal;
import io.agentruntime.benchmarks.harness.JmhGoal;
import io.agentruntime.benchmarks.harness.JmhResults;
import io.agentruntime.benchmarks.harness.Target;
import io.agentruntime.chat.RuntimeChatModel;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.resilience.ModelThrottle;
import io.agentruntime.usage.UsageLedger;
import io.github.resilience4j.retry.Retry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A call of a model that answers at once: bare, through everything that the decorators do (throttle, deadline, retry, fallback, account),
 * and through resilience4j's retry alone, which is the part that it has.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ModelCall {

    private static final double NANOS_PER_MICRO = 1e3;

    private final ChatRequest request = ChatRequest.builder()
            .messages(UserMessage.from("Say hello."))
            .modelName("instant")
            .build();
    private final ChatResponse response = ChatResponse.builder()
            .aiMessage(AiMessage.from("Hello."))
            .modelName("instant")
            .tokenUsage(new TokenUsage(12, 3))
            .finishReason(FinishReason.STOP)
            .build();
    private final ChatModel bare = new ChatModel() {
        @Override
        public ChatResponse doChat(ChatRequest asked) {
            return response;
        }
    };
    private final WorkloadExecutor timer = WorkloadExecutor.create(new Workload("timer", 2, 100_000));
    private final ChatModel decorated = RuntimeChatModel.builder(bare, timer, timer)
            .throttle(
                    ModelThrottle.builder("instant", timer).concurrentCalls(100).build())
            .fallback("other", bare)
            .ledger(UsageLedger.create(event -> {}))
            .build();
    private final Supplier<ChatResponse> retried =
            Retry.decorateSupplier(Retry.ofDefaults("bench"), () -> bare.chat(request));

    public static Goal goal() {
        return new JmhGoal(
                "model-call",
                "what the decorators add to a call of a model that answers at once, beside resilience4j's retry alone",
                Target.of(
                        Figure.atMost(10, "us added"),
                        Figure.shown("B"),
                        Figure.shown("us bare"),
                        Figure.shown("us added by resilience4j's retry"),
                        Figure.shown("B bare")),
                ModelCall.class,
                ModelCall::figures);
    }

    private static List<Double> figures(JmhResults results) {
        double bare = results.score("bare");
        return List.of(
                (results.score("decorated") - bare) / NANOS_PER_MICRO,
                results.bytes("decorated"),
                bare / NANOS_PER_MICRO,
                (results.score("retryAlone") - bare) / NANOS_PER_MICRO,
                results.bytes("bare"));
    }

    @Benchmark
    public ChatResponse bare() {
        return bare.chat(request);
    }

    @Benchmark
    public ChatResponse decorated() {
        return decorated.chat(request);
    }

    @Benchmark
    public ChatResponse retryAlone() {
        return retried.get();
    }

    @TearDown
    public void close() {
        timer.shutdownNow();
    }
}
