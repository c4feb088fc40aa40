package io.agentruntime.executor;

import org.jspecify.annotations.Nullable;

/** A waiting task's place in the queue of a pool. Guarded by the pool's lock. */
final class Slot {

    final Runnable task;
    final @Nullable String owner;
    boolean inside;
    long queuedAt; // 0 if its wait is not measured
    boolean gone = true; // not in the queue: not yet, started, or given up

    Slot(Runnable task, @Nullable String owner, boolean inside) {
        this.task = task;
        this.owner = owner;
        this.inside = inside;
    }
}
