package io.agentruntime.chat;

import io.agentruntime.lifecycle.Deadline;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Ends a blocking attempt when its time is up: what goes over the wire, and if nothing does that is known of, by an interrupt. Never
 * touches the thread after the attempt.
 */
final class DeadlineWatch implements AutoCloseable {

    /*
     * WATCHING → OVER if the attempt ends first; WATCHING → FIRING → FIRED if its time does. Who closes waits for FIRED, so that the
     * interrupt cannot hit what the thread does next, and takes it back.
     */
    private enum State {
        WATCHING,
        FIRING,
        FIRED,
        OVER
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.WATCHING);
    private final Thread thread = Thread.currentThread();
    private final WireCall wire;
    private final Future<?> alarm;

    private DeadlineWatch(WireCall wire, Deadline deadline, ScheduledExecutorService timer) {
        this.wire = wire;
        this.alarm = timer.schedule(this::fire, deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    }

    /** Watches over the calling thread. */
    static DeadlineWatch begin(WireCall wire, Deadline deadline, ScheduledExecutorService timer) {
        return new DeadlineWatch(wire, deadline, timer);
    }

    private void fire() {
        if (state.compareAndSet(State.WATCHING, State.FIRING)) {
            wire.cancel();
            if (wire.exchanges() == 0) {
                thread.interrupt();
            }
            state.set(State.FIRED);
        }
    }

    /** Whether the time was up before the attempt had ended. */
    boolean fired() {
        return state.get() == State.FIRED;
    }

    @Override
    public void close() {
        if (state.compareAndSet(State.WATCHING, State.OVER)) {
            alarm.cancel(false);
            return;
        }
        while (state.get() == State.FIRING) {
            Thread.onSpinWait();
        }
        boolean unused = Thread.interrupted(); // ours
    }
}
