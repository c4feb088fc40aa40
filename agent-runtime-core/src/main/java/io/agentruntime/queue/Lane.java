package io.agentruntime.queue;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The events that wait of one key, or all that wait if the queue has no keys; and how many batches of them are under way. */
final class Lane<T> {

    /** Where a lane stands in {@link Lanes}. */
    enum Turn {
        NONE,
        LINGERING,
        DUE
    }

    final @Nullable Object key;
    final ArrayDeque<QueuedEvent<T>> waiting = new ArrayDeque<>();
    int open;
    Turn turn = Turn.NONE;
    long dueNanos;

    Lane(@Nullable Object key) {
        this.key = key;
    }
}
