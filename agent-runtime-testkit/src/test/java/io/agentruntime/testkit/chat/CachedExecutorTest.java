package io.agentruntime.testkit.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.model.chat.ChatModel;
import io.agentruntime.chat.ChatResponseCache;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.testkit.ScriptedChatModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A cache of answers whose executor is small, or stops. */
class CachedExecutorTest extends CachedFixture {

    @Test
    void callsFromInsideTheExecutor_doNotStarve() throws Exception {
        WorkloadExecutor one = WorkloadExecutor.create(new Workload("one", 1, 100));
        ChatModel cached = ChatResponseCache.builder(one)
                .build()
                .chatModel(
                        "m",
                        ScriptedChatModel.builder().reply("one").repeatLast().build());
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            String question = "q" + i / 2;
            answers.add(as("acme", () -> one.submit(() -> cached.chat(question))));
        }
        for (CompletableFuture<String> answer : answers) {
            assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo("one");
        }
        one.stop(Deadline.after(ModelHouse.LIMIT));
    }

    @Test
    void executorThatStops_leavesNobodyWaiting() throws Exception {
        WorkloadExecutor one = WorkloadExecutor.create(new Workload("one", 1, 100));
        CountDownLatch gate = new CountDownLatch(1);
        CompletableFuture<Void> busy = one.submit(() -> {
            gate.await();
            return null;
        });
        ChatModel cached = ChatResponseCache.builder(one)
                .build()
                .chatModel("m", ScriptedChatModel.builder().build());
        CompletableFuture<String> waiting =
                CompletableFuture.supplyAsync(() -> inContext(() -> cached.chat("q")), executor);
        while (one.statistics().queued() == 0) {
            Thread.onSpinWait();
        }
        long unused = one.stop(Deadline.after(Duration.ZERO));
        assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS))
                .hasCauseInstanceOf(RejectedExecutionException.class);
        assertThat(busy).isCompletedExceptionally();
    }

    private static <T> T inContext(Supplier<T> work) {
        try (ContextScope scope = UsageContext.of("acme", "chat").open()) {
            return work.get();
        }
    }
}
