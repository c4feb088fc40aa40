package io.agentruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.audit.AuditStore;
import io.agentruntime.bulk.BulkJob;
import io.agentruntime.bulk.BulkQueue;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.queue.EventCodec;
import io.agentruntime.queue.JournalException;
import io.agentruntime.usage.CallOutcome;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageQuality;
import io.agentruntime.usage.UsageStore;
import io.agentruntime.usage.UsageTotal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a runtime has on its way: usage, audit entries and bulk jobs. */
class RuntimeQueuesTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private static final UsageEvent EVENT = UsageEvent.builder(
                    UUID.randomUUID(), Instant.parse("2026-11-24T10:11:12.123456789Z"))
            .owner(UsageContext.builder("acme", "chat")
                    .user("u")
                    .session("s")
                    .request("r")
                    .metadata("team", "blue")
                    .build())
            .provider("OPEN_AI")
            .requestedModel("a")
            .model("b")
            .tokens(TokenCounts.of(7, 5), UsageQuality.ESTIMATED)
            .outcome(CallOutcome.CANCELLED)
            .duration(Duration.ofNanos(1_234_567_891))
            .attempts(2)
            .build();

    @TempDir
    Path folder;

    /** A store that takes nothing. */
    private static final class DownStore implements UsageStore {

        @Override
        public void store(List<UsageEvent> events) throws IOException {
            throw new IOException("down");
        }

        @Override
        public List<UsageTotal> totals() {
            return List.of();
        }
    }

    @Test
    void usageEvent_throughTheJournal_isWhatItWas() throws Exception {
        EventCodec<UsageEvent> codec = EventCodec.json(UsageEvent.class);
        assertThat(codec.decode(codec.encode(EVENT))).isEqualTo(EVENT);
        for (CallOutcome outcome : CallOutcome.values()) {
            UsageEvent event = UsageEvent.builder(EVENT.id(), EVENT.at())
                    .tokens(new TokenCounts(100, 20, 30, 10, 7, 125), UsageQuality.REPORTED)
                    .outcome(outcome)
                    .build();
            assertThat(codec.decode(codec.encode(event))).isEqualTo(event);
        }
    }

    @Test
    void usage_storeDownUntilTheRestart_isStoredByTheNextRuntime() throws Exception {
        AgentRuntime first = AgentRuntime.builder()
                .usageStore(new DownStore())
                .journals(folder)
                .build()
                .start();
        assertThat(first.usageQueue().enqueue(EVENT).accepted()).isTrue();
        assertThat(first.close(Duration.ofMillis(200)).left()).isZero();

        try (AgentRuntime second =
                AgentRuntime.builder().journals(folder).build().start()) {
            assertThat(second.usageQueue().flush(SOON)).isTrue();
            assertThat(second.usageStore().totals())
                    .containsExactly(
                            new UsageTotal("acme", "chat", 1, 0, TokenCounts.of(7, 5), 12, 0, TokenCounts.ZERO));
        }
    }

    @Test
    void journals_ofARuntimeThatRuns_areNotOpenedTwice_butAfterItsEnd() {
        AgentRuntime first = AgentRuntime.builder().journals(folder).build();
        assertThatThrownBy(() -> AgentRuntime.builder().journals(folder).build())
                .isInstanceOf(JournalException.class)
                .hasMessageContaining(folder.toString());
        first.close();
        AgentRuntime.builder().journals(folder).build().close();
    }

    @Test
    void audit_isFlushedWhenTheRuntimeCloses() throws Exception {
        AuditStore store = AuditStore.inMemory();
        try (AgentRuntime runtime =
                        AgentRuntime.builder().auditStore(store).build().start();
                ContextScope scope = UsageContext.of("acme", "library").open()) {
            runtime.audit().record("document.delete", "a.md", "done");
        }
        assertThat(store.entries("acme")).hasSize(1);
    }

    @Test
    void bulk_goesOnAfterTheRestart() throws Exception {
        AgentRuntime first = AgentRuntime.builder().journals(folder).build().start();
        BulkQueue<String, String> stuck = first.bulkQueue("import", String.class, item -> {
            throw new InterruptedException("never gets anywhere");
        });
        stuck.submit("all", List.of("a", "b"));
        first.close(Duration.ofMillis(200));

        try (AgentRuntime second =
                AgentRuntime.builder().journals(folder).build().start()) {
            assertThat(second.bulkQueue("import", String.class, String::toUpperCase)
                            .submit("more", List.of("c"))
                            .completion()
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS)
                            .results())
                    .containsExactly(new BulkJob.Result<>(BulkJob.State.DONE, "C", null));
        }
    }

    @Test
    void bulk_nameThatIsNoFolder_isRefused() {
        try (AgentRuntime runtime = AgentRuntime.builder().build().start()) {
            assertThatThrownBy(() -> runtime.bulkQueue("../x", String.class, item -> item))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'../x'");
        }
    }

    @Test
    void bulk_nameThatIsTakenOrTooLate_isRefused() {
        AgentRuntime runtime = AgentRuntime.builder().build().start();
        runtime.bulkQueue("import", String.class, item -> item);
        assertThatThrownBy(() -> runtime.bulkQueue("import", String.class, item -> item))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is a bulk queue 'import' already");
        runtime.close();
        assertThatThrownBy(() -> runtime.bulkQueue("export", String.class, item -> item))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'export'");
    }

    @Test
    void bulk_oneHangs_theOthersHaveTheirShareOfTheStop() throws Exception {
        AgentRuntime runtime = AgentRuntime.builder().build().start();
        CountDownLatch hanging = new CountDownLatch(1);
        runtime.bulkQueue("hangs", String.class, item -> {
                    hanging.countDown();
                    new CountDownLatch(1).await(); // until it is interrupted
                    return item;
                })
                .submit(List.of("a"));
        assertThat(hanging.await(30, TimeUnit.SECONDS)).isTrue();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        BulkJob<String> job = runtime.bulkQueue("works", String.class, item -> {
                    begun.countDown();
                    go.await();
                    return item;
                })
                .submit(List.of("b"));
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Long> left = CompletableFuture.supplyAsync(
                () -> runtime.close(Duration.ofSeconds(4)).left());
        go.countDown();
        assertThat(left.get(30, TimeUnit.SECONDS))
                .as("lost: that of the one that hangs")
                .isEqualTo(1);
        assertThat(job.progress().done()).isEqualTo(1);
    }
}
