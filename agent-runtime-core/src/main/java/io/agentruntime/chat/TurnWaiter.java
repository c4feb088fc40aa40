package io.agentruntime.chat;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One wish for a turn: granted or given up, whichever comes first. Thread-safe. */
final class TurnWaiter {

    private enum State {
        WAITING,
        GRANTED,
        QUIT
    }

    final TurnToken token;
    private final BooleanSupplier onGrant;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private volatile @Nullable ScheduledFuture<?> alarm;

    /**
     * Makes a wish.
     *
     * @param onGrant begins the turn; returns false if that cannot be
     */
    TurnWaiter(TurnToken token, BooleanSupplier onGrant) {
        this.token = token;
        this.onGrant = onGrant;
    }

    /** Gives the turn; returns false if it is no longer wanted, or cannot begin. */
    boolean grant() {
        if (!state.compareAndSet(State.WAITING, State.GRANTED)) {
            return false;
        }
        disarm();
        return onGrant.getAsBoolean();
    }

    /** Takes the turn without a wait. */
    TurnWaiter granted() {
        state.set(State.GRANTED);
        return this;
    }

    /** Gives the wish up; returns false if it was granted, or given up, before. */
    boolean quit() {
        boolean quit = state.compareAndSet(State.WAITING, State.QUIT);
        if (quit) {
            disarm();
        }
        return quit;
    }

    /** Lets an action happen after a time, unless the wish has ended by then. */
    void arm(ScheduledExecutorService timer, Runnable action, long nanos) {
        alarm = timer.schedule(action, nanos, TimeUnit.NANOSECONDS);
        if (state.get() != State.WAITING) {
            disarm();
        }
    }

    private void disarm() {
        ScheduledFuture<?> pending = alarm;
        if (pending != null) {
            pending.cancel(false);
        }
    }

    /**
     * Waits until granted, or for the time. It is the alarm that is waited for, which the grant cancels: a workload that is the timer knows
     * that its task waits, and lends the slot.
     */
    void await(ScheduledExecutorService timer, long nanos) throws InterruptedException {
        if (nanos == 0) {
            return;
        }
        arm(timer, () -> {}, nanos);
        ScheduledFuture<?> pending = alarm;
        try {
            if (pending != null) {
                pending.get(nanos, TimeUnit.NANOSECONDS);
            }
        } catch (CancellationException granted) {
            return;
        } catch (TimeoutException | ExecutionException timeIsUp) {
            pending.cancel(false);
        }
    }
}
