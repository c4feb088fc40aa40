package io.agentruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.WorkloadRejectedException;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import io.agentruntime.lifecycle.ShutdownReport;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageStore;
import io.agentruntime.usage.UsageTotal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AgentRuntimeTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void wholeChain_callOnTheAgentPool_endsInTheUsageStore() throws Exception {
        try (AgentRuntime runtime = AgentRuntime.builder().build().start()) {
            ChatModel model = new FixedModel(runtime.tokenTracking());
            try (ContextScope scope = UsageContext.of("acme", "greeting").open()) {
                assertThat(runtime.executors()
                                .agent()
                                .submit(() -> model.chat("hello"))
                                .get())
                        .isEqualTo("hi");
            }
            assertThat(runtime.usageQueue().flush(LONG)).isTrue();
            assertThat(runtime.usageStore().totals())
                    .containsExactly(
                            new UsageTotal("acme", "greeting", 1, 0, TokenCounts.of(10, 5), 0, 0, TokenCounts.ZERO));
            while (runtime.report().workloads().get(0).completed() == 0) {
                Thread.onSpinWait(); // a task is counted a moment after its future is done
            }
            RuntimeReport report = runtime.report();
            assertThat(report.workloads().get(0).completed()).isEqualTo(1);
            assertThat(report.usageQueue().delivered()).isEqualTo(1);
            assertThat(report.unattributedCalls()).isZero();
        }
    }

    @Test
    @Tag("flaw-75")
    void close_agentAtWork_itsLastEventIsStoredBeforeTheStoreStops() throws Exception {
        List<String> order = new CopyOnWriteArrayList<>();
        ManagedStore store = new ManagedStore(order);
        AgentRuntime runtime = AgentRuntime.builder().usageStore(store).build().start();
        ChatModel model = new FixedModel(runtime.tokenTracking());
        CountDownLatch atWork = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<String> last = runtime.executors().agent().submit(() -> {
            atWork.countDown();
            goOn.await();
            return model.chat("the last words");
        });
        atWork.await();
        CompletableFuture<ShutdownReport> close = CompletableFuture.supplyAsync(() -> runtime.close(LONG));
        goOn.countDown();

        assertThat(close.join().clean()).isTrue();
        assertThat(last.join()).isEqualTo("hi");
        assertThat(order).containsExactly("start", "store 1", "stop");
        assertThat(close.join().steps())
                .extracting(ShutdownReport.Step::component)
                .containsExactly(
                        "bulk-queues",
                        "executors",
                        "model transport",
                        "usage-ledger",
                        "timer",
                        "usage-queue",
                        "audit-queue",
                        "usage-store");
    }

    @Test
    void close_componentHangs_isBoundedAndReported() {
        Managed hanging = new Managed() {
            @Override
            public String name() {
                return "agents";
            }

            @Override
            public long stop(Deadline deadline) throws InterruptedException {
                new CountDownLatch(1).await();
                return 0;
            }
        };
        AgentRuntime runtime = AgentRuntime.builder().component(hanging).build().start();
        ShutdownReport report = runtime.close(Duration.ofMillis(300));
        assertThat(report.steps().get(1).outcome()).isEqualTo(ShutdownReport.Outcome.TIMED_OUT);
        assertThat(report.steps().subList(2, report.steps().size()))
                .allMatch(step -> step.outcome() == ShutdownReport.Outcome.STOPPED);
    }

    @Test
    void close_leavesNoThreadAndRefusesWork() throws Exception {
        Set<Thread> others = ourThreads();
        AgentRuntime runtime = AgentRuntime.builder().build().start();
        runtime.executors().io().submit(() -> 1).get();
        Set<Thread> ours = ourThreads();
        ours.removeAll(others);
        assertThat(ours).isNotEmpty();
        runtime.close();
        runtime.close();
        for (Thread thread : ours) {
            thread.join(LONG.toMillis());
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
        assertThatThrownBy(() -> runtime.executors().io().submit(() -> 1))
                .isInstanceOf(WorkloadRejectedException.class);
    }

    @Test
    @Tag("flaw-9")
    void twoRuntimes_differentSettings_coexist() {
        AgentRuntimeConfig small =
                AgentRuntimeConfig.fromEnvironment(java.util.Map.of("AGENT_EXECUTOR_POOL_SIZE", "1"));
        try (AgentRuntime one = AgentRuntime.builder().config(small).build().start();
                AgentRuntime other = AgentRuntime.builder()
                        .config(AgentRuntimeConfig.create())
                        .build()
                        .start()) {
            assertThat(one.report().workloads().get(0).threads()).isEqualTo(1);
            assertThat(other.report().workloads().get(0).threads()).isEqualTo(10);
        }
    }

    private static Set<Thread> ourThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("agentruntime-"))
                .collect(Collectors.toSet());
    }

    private static final class FixedModel implements ChatModel {

        private final ChatModelListener listener;

        FixedModel(ChatModelListener listener) {
            this.listener = listener;
        }

        @Override
        public ChatResponse doChat(ChatRequest request) {
            return ChatResponse.builder()
                    .aiMessage(AiMessage.from("hi"))
                    .tokenUsage(new TokenUsage(10, 5))
                    .build();
        }

        @Override
        public List<ChatModelListener> listeners() {
            return List.of(listener);
        }
    }

    private record ManagedStore(List<String> order) implements UsageStore, Managed {

        @Override
        public String name() {
            return "usage-store";
        }

        @Override
        public void start() {
            order.add("start");
        }

        @Override
        public long stop(Deadline deadline) {
            order.add("stop");
            return 0;
        }

        @Override
        public void store(List<UsageEvent> events) {
            order.add("store " + events.size());
        }

        @Override
        public List<UsageTotal> totals() {
            return List.of();
        }
    }
}
