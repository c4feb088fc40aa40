package io.agentruntime.resilience;

import com.github.benmanes.caffeine.cache.Ticker;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ModelThrottle.Permit;
import io.agentruntime.resilience.ModelThrottle.Statistics;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The calls that one throttle holds back, and lets go in the order they came. */
final class ThrottleQueue {

    /*
     * Everything is under one lock, held for as long as it takes to look at the log; futures are completed, and timers set, without it.
     * Whatever may make room - a call that ends, a correction, a waiter that goes away, the timer - lets go of as many waiters as there
     * is room for, from the head, and sets the timer for the new head. resilience4j's RateLimiter was no choice here: it grants twice
     * its limit around the edge of a period, loses the permits of waiters that are interrupted, and its waiters hold their threads.
     */
    private final String name;
    private final int concurrentLimit;
    private final ScheduledExecutorService timer;
    private final Ticker ticker;

    private final ReentrantLock lock = new ReentrantLock(); // guards all that follows
    private final CallLog log;
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    private int running;
    private long heldUntil; // by the provider
    private boolean held;
    private boolean alarmSet;
    private long alarmAt;
    private long admitted;
    private long delayed;
    private long refused;
    private long cancelled;
    private long waitedNanos;

    ThrottleQueue(String name, CallLog log, int concurrentLimit, ModelThrottle.Builder builder) {
        this.name = name;
        this.log = log;
        this.concurrentLimit = concurrentLimit;
        this.timer = builder.timer();
        this.ticker = builder.ticker();
    }

    private static final class Waiter {

        private final long tokens;
        private final long since;
        private final CompletableFuture<Permit> future = new CompletableFuture<>();
        private @Nullable ScheduledFuture<?> end;

        Waiter(long tokens, long since) {
            this.tokens = tokens;
            this.since = since;
        }
    }

    private record Grant(Waiter waiter, Permit permit) {}

    CompletableFuture<Permit> acquire(long tokens, Deadline deadline) {
        Waiter waiter;
        lock.lock();
        try {
            long now = turn();
            waiter = new Waiter(tokens, now);
            if (waiters.isEmpty() && fits(tokens, now)) {
                return CompletableFuture.completedFuture(admit(waiter, now));
            }
            long nanos = log.nanosUntilLast(needs(tokens), earliest(now), now);
            if (nanos >= deadline.remainingNanos()) {
                refused++;
                return CompletableFuture.failedFuture(throttled(waiter, nanos, now));
            }
            waiters.add(waiter);
            delayed++;
        } finally {
            lock.unlock();
        }
        await(waiter, deadline);
        return waiter.future;
    }

    private Iterator<Long> needs(long tokens) {
        return Stream.concat(waiters.stream().map(waiter -> waiter.tokens), Stream.of(tokens))
                .iterator();
    }

    private static Iterator<Long> need(Waiter waiter) {
        return List.of(waiter.tokens).iterator();
    }

