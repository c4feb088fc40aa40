package io.agentruntime.executor;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts durations in buckets that grow with them: eight to each doubling, so a bucket's bound is off by an eighth at most. Thread-safe.
 */
public final class LatencyHistogram {

    private static final int STEPS = 8; // to each doubling
    private static final int STEP_BITS = 3;

    private final AtomicLongArray counts = new AtomicLongArray((Long.SIZE - STEP_BITS + 1) * STEPS);

    /** Makes a histogram that has counted nothing. */
    public LatencyHistogram() {}

    /**
     * Counts a duration.
     *
     * @param nanos how long something took, in nanoseconds; below zero is zero
     */
    public void record(long nanos) {
        counts.getAndIncrement(bucket(Math.max(0, nanos)));
    }

    private static int bucket(long nanos) {
        int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(nanos) - STEP_BITS - 1);
        return shift * STEPS + (int) (nanos >>> shift);
    }

    /** The largest value that falls into a bucket. */
    private static long bound(int bucket) {
        int shift = Math.max(0, bucket / STEPS - 1);
        return ((bucket - (long) shift * STEPS + 1) << shift) - 1;
    }

    /**
     * Tells the figures of what was counted.
     *
     * @return the figures of this moment
     */
    public WorkloadStatistics.Latency latency() {
        long total = 0;
        int last = 0;
        for (int i = 0; i < counts.length(); i++) {
            total += counts.get(i);
            last = counts.get(i) > 0 ? i : last;
        }
        Duration max = total == 0 ? Duration.ZERO : Duration.ofNanos(bound(last));
        return new WorkloadStatistics.Latency(total, percentile(total, 50), percentile(total, 99), max);
    }

    private Duration percentile(long total, int percent) {
        long rank = (total * percent + 99) / 100;
        long seen = 0;
        for (int i = 0; i < counts.length() && total > 0; i++) {
            seen += counts.get(i);
            if (seen >= rank) {
                return Duration.ofNanos(bound(i));
            }
        }
        return Duration.ZERO;
    }
}
