package io.agentruntime.benchmarks.harness;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A wait that uses no core, for load that comes at a pace. */
public final class Pause {

    private Pause() {}

    /** Waits that long, plus what the system needs to wake the thread; an interrupt ends the wait and stays set. */
    public static void micros(long time) {
        try {
            boolean woken = new CountDownLatch(1).await(time, TimeUnit.MICROSECONDS);
            if (woken) {
                throw new IllegalStateException("nobody can open this latch");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
