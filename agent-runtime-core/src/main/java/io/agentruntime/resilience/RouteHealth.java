package io.agentruntime.resilience;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
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

    // for the log, which a provider that is down must not flood
    final AtomicLong coolDowns = new AtomicLong();
    final AtomicLong ledOn = new AtomicLong();

    RouteHealth(int limit, Duration coolDown) {
        this.limit = limit;
        this.coolDownNanos = coolDown.toNanos();
    }

    private State state() {
        return requireNonNull(state.get(), "state");
    }

    /** The right to one try. */
    record Admission(int coolings, boolean probe) {}

    /** Lets a call in, or returns null if the route is cooling. */
    @Nullable
    Admission tryEnter(long now) {
        while (true) {
            State before = state();
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
        return admission != null ? admission : new Admission(state().coolings, false);
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
            before = state();
            after = afterFailure(before, admission, atOnce, now + pause);
        } while (!state.compareAndSet(before, after));
        return after.coolings == before.coolings ? null : Duration.ofNanos(Math.max(0, after.until - now));
    }

    private State afterFailure(State before, Admission admission, boolean atOnce, long until) {
        int count = before.failures + 1;
        if (before.coolings
                != admission.coolings) { // old news: it has cooled since; but how long to wait is always news
            return atOnce && before.cooling ? cooling(before, count, before.coolings + 1, until) : before;
        }
        boolean cools = atOnce || before.cooling || count >= limit;
        if (!cools) {
            return new State(count, before.coolings, false, 0);
        }
        return admission.probe // which holds the time of a cool-down itself
                ? new State(count, before.coolings + 1, true, until)
                : cooling(before, count, before.coolings + 1, until);
    }

    /** The call ended in a way that says nothing about the provider: another one may probe it. */
    void unknown(Admission admission, long now) {
        if (admission.probe) {
            State before = state();
            while (before.cooling
                    && before.coolings == admission.coolings
                    && !state.compareAndSet(before, new State(before.failures, before.coolings, true, now))) {
                before = state();
            }
        }
    }

    /** How long the route still cools; zero if it is well, or due for a probe. */
    Duration coolsFor(long now) {
        State current = state();
        return Duration.ofNanos(current.cooling ? Math.max(0, current.until - now) : 0);
    }
}
