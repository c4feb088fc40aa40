package io.agentruntime.benchmarks.cache;

import io.agentruntime.benchmarks.harness.Effort;
import io.agentruntime.benchmarks.harness.Figure;
import io.agentruntime.benchmarks.harness.Goal;
import io.agentruntime.benchmarks.harness.Pause;
import io.agentruntime.benchmarks.harness.Percentiles;
import io.agentruntime.benchmarks.harness.Target;
import io.agentruntime.benchmarks.harness.WholeRun;
import io.agentruntime.benchmarks.harness.WholeRunGoal;
import io.agentruntime.cache.ContentCache;
import io.agentruntime.cache.ContentKind;
import io.agentruntime.cache.ContentSource;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.Gather;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.storage.BlobStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * Whether a document has its summary, its FAQs and its questions already, in a store that needs {@value #STORE_MILLIS} ms for each:
 * the three looked up together, beside one after the other.
 */
public final class ContentChecks implements WholeRun {

    private static final int STORE_MILLIS = 100;
    private static final double NANOS_PER_MILLI = 1e6;

    private final ContentKind<String> summary = ContentKind.of("summary", String.class);
    private final ContentKind<String> faqs = ContentKind.of("faqs", String.class);
    private final ContentKind<String> questions = ContentKind.of("questions", String.class);
    private final ContentSource source = ContentSource.of("lease.md", "the text of a lease");

    ContentChecks() {}

    public static Goal goal() {
        return new WholeRunGoal(
                "content-checks",
                "ContentCache.findAll of three kinds in a store that takes 100 ms each, beside one after the other",
                Target.of(
                        Figure.atMost(STORE_MILLIS + 5, "ms p50"),
                        Figure.shown("ms p99"),
                        Figure.shown("ms one after the other")),
                ContentChecks.class);
    }

    @Override
    public List<Double> run(Effort effort) throws InterruptedException {
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 20, 1_000));
        BlobStore store = BlobStore.inMemory();
        ContentCache quick = ContentCache.create(store, InstantSource.system());
        ContentCache slow = ContentCache.create(slow(store), InstantSource.system());
        try (ContextScope scope = UsageContext.of("acme", "summaries").open()) {
            quick.save(source, summary, "a summary");
            quick.save(source, faqs, "some FAQs");
            quick.save(source, questions, "some questions");
            double[] together = times(
                    effort.amount(100, 5),
                    () -> found(slow.findAll(Gather.on(io), source, summary, faqs, questions)
                            .join()));
            double[] inTurn = times(effort.amount(10, 1), () -> {
                if (slow.find(source, summary).isEmpty()
                        || slow.find(source, faqs).isEmpty()
                        || slow.find(source, questions).isEmpty()) {
                    throw new IllegalStateException("a content was not found");
                }
            });
            return List.of(
                    Percentiles.of(together).median(),
                    Percentiles.of(together).at(99),
                    Percentiles.of(inTurn).median());
        } finally {
            io.stop(Deadline.after(Duration.ofSeconds(10)));
        }
    }

    private void found(ContentCache.Found found) {
        if (found.get(summary).isEmpty()
                || found.get(faqs).isEmpty()
                || found.get(questions).isEmpty()) {
            throw new IllegalStateException("a content was not found: " + found);
        }
    }

    private static double[] times(int runs, Runnable check) {
        check.run(); // warm
        double[] millis = new double[runs];
        for (int i = 0; i < runs; i++) {
            long begun = System.nanoTime();
            check.run();
            millis[i] = (System.nanoTime() - begun) / NANOS_PER_MILLI;
        }
        return millis;
    }

    /** The same store, far away. */
    private static BlobStore slow(BlobStore store) {
        return (BlobStore) Proxy.newProxyInstance(
                BlobStore.class.getClassLoader(), new Class<?>[] {BlobStore.class}, (proxy, method, arguments) -> {
                    Pause.micros(1_000L * STORE_MILLIS);
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
