package io.agentruntime.gcs;

import io.agentruntime.storage.StorageException;
import io.agentruntime.storage.StorageException.Reason;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When the call that the current thread makes has to be over. The client makes a call's requests on the thread that calls it, so that
 * this reaches every one of them. Thread-safe.
 */
final class GcsDeadline {

    private final long timeoutNanos;
    private final ThreadLocal<@Nullable Long> end = new ThreadLocal<>();

    GcsDeadline(Duration timeout) {
        this.timeoutNanos = timeout.toNanos();
    }

    /** Begins a call, and says whether it is the outermost one, which has to be ended. */
    boolean begin() {
        if (end.get() != null) {
            return false;
        }
        end.set(System.nanoTime() + timeoutNanos);
        return true;
    }

    void end() {
        end.remove();
    }

    /** How many milliseconds are left, 1 or more; all of them if no call has begun. */
    int leftMillis() {
        Long until = end.get();
        long left = until == null ? timeoutNanos : until - System.nanoTime();
        if (left <= 0) {
            throw new StorageException(Reason.TIMEOUT, "no time is left", null);
        }
        return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(left));
    }
}
