package io.agentruntime.executor;

import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/** Waits for the end of a short task without going to sleep; for that, and being woken, takes longer than such a task does. */
final class ShortWait {

    /*
     * Where tasks have turned out to be short, who waits for one watches it for as long as a short task takes, and goes to sleep
     * after that. Watching takes a processor, which the tasks may need. So one thread of a pool watches at a time, and each time that
     * was in vain there are about twice as many who do not watch before the next one does.
     */
    static final int MAX_PAUSE = 255;

    private final Sampling sampling;
    private final boolean worthwhile;
    private final LongSupplier nanoClock;
    private final AtomicBoolean watched = new AtomicBoolean(); // guards the rest
    private int pause; // how many do not watch after one that has
    private int passed; // how many of them have come

    ShortWait(Sampling sampling, int processors, LongSupplier nanoClock) {
        this.sampling = sampling;
        this.worthwhile = processors > 1; // with one the task does not get on while somebody watches
        this.nanoClock = nanoClock;
    }

    /** Comes back when the future is done, or when it is time to go to sleep. */
    void until(Future<?> future) {
        if (worthwhile && sampling.tasksAreShort() && watched.compareAndSet(false, true)) {
            try {
                if (passed++ == pause) {
                    passed = 0;
                    pause = watch(future) ? pause / 2 : Math.min(2 * pause + 1, MAX_PAUSE);
                }
            } finally {
                watched.set(false);
            }
        }
    }

    private boolean watch(Future<?> future) {
        long begun = nanoClock.getAsLong();
        while (!future.isDone() && nanoClock.getAsLong() - begun < Sampling.LONG_NANOS) {
            Thread.onSpinWait();
        }
        return future.isDone();
    }
}
