package io.agentruntime.chat;

import com.github.benmanes.caffeine.cache.Ticker;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Watches one exchange: says when what is expected has not come in time. Thread-safe. */
final class Watch {

    /*
     * What is expected changes with every event, a scheduled alarm does not: an alarm that goes off too early looks when it is due
     * now, and is set again. Only a limit that ends before the alarm goes off needs a new one. Whoever sets an alarm looks at the
     * expectation again afterwards, and whoever changes the expectation looks at the alarm afterwards, so none is missed.
     */
    private final ScheduledExecutorService timer;
    private final Ticker ticker;
    private final Consumer<Throwable> onExpiry;
    private final AtomicReference<@Nullable Alarm> alarm = new AtomicReference<>();
    private volatile @Nullable Expectation expected;
    private volatile boolean stopped;

    /**
     * Makes a watch that expects nothing yet.
     *
     * @param onExpiry takes the timeout, on a thread of the timer; or the timer's refusal, on any
     */
    Watch(ScheduledExecutorService timer, Ticker ticker, Consumer<Throwable> onExpiry) {
        this.timer = timer;
        this.ticker = ticker;
        this.onExpiry = onExpiry;
    }

    /** Expects something within a limit that counts from the given reading of the ticker. */
    void expect(Limit limit, long fromNanos) {
        Expectation next = new Expectation(limit, fromNanos + limit.nanos());
        expected = next;
        Alarm set = alarm.get();
        if (set == null || next.dueNanos - set.atNanos < 0) {
            arm(next);
        }
    }

    /** Expects nothing until told to. */
    void suspend() {
        expected = null;
    }

    /** Ends for good. */
    void stop() {
        stopped = true;
        Alarm set = alarm.getAndSet(null);
        if (set != null) {
            set.disarm();
        }
    }

    private void arm(Expectation first) {
        for (Expectation next = first; next != null && !stopped; next = earlierThan(next)) {
            Alarm set = new Alarm(this, next.dueNanos);
            Alarm before = alarm.getAndSet(set);
            if (before != null) {
                before.disarm();
            }
            try {
                set.arm(timer.schedule(set, Math.max(0, next.dueNanos - ticker.read()), TimeUnit.NANOSECONDS));
            } catch (RejectedExecutionException e) { // nothing goes on unwatched
                onExpiry.accept(e);
                return;
            }
            if (stopped) {
                set.disarm();
            }
        }
    }

    private @Nullable Expectation earlierThan(Expectation armed) {
        Expectation now = expected;
        return now != null && now.dueNanos - armed.dueNanos < 0 ? now : null;
    }

    private void wentOff(Alarm which) {
        if (!alarm.compareAndSet(which, null) || stopped) {
            return;
        }
        Expectation now = expected;
        if (now == null) {
            return;
        }
        if (ticker.read() - now.dueNanos >= 0) {
            onExpiry.accept(now.limit.timeout());
        } else {
            arm(now);
        }
    }

    private record Expectation(Limit limit, long dueNanos) {}

    /** One scheduled look. A scheduler may keep it long after it was disarmed, so it lets go of what it watched. */
    private static final class Alarm implements Runnable {

        private final long atNanos;
        private volatile @Nullable Watch watch;
        private volatile @Nullable ScheduledFuture<?> pending;

        Alarm(Watch watch, long atNanos) {
            this.watch = watch;
            this.atNanos = atNanos;
        }

        void arm(ScheduledFuture<?> future) {
            pending = future;
            if (watch == null) {
                future.cancel(false);
            }
        }

        void disarm() {
            watch = null;
            ScheduledFuture<?> future = pending;
            if (future != null) {
                future.cancel(false);
            }
        }

        @Override
        public void run() {
            Watch owner = watch;
            if (owner != null) {
                owner.wentOff(this);
            }
        }
    }
}
