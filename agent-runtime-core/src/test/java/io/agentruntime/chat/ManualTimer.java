package io.agentruntime.chat;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A scheduler whose time passes when it is told to, on the thread that tells it. */
final class ManualTimer extends ScheduledThreadPoolExecutor implements Ticker {

    private final AtomicLong now = new AtomicLong();
    private final List<Alarm> alarms = new CopyOnWriteArrayList<>();

    ManualTimer() {
        super(1);
    }

    @Override
    public long read() {
        return now.get();
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        if (isShutdown()) {
            return super.schedule(task, delay, unit); // rejected
        }
        Alarm alarm = new Alarm(task, now.get() + unit.toNanos(delay));
        alarms.add(alarm);
        return alarm;
    }

    /** Lets time pass, and what is due happen in its order. */
    void advance(Duration time) {
        long end = now.get() + time.toNanos();
        for (Optional<Alarm> next = next(end); next.isPresent(); next = next(end)) {
            Alarm alarm = next.get();
            alarms.remove(alarm);
            now.set(Math.max(now.get(), alarm.at));
            if (!alarm.isDone()) {
                alarm.task.run();
                alarm.complete(null);
            }
        }
        now.set(end);
    }

    /** Lets time pass in steps until something has happened. */
    void advanceUntil(CompletableFuture<?> happened) {
        while (!happened.isDone()) {
            advance(Duration.ofSeconds(1));
            Thread.onSpinWait();
        }
    }

    private Optional<Alarm> next(long end) {
        return new ArrayList<>(alarms)
                .stream().filter(alarm -> alarm.at <= end).min(Comparator.comparing(alarm -> alarm.at));
    }

    /** How many alarms are set and not cancelled. */
    long pending() {
        return alarms.stream().filter(alarm -> !alarm.isDone()).count();
    }

    private static final class Alarm extends CompletableFuture<Object> implements ScheduledFuture<Object> {

        private final Runnable task;
        private final long at;

        Alarm(Runnable task, long at) {
            this.task = task;
            this.at = at;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int compareTo(Delayed other) {
            throw new UnsupportedOperationException();
        }
    }
}
