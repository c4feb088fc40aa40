package io.agentruntime.benchmarks.cache;

import io.agentruntime.benchmarks.harness.Effort;
import io.agentruntime.benchmarks.harness.Figure;
import io.agentruntime.benchmarks.harness.Goal;
import io.agentruntime.benchmarks.harness.Pause;
import io.agentruntime.benchmarks.harness.Percentiles;
import io.agentruntime.benchmarks.harness.Target;
import io.agentruntime.benchmarks.harness.WholeRun;
import io.agentruntime.benchmarks.harness.WholeRunGoal;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Four readers of 16 values whose source always fails, for half of the keys at once and for the others only after
 * {@value #HANG_MILLIS} ms, which is longer than a reader is to wait: how long a read takes that has to wait for the source at all, and
 * how long after its last failure the source of a key is asked again.
 */
public final class CacheStale implements WholeRun {

    private static final int READERS = 4;
    private static final int KEYS = 16;
    private static final int SOFT_MILLIS = 20;
    private static final int HANG_MILLIS = 100;
    private static final int THROTTLE_MILLIS = 150;
    private static final int GOOD_FOR_MILLIS = 20;
    private static final long PAUSE_MICROS = 500;
    private static final double NANOS_PER_MILLI = 1e6;

    private final WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 20, 1_000));
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final TieredCache<Integer, String> cache = TieredCache.<Integer, String>builder("prices", io)
            .shared()
            .jitter(0)
            .expireAfterWrite(Duration.ofMillis(GOOD_FOR_MILLIS))
            .staleOnError(Duration.ofMinutes(10), Duration.ofMillis(THROTTLE_MILLIS))
            .softTimeout(Duration.ofMillis(SOFT_MILLIS))
            .timer(timer)
            .build();
    private final Map<Integer, Long> failedAt = new ConcurrentHashMap<>();
    private final Queue<Double> askedAgainAfter = new ConcurrentLinkedQueue<>();
    private final Queue<Double> waits = new ConcurrentLinkedQueue<>();

    CacheStale() {}

    public static Goal goal() {
        return new WholeRunGoal(
                "cache-stale",
                "reads of a TieredCache whose source always fails, half of the time slowly; soft timeout 20 ms",
                Target.of(
                        Figure.atMost(SOFT_MILLIS + 5, "ms p99 of reads that wait"),
                        Figure.atLeast(1, "x throttle between two questions"),
                        Figure.shown("ms p50")),
                CacheStale.class);
    }

    @Override
    public List<Double> run(Effort effort) throws InterruptedException {
        for (int key = 0; key < KEYS; key++) {
            String unused = cache.get(key, k -> "good " + k);
        }
        Pause.micros(2_000L * GOOD_FOR_MILLIS);
        read(effort.amount(10, 2));
        io.stop(Deadline.after(Duration.ofSeconds(10)));
        timer.shutdownNow();
        if (waits.isEmpty() || askedAgainAfter.isEmpty()) {
            throw new IllegalStateException("no read had to wait, or no source was asked twice");
        }
        Percentiles times = Percentiles.of(waits.stream().mapToDouble(t -> t).toArray());
        double least = askedAgainAfter.stream().mapToDouble(t -> t).min().orElseThrow();
        return List.of(times.at(99), least / THROTTLE_MILLIS, times.median());
    }

    private void read(int seconds) throws InterruptedException {
        List<Thread> readers = new ArrayList<>();
        Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        for (int reader = 0; reader < READERS; reader++) {
            int first = reader;
            Thread thread = new Thread(() -> readUntil(end, first));
            thread.setUncaughtExceptionHandler((t, e) -> faults.add(e));
            thread.start();
            readers.add(thread);
        }
        for (Thread thread : readers) {
            thread.join();
        }
        if (!faults.isEmpty()) {
            throw new IllegalStateException("a read failed", faults.peek());
        }
    }

    private void readUntil(long end, int first) {
        for (int i = first; System.nanoTime() - end < 0; i++) {
            int key = i % KEYS;
            long begun = System.nanoTime();
            String value = cache.get(key, this::fail);
            double millis = (System.nanoTime() - begun) / NANOS_PER_MILLI;
            if (!value.equals("good " + key)) {
                throw new IllegalStateException("key " + key + " had the value " + value);
            }
            if (millis > 0.1) { // the others were served from memory, within the throttle
                waits.add(millis);
            }
            Pause.micros(PAUSE_MICROS);
        }
    }

    private String fail(Integer key) {
        Long last = failedAt.get(key);
        if (last != null) {
            askedAgainAfter.add((System.nanoTime() - last) / NANOS_PER_MILLI);
        }
        if (key % 2 == 0) {
            Pause.micros(1_000L * HANG_MILLIS);
        }
        failedAt.put(key, System.nanoTime());
        throw new IllegalStateException("the source is down");
    }
}