    private void await(Waiter waiter, Deadline deadline) {
        CompletableFuture<Permit> unused = waiter.future.whenComplete((permit, failure) -> gone(waiter));
        try {
            ScheduledFuture<?> end =
                    timer.schedule(() -> expire(waiter, null), deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            lock.lock();
            try {
                waiter.end = end;
            } finally {
                lock.unlock();
            }
            if (waiter.future.isDone()) {
                end.cancel(false);
            }
            Timers.onFailure(end, failure -> expire(waiter, failure));
        } catch (RejectedExecutionException closed) {
            waiter.future.completeExceptionally(closed);
        }
        letGo();
    }

    /** A waiter has got what it wanted, or does not want it any more. */
    private void gone(Waiter waiter) {
        ScheduledFuture<?> end;
        boolean waited;
        lock.lock();
        try {
            end = waiter.end;
            waited = waiters.remove(waiter);
            cancelled += waited ? 1 : 0;
        } finally {
            lock.unlock();
        }
        if (end != null) {
            end.cancel(false);
        }
        if (waited) {
            letGo(); // the one behind it may fit
        }
    }

    /** The time of a waiter is up; or the timer was stopped, and nobody would ever tell. */
    private void expire(Waiter waiter, @Nullable Throwable timerFailure) {
        Throwable failure;
        lock.lock();
        try {
            if (!waiters.remove(waiter)) {
                return;
            }
            if (timerFailure instanceof CancellationException && !waiter.future.isDone()) {
                cancelled++;
                failure = timerFailure;
            } else {
                refused++;
                long now = turn();
                failure = throttled(waiter, log.nanosUntilLast(need(waiter), earliest(now), now), now);
            }
        } finally {
            lock.unlock();
        }
        waiter.future.completeExceptionally(failure);
        letGo(); // the one behind it may fit
    }

    /** Lets as many go as there is room for, and sets the timer for the next. */
    private void letGo() {
        List<Grant> grants = new ArrayList<>();
        lock.lock();
        try {
            long now = turn();
            while (!waiters.isEmpty() && fits(waiters.element().tokens, now)) {
                Waiter head = waiters.remove();
                grants.add(new Grant(head, admit(head, now)));
            }
        } finally {
            lock.unlock();
        }
        for (Grant grant : grants) {
            if (!grant.waiter.future.complete(grant.permit)) {
                grant.permit.unused(); // it went away at that very moment
            }
        }
        setAlarm();
    }

    private void setAlarm() {
        long at;
        long nanos;
        lock.lock();
        try {
            Waiter head = waiters.peek();
            if (head == null || running >= concurrentLimit) {
                return; // whoever comes, or ends its call, looks again
            }
            long now = ticker.read();
            nanos = log.nanosUntilLast(need(head), earliest(now), now);
            at = now + nanos;
            if (alarmSet && alarmAt - at <= 0) {
                return;
            }
            alarmSet = true;
            alarmAt = at;
        } finally {
            lock.unlock();
        }
        try {
            ScheduledFuture<?> alarm = timer.schedule(() -> ring(at), nanos, TimeUnit.NANOSECONDS);
            Timers.onFailure(alarm, failure -> ring(at));
        } catch (RejectedExecutionException closed) {
            forget(at); // the waiters' own entries in the timer tell them
        }
    }

    private void ring(long at) {
        forget(at);
        letGo();
    }

    private void forget(long at) {
        lock.lock();
        try {
            alarmSet = alarmSet && alarmAt != at;
        } finally {
            lock.unlock();
        }
    }

    // under the lock

    private long turn() {
        long now = ticker.read();
        log.turn(now);
        held = held && heldUntil - now > 0;
        return now;
    }

    private boolean fits(long tokens, long now) {
        return running < concurrentLimit && earliest(now) == now && log.requestFits() && log.tokensFit(tokens);
    }

    private long earliest(long now) {
        return held ? Math.max(now, heldUntil) : now;
    }

    private Permit admit(Waiter waiter, long now) {
        running++;
        admitted++;
        waitedNanos += now - waiter.since;
        return new Permit(this, log.add(now, waiter.tokens), waiter.tokens);
    }

    private ThrottledException throttled(Waiter waiter, long nanos, long now) {
        return new ThrottledException(
                name, limit(waiter.tokens), Duration.ofNanos(now - waiter.since), Duration.ofNanos(Math.max(0, nanos)));
    }

    private String limit(long tokens) {
        if (tokens > log.tokenLimit()) {
            return "it needs " + tokens + " tokens, allowed: " + log.tokenLimit() + " per minute";
        } else if (held) {
            return "the provider has nothing left for now";
        } else if (!log.requestFits()) {
            return log.requests() + " of " + log.requestLimit() + " requests per minute are used";
        } else if (!log.tokensFit(tokens)) {
            return log.tokens() + " of " + log.tokenLimit() + " tokens per minute are used, it needs " + tokens;
        } else if (running >= concurrentLimit) {
            return running + " of " + concurrentLimit + " concurrent calls are running";
        }
        return waiters.size() + " calls wait before it";
    }

    // what permits and providers report

    void correct(CallLog.Entry entry, long difference) {
        change(() -> log.correct(entry, difference, ticker.read()));
    }

    void end() {
        change(() -> running--);
    }

    void neverMade(CallLog.Entry entry) {
        change(() -> {
            running--;
            log.remove(entry);
        });
    }

    void hold(Duration time) {
        change(() -> {
            long now = ticker.read();
            long until = now + Math.min(time.toNanos(), CallLog.NEVER);
            heldUntil = held ? Math.max(heldUntil, until) : until;
            held = true;
        });
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            turn();
            change.run();
        } finally {
            lock.unlock();
        }
        letGo();
    }

    Statistics statistics() {
        lock.lock();
        try {
            turn();
            return new Statistics(
                    name,
                    admitted,
                    delayed,
                    refused,
                    cancelled,
                    waiters.size(),
                    running,
                    log.requests(),
                    log.tokens(),
                    Duration.ofNanos(waitedNanos));
        } finally {
            lock.unlock();
        }
    }
}
