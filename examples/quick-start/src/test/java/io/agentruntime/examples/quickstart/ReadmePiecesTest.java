package io.agentruntime.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.ContextualExecutors;
import io.agentruntime.executor.ExecutorRegistry;
import io.agentruntime.executor.Gather;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The pieces of the README on executors: the same statements, run. */
class ReadmePiecesTest {

    private final ExecutorRegistry executors = ExecutorRegistry.create(
            new Workload("agent", 1, 10), new Workload("io", 1, 10), new Workload("query", 1, 10));
    private final CompletableFuture<String> refreshed = new CompletableFuture<>();

    @Test
    void readme_itsPieces_areThoseOfThisTest() throws IOException {
        ReadmePieces.assertIn(ReadmePiecesTest.class, "Executors in three pieces", 3);
    }

    @Test
    void plain() throws Exception {
        CompletableFuture<String> result;
        try (var scope = UsageContext.of("acme", "reports").open()) {
            CompletableFuture<String> report = executors
                    .agent()
                    .submit(
                            () -> {
                                String figures = executors
                                        .query()
                                        .submit(() -> loadFigures())
                                        .get();
                                return writeReport(figures);
                            },
                            Deadline.after(Duration.ofSeconds(30)))
                    .thenApply(text -> text + "\nfor " + UsageContext.required().organisation());
            result = report;
        }
        assertThat(result.get()).isEqualTo("report on 42\nfor acme");
        executors.stop(Deadline.after(Duration.ofSeconds(10)));
    }

    @Test
    void virtualAndFair() throws Exception {
        List<Callable<String>> downloads = List.of(() -> "a", () -> "b");
        WorkloadExecutor crawlers = WorkloadExecutor.create(
                new Workload("crawlers", 200, 10_000).virtual().fair());
        List<String> pages = Gather.on(crawlers).width(20).all(downloads).join();
        assertThat(pages).containsExactly("a", "b");
        crawlers.stop(Deadline.after(Duration.ofSeconds(10)));
    }

    @Test
    void hostsOwn() throws Exception {
        ScheduledExecutorService pool = Executors.newScheduledThreadPool(2);
        ScheduledFuture<?> scheduled;
        try (var scope = UsageContext.of("acme", "refresh").open()) {
            ScheduledExecutorService mine = ContextualExecutors.wrap(pool);
            ScheduledFuture<?> refreshing =
                    mine.scheduleAtFixedRate(() -> refresh(UsageContext.required()), 0, 1, TimeUnit.MINUTES);
            scheduled = refreshing;
        }
        assertThat(refreshed.get(30, TimeUnit.SECONDS)).isEqualTo("acme");
        assertThat(scheduled.isDone()).isFalse();
        pool.shutdownNow();
    }

    private static String loadFigures() {
        return "42";
    }

    private static String writeReport(String figures) {
        return "report on " + figures;
    }

    private void refresh(UsageContext context) {
        refreshed.complete(context.organisation());
    }
}
