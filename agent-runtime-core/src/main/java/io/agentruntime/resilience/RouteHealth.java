package io.agentruntime.resilience;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Whether one route is worth a try. */
final class RouteHealth {

    /*
     * WELL → COOLING after too many failures in a row, or at once when the provider says for how long. COOLING → PROBED when the time is
     * up, by the one call that changes the state: it takes the time of another cool-down with it, so that no second call is let through
     * unless the first has not reported by then, and no call that is never heard of again can block the route. PROBED → WELL or COOLING
     * by the outcome of a call that was let in since the cooling began; what older calls report is old news.
     */
    private record State(int failures, int coolings, boolean cooling, long until) {}

    private static final State WELL = new State(0, 0, false, 0);

    private final int limit;
    private final long coolDownNanos;
    private final AtomicReference<State> state = new AtomicReference<>(WELL);

    final LongAdder tries = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder skips = new LongAdder();

    RouteHealth(int limit, Duration coolDown) {
        this.limit = limit;
        this.coolDownNanos = coolDown.toNanos();
    }

    /** The right to one try. */
    record Admission(int coolings, boolean probe) {}

    /** Lets a call in, or returns null if the route is cooling. */
    @Nullable
    Admission tryEnter(long now) {
        while (true) {
            State before = state.get();
            if (!before.cooling) {
                return new Admission(before.coolings, false);
            }
            if (now - before.until < 0) {
                return null;
            }
            if (state.compareAndSet(before, cooling(before, before.failures, before.coolings, now + coolDownNanos))) {
                return new Admission(before.coolings, true);
            }
        }
    }

    /** Lets a call in, cooling or not. */
    Admission enter(long now) {
        Admission admission = tryEnter(now);
        return admission != null ? admission : new Admission(state.get().coolings, false);
    }

    private static State cooling(State before, int failures, int coolings, long until) {
        return new State(failures, coolings, true, before.cooling ? Math.max(before.until, until) : until);
    }

    /** The provider has answered. Says whether the route was cooling until now. */
    boolean answered(Admission admission) {
        State before =
                state.getAndUpdate(s -> s.coolings == admission.coolings ? new State(0, s.coolings, false, 0) : s);
        return before.cooling && before.coolings == admission.coolings;
    }

    /** The provider could not answer, and may have said for how long. Returns for how long the route cools from now on, or null. */
    @Nullable
    Duration unavailable(Admission admission, long now, boolean atOnce, @Nullable Duration retryAfter) {
        failures.increment();
        long pause = retryAfter == null ? coolDownNanos : retryAfter.toNanos();
        State before;
        State after;
        do {
            before = state.get();
            boolean known = before.coolings != admission.coolings; // it cools by the news of others already
            boolean cools = atOnce || before.cooling || before.failures + 1 >= limit;
            if (known && !(atOnce && before.cooling) || !cools) {
                after = known ? before : new State(before.failures + 1, before.coolings, false, 0);
            } else {
                after = cooling(before, before.failures + 1, before.coolings + 1, now + pause);
            }
        } while (!state.compareAndSet(before, after));
        return after.coolings == before.coolings ? null : Duration.ofNanos(Math.max(0, after.until - now));
    }

    /** The call ended in a way that says nothing about the provider: another one may probe it. */
    void unknown(Admission admission, long now) {
        if (admission.probe) {
            state.updateAndGet(s ->
                    s.cooling && s.coolings == admission.coolings ? new State(s.failures, s.coolings, true, now) : s);
        }
    }

    /** How long the route still cools; zero if it is well, or due for a probe. */
    Duration coolsFor(long now) {
        State current = state.get();
        return Duration.ofNanos(current.cooling ? Math.max(0, current.until - now) : 0);
    }
}
