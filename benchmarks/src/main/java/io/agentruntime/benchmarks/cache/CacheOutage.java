package io.agentruntime.benchmarks.cache;

import io.agentruntime.benchmarks.harness.Effort;
import io.agentruntime.benchmarks.harness.Figure;
import io.agentruntime.benchmarks.harness.Goal;
import io.agentruntime.benchmarks.harness.Pause;
import io.agentruntime.benchmarks.harness.Percentiles;
import io.agentruntime.benchmarks.harness.Target;
import io.agentruntime.benchmarks.harness.WholeRun;
import io.agentruntime.benchmarks.harness.WholeRunGoal;
import io.agentruntime.cache.CacheCodec;
import io.agentruntime.cache.CacheTier;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A cache whose lower tier hangs and hears no interrupt, while one thread asks for something new each millisecond: what a hit in memory
 * costs then, beside the same when the tier answered; and how long misses take, of which {@value #BURST} come at once, each with a
 * computation that takes no time. All is done twice, and measured the second time.
 */
public final class CacheOutage implements WholeRun {

    private static final int HOT = 1_000;
    private static final int BURST = 50;
    private static final int HITS_AT_ONCE = 100;
    private static final int TIMEOUT_MILLIS = 100;
    private static final long PACE_MICROS = 1_000;
    private static final double NANOS_PER_MILLI = 1e6;

    CacheOutage() {}

    public static Goal goal() {
        return new WholeRunGoal(
                "cache-outage",
                "a TieredCache whose lower tier hangs: hits in memory beside those of before, and misses; timeout 100 ms",
                Target.of(
                        Figure.atMost(2, "x hit p99 of before"),
                        Figure.atMost(TIMEOUT_MILLIS + 10, "ms p99 of misses"),
                        Figure.shown("ns hit p99"),
                        Figure.shown("ms slowest miss once the tier is left in peace")),
                CacheOutage.class);
    }

    /** Remembers nothing, and hangs when told to. */
    private static final class Tier implements CacheTier {

        private volatile CountDownLatch gate = new CountDownLatch(0);

        private void pass() {
            boolean interrupted = false;
            while (gate.getCount() > 0) {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public Optional<byte[]> get(String key) {
            pass();
            return Optional.empty();
        }

        @Override
        public void put(String key, byte[] entry, Instant useless) {
            pass();
        }

        @Override
        public void delete(String key) {
            pass();
        }

        @Override
        public List<String> list(String folder) {
            pass();
            return List.of();
        }
    }

    @Override
    public List<Double> run(Effort effort) throws Exception {
        int batches = effort.amount(100_000, 5_000);
        List<Double> unused = new Trial().run(batches / 4);
        return new Trial().run(batches);
    }

    /** One cache, and its outage. */
    private static final class Trial {

        private final WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 20, 10_000));
        private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        private final Tier tier = new Tier();
        private final TieredCache<Integer, String> cache = TieredCache.<Integer, String>builder("texts", io)
                .shared()
                .maximumSize(1_000_000)
                .tier(tier, Duration.ofDays(1), Duration.ofMillis(TIMEOUT_MILLIS))
                .codec(CacheCodec.json(String.class))
                .timer(timer)
                .build();
        private final AtomicInteger next = new AtomicInteger(HOT);
        private volatile boolean asking = true;

        List<Double> run(int batches) throws Exception {
            for (int key = 0; key < HOT; key++) {
                String unused = cache.get(key, k -> "value " + k);
            }
            Thread others = new Thread(this::askForMore);
            others.start();
            double unused = hitP99(batches); // warm
            double before = hitP99(batches);
            tier.gate = new CountDownLatch(1);
            double waited = millis(miss(), 99);
            double during = hitP99(batches);
            double skipped = millis(miss(), 100);
            asking = false;
            others.join();
            tier.gate.countDown();
            io.stop(Deadline.after(Duration.ofSeconds(10)));
            timer.shutdownNow();
            return List.of(during / before, waited, during, skipped);
        }

        private void askForMore() {
            while (asking) {
                CompletableFuture<String> unused = cache.getAsync(next.getAndIncrement(), key -> "value " + key);
                Pause.micros(PACE_MICROS);
            }
        }

        /** What a hit takes, in nanoseconds; one value for {@value #HITS_AT_ONCE} of them, which the clock can tell. */
        private double hitP99(int batches) {
            double[] nanos = new double[batches];
            int key = 0;
            for (int i = 0; i < batches; i++) {
                long begun = System.nanoTime();
                for (int j = 0; j < HITS_AT_ONCE; j++) {
                    key = key + 1 == HOT ? 0 : key + 1;
                    String value = cache.get(key, Trial::absent);
                    if (value.isEmpty()) {
                        throw new IllegalStateException("an empty value");
                    }
                }
                nanos[i] = (double) (System.nanoTime() - begun) / HITS_AT_ONCE;
            }
            return Percentiles.of(nanos).at(99);
        }

        private static String absent(Integer key) {
            throw new IllegalStateException("not in memory: " + key);
        }

        /** Asks for values that nobody has, all at once. Each future gives how long that took. */
        private List<CompletableFuture<Double>> miss() {
            List<CompletableFuture<Double>> times = new ArrayList<>();
            for (int i = 0; i < BURST; i++) {
                long begun = System.nanoTime();
                times.add(cache.getAsync(next.getAndIncrement(), key -> "value " + key)
                        .thenApply(value -> (System.nanoTime() - begun) / NANOS_PER_MILLI));
            }
            return times;
        }

        private static double millis(List<CompletableFuture<Double>> times, double percent) throws Exception {
            double[] millis = new double[times.size()];
            for (int i = 0; i < millis.length; i++) {
                millis[i] = times.get(i).get(1, TimeUnit.MINUTES);
            }
            return Percentiles.of(millis).at(percent);
        }
    }
}
