package io.agentruntime.cache;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicReference;

/** Leaves a tier in peace that has failed several times in a row, and lets one call try it again when the time is up. Lock-free. */
final class Circuit {

    private record State(int failures, boolean open, long until) {}

    private static final State CLOSED = new State(0, false, 0);

    private final int limit;
    private final long pauseNanos;
    private final AtomicReference<State> state = new AtomicReference<>(CLOSED);

    Circuit(int limit, long pauseNanos) {
        this.limit = limit;
        this.pauseNanos = pauseNanos;
    }

    private State state() {
        return requireNonNull(state.get(), "state");
    }

    /** Lets a call in. The one that probes takes the time of another pause with it: if it is never heard of, the next one probes then. */
    boolean tryEnter(long now) {
        State before = state();
        if (!before.open) {
            return true;
        }
        return now - before.until >= 0
                && state.compareAndSet(before, new State(before.failures, true, now + pauseNanos));
    }

    void succeeded() {
        if (!state().equals(CLOSED)) {
            state.set(CLOSED);
        }
    }

    void failed(long now) {
        state.updateAndGet(s -> {
            int failures = s.failures + 1;
            return new State(failures, failures >= limit, now + pauseNanos);
        });
    }

    boolean isOpen() {
        return state().open;
    }
}
