package io.agentruntime.testkit;

import static java.util.Objects.requireNonNull;

import io.agentruntime.testkit.ManualQueue.Entry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler without threads: what is due runs when a test turns the clock, on the thread of the test.
 *
 * <pre>{@code
 * ManualTicker ticker = new ManualTicker();
 * ManualScheduler timer = new ManualScheduler(ticker);
 * var answer = CompletableFuture.supplyAsync(() -> retryingWith(ticker, timer)); // waits 2 s on another thread
 * timer.awaitScheduled(1, Duration.ofSeconds(10));                               // it has begun to wait
 * assertThat(timer.pendingDelays()).containsExactly(Duration.ofSeconds(2));
 * timer.advance(Duration.ofSeconds(2));                                          // two seconds later
 * }</pre>
 *
 * <p>What is due at the same time runs in the order in which it was scheduled. {@link #execute} and {@code submit} mean: due at once,
 * but still not run before the test says so. Other threads may wait for the futures; the thread of the test must not, and must not
 * call {@code invokeAll} or {@code invokeAny}, as nothing runs without it. Thread-safe; one thread at a time is to turn the clock.
 */
public final class ManualScheduler extends AbstractExecutorService implements ScheduledExecutorService, AutoCloseable {

    private static final long FAR_NANOS = Long.MAX_VALUE / 2; // with more, differences of times overflow

    private final ManualTicker ticker;
    private final ManualQueue queue;

    /**
     * Makes a scheduler without tasks.
     *
     * @param ticker the clock that says what is due; {@link #advance} turns it
     */
    public ManualScheduler(ManualTicker ticker) {
        this.ticker = requireNonNull(ticker, "ticker");
        this.queue = new ManualQueue(ticker);
    }

    /**
     * Lets time pass and runs what becomes due on the way, each task at its own time, and what those tasks add. What a task given to
     * {@link #execute} throws comes out here, and the clock stays at its time.
     *
     * @param time how much; zero or more
     * @return how many tasks were run
     * @throws IllegalArgumentException if the time is negative
     */
    public int advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("time cannot run backwards: " + time);
        }
        long end = queue.nanos() + time.toNanos();
        int count = 0;
        for (Entry next = queue.pollUntil(end); next != null; next = queue.pollUntil(end)) {
            turnTo(next.dueNanos());
            next.action().run();
            count++;
        }
        turnTo(end);
        return count;
    }

    /**
     * Runs what is due now, and what that adds for now. Needed after the ticker itself was turned, and after {@link #execute}.
     *
     * @return how many tasks were run
     */
    public int runDue() {
        return advance(Duration.ZERO);
    }

    private void turnTo(long nanos) {
        ticker.advance(Duration.ofNanos(Math.max(0, nanos - queue.nanos())));
    }

    /**
     * Waits until as many tasks have been scheduled since the start, those included that have run or were cancelled. Neither {@link
     * #execute} nor the later runs of a periodic task count.
     *
     * @param count how many
     * @param timeout how long to wait at most, in real time
     * @throws AssertionError if there were fewer when the time is up
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public void awaitScheduled(int count, Duration timeout) throws InterruptedException {
        queue.awaitScheduled(count, timeout);
    }

    /**
     * Waits until at least as many tasks are pending at the same time.
     *
     * @param count how many
     * @param timeout how long to wait at most, in real time
     * @throws AssertionError if there are fewer when the time is up
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public void awaitPending(int count, Duration timeout) throws InterruptedException {
        queue.awaitPending(count, timeout);
    }

    /**
     * Tells how many tasks wait to be run, now or later.
     *
     * @return the number of pending tasks, without those that were cancelled
     */
    public int pending() {
        return queue.entries().size();
    }

    /**
     * Tells when the pending tasks are due.
     *
     * @return the time from now until each, the first first; negative where it is over
     */
    public List<Duration> pendingDelays() {
        long now = queue.nanos();
        return queue.entries().stream()
                .map(entry -> Duration.ofNanos(entry.dueNanos() - now))
                .toList();
    }

    /**
     * Lists the waits that were asked for since the start, whatever became of them.
     *
     * @return the delay of each scheduled task, in the order of the requests; of a periodic task the first
     */
    public List<Duration> delays() {
        return queue.delays();
    }

    /**
     * Keeps a task that is due at once.
     *
     * @param action what to run
     * @throws RejectedExecutionException after the shutdown
     */
    @Override
    public void execute(Runnable action) {
        requireNonNull(action, "action");
        require(queue.offer(action, queue.nanos()));
    }

    /**
     * Keeps a task for later.
     *
     * @param action what to run
     * @param delay how long from now; below zero is zero
     * @param unit the unit of the delay
     * @return the task, to be cancelled or, on another thread, waited for
     * @throws RejectedExecutionException after the shutdown
     */
    @Override
    public ScheduledFuture<?> schedule(Runnable action, long delay, TimeUnit unit) {
        return schedule(Executors.callable(action), delay, unit);
    }

    /**
     * Keeps a task for later.
     *
     * @param <V> what it results in
     * @param action what to run
     * @param delay how long from now; below zero is zero
     * @param unit the unit of the delay
     * @return the task, to be cancelled or, on another thread, waited for
     * @throws RejectedExecutionException after the shutdown
     */
    @Override
    public <V extends @Nullable Object> ScheduledFuture<V> schedule(Callable<V> action, long delay, TimeUnit unit) {
        return start(requireNonNull(action, "action"), nanos(delay, unit), 0);
    }

    /**
     * Keeps a task that runs again and again, each time the period after the last was due, until it throws or is cancelled.
     *
     * @param action what to run
     * @param initialDelay how long from now to the first run; below zero is zero
     * @param period from one due time to the next, above zero
     * @param unit the unit of both
     * @return the task, which ends only with a failure or by being cancelled
     * @throws RejectedExecutionException after the shutdown
     * @throws IllegalArgumentException if the period is not above zero
     */
    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable action, long initialDelay, long period, TimeUnit unit) {
        return start(Executors.callable(action), nanos(initialDelay, unit), period(period, unit));
    }

    /**
     * Keeps a task that runs again and again, each time the delay after the last run, until it throws or is cancelled.
     *
     * @param action what to run
     * @param initialDelay how long from now to the first run; below zero is zero
     * @param delay from the end of one run to the next, above zero
     * @param unit the unit of both
     * @return the task, which ends only with a failure or by being cancelled
     * @throws RejectedExecutionException after the shutdown
     * @throws IllegalArgumentException if the delay is not above zero
     */
    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable action, long initialDelay, long delay, TimeUnit unit) {
        return start(Executors.callable(action), nanos(initialDelay, unit), -period(delay, unit));
    }

    private <V extends @Nullable Object> ManualTask<V> start(Callable<V> action, long delayNanos, long periodNanos) {
        ManualTask<V> task = new ManualTask<>(queue, action, queue.nanos() + delayNanos, periodNanos);
        require(queue.offer(task, Duration.ofNanos(delayNanos)));
        return task;
    }

    private static long nanos(long delay, TimeUnit unit) {
        return Math.min(FAR_NANOS, Math.max(0, unit.toNanos(delay)));
    }

    private static long period(long period, TimeUnit unit) {
        if (period <= 0) {
            throw new IllegalArgumentException("period must be above 0, is " + period + " " + unit);
        }
        return nanos(period, unit);
    }

    private static void require(boolean accepted) {
        if (!accepted) {
            throw new RejectedExecutionException("the scheduler of the test was shut down");
        }
    }

    /** Takes no more tasks. Those that are pending still run when their time comes; periodic ones once more. */
    @Override
    public void shutdown() {
        queue.shutdown();
    }

    /**
     * Takes no more tasks, and drops the pending ones. Their futures never end; {@link #close} ends them.
     *
     * @return what was dropped, the first first
     */
    @Override
    public List<Runnable> shutdownNow() {
        queue.shutdown();
        List<Runnable> dropped = queue.entries().stream().map(Entry::action).toList();
        dropped.forEach(queue::remove);
        return dropped;
    }

    @Override
    public boolean isShutdown() {
        return queue.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return queue.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return queue.awaitTerminated(unit.toNanos(timeout));
    }

    /** Takes no more tasks, drops the pending ones, and cancels their futures, so that nobody waits for them any more. */
    @Override
    public void close() {
        for (Runnable dropped : shutdownNow()) {
            if (dropped instanceof Future<?> future) {
                future.cancel(false);
            }
        }
    }
}
