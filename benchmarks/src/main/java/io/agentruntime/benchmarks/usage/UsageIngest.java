package io.agentruntime.benchmarks.usage;

import io.agentruntime.benchmarks.harness.Effort;
import io.agentruntime.benchmarks.harness.Figure;
import io.agentruntime.benchmarks.harness.Goal;
import io.agentruntime.benchmarks.harness.Pause;
import io.agentruntime.benchmarks.harness.Target;
import io.agentruntime.benchmarks.harness.TemporaryFolder;
import io.agentruntime.benchmarks.harness.WholeRun;
import io.agentruntime.benchmarks.harness.WholeRunGoal;
import io.agentruntime.context.UsageContext;
import io.agentruntime.jdbc.DuckDbUsageStore;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.queue.BackgroundQueue;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageQuality;
import io.agentruntime.usage.UsageTotal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** Usage events from one producer through a queue with the defaults of a runtime into a DuckDB file, counted again at the end. */
public final class UsageIngest implements WholeRun {

    private static final int BATCH = 2_000; // as the usage queue of AgentRuntime
    private static final int CAPACITY = 10_000;
    private static final long PAUSE_MICROS = 100;

    UsageIngest() {}

    public static Goal goal() {
        return new WholeRunGoal(
                "usage-ingest",
                "200,000 usage events through a BackgroundQueue into a DuckDB file",
                Target.of(Figure.atLeast(30_000, "rows/s")),
                UsageIngest.class);
    }

    @Override
    public List<Double> run(Effort effort) throws Exception {
        int events = effort.amount(200_000, 20_000);
        try (TemporaryFolder folder = TemporaryFolder.create()) {
            ingest(folder.path().resolve("warm.duckdb"), events(events / 10));
            return List.of(ingest(folder.path().resolve("usage.duckdb"), events(events)));
        }
    }

    private static double ingest(Path file, List<UsageEvent> events) throws Exception {
        DuckDbUsageStore store = DuckDbUsageStore.open(file);
        store.start();
        BackgroundQueue<UsageEvent> queue = BackgroundQueue.<UsageEvent>builder("usage", store::store)
                .capacity(CAPACITY)
                .batchSize(BATCH)
                .build();
        queue.start();
        long began = System.nanoTime();
        events.forEach(event -> enqueue(queue, event));
        boolean flushed = queue.flush(Duration.ofMinutes(4));
        double seconds = (System.nanoTime() - began) / 1e9;
        long stored = store.totals().stream().mapToLong(UsageTotal::calls).sum();
        queue.stop(Deadline.after(Duration.ofSeconds(10)));
        store.stop(Deadline.after(Duration.ofSeconds(10)));
        if (!flushed || stored != events.size()) {
            throw new IllegalStateException(stored + " of " + events.size() + " events were stored");
        }
        return events.size() / seconds;
    }

    private static void enqueue(BackgroundQueue<UsageEvent> queue, UsageEvent event) {
        while (!queue.enqueue(event).accepted()) {
            Pause.micros(PAUSE_MICROS);
        }
    }

    private static List<UsageEvent> events(int count) {
        return IntStream.range(0, count).mapToObj(UsageIngest::event).toList();
    }

    private static UsageEvent event(int number) {
        UsageContext owner = UsageContext.of("organisation-" + number % 20, "feature-" + number % 7)
                .withUser("user-" + number % 500)
                .withSession("session-" + number % 5_000)
                .withRequest("request-" + number);
        return UsageEvent.builder(UUID.randomUUID(), Instant.ofEpochSecond(1_700_000_000L + number))
                .owner(owner)
                .provider("openai")
                .requestedModel("gpt-4o-mini")
                .tokens(TokenCounts.of(1_200 + number % 100, 300 + number % 50), UsageQuality.REPORTED)
                .build();
    }
}
