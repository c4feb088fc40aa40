package io.agentruntime.examples.documents;

import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What the application does just now, as a part of the runtime: a stop waits for its end first, so that a command can still say and
 * note what has become of its work. Thread-safe.
 */
final class CommandAtWork implements Managed {
    private final Semaphore idle = new Semaphore(1);

    /** Says that the command begins to work. */
    void begin() {
        idle.acquireUninterruptibly();
    }

    /** Says that it has ended. */
    void end() {
        idle.release();
    }

    @Override
    public String name() {
        return "command";
    }

    @Override
    public long stop(Deadline deadline) throws InterruptedException {
        return idle.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS) ? 0 : 1;
    }
}
