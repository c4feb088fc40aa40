package io.agentruntime.lifecycle;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Ticker;
import io.agentruntime.lifecycle.ShutdownReport.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts components in order and stops them in reverse, under one deadline.
 *
 * <p>A component that fails to start undoes the start of those before it. A component that throws or hangs while stopping costs
 * the others nothing but its share of the time: it is interrupted, reported and left behind. Thread-safe; starts once and stops
 * once, and every call of {@link #stop} gets the same report.
 */
public final class Lifecycle {

    /*
     * NEW → STARTING → RUNNING → STOPPING → STOPPED, moved by compare-and-set only. A stop before the start goes from NEW to
     * STOPPED; a failed start goes from STARTING to STOPPED. No component is called while a lock is held: there is none.
     *
     * A stop runs each component on a thread of its own, so that one that hangs can be left behind. Half of the deadline is kept
     * back in equal parts for the components still to come: whatever hangs first, the last one (usually the database behind a
     * draining queue) still has time to do its work.
     */
    private enum State {
        NEW,
        STARTING,
        RUNNING,
        STOPPING,
        STOPPED
    }

    private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);
    private static final Duration UNDO_TIMEOUT = Duration.ofSeconds(30);

    /** How long a component may overrun its deadline to hand in its count before it is left behind. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final List<Managed> components;
    private final ThreadFactory threads;
    private final Ticker ticker;
    private final List<Managed> started = new ArrayList<>(); // written while STARTING, read after
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private final CompletableFuture<State> startEnded = new CompletableFuture<>();
    private final CompletableFuture<ShutdownReport> report = new CompletableFuture<>();

    /**
     * Makes a lifecycle that has not started.
     *
     * @param components in the order in which they start; the last one stops first
     * @param threads where the threads that stop components come from
     * @param ticker where elapsed time comes from
     */
    public Lifecycle(List<? extends Managed> components, ThreadFactory threads, Ticker ticker) {
        this.components = List.copyOf(components);
        this.threads = requireNonNull(threads, "threads");
        this.ticker = requireNonNull(ticker, "ticker");
    }

    /**
     * Starts the components, each on the calling thread, one after another.
     *
     * @throws StartException if one of them failed; those before it have been stopped again
     * @throws IllegalStateException if this lifecycle was started or stopped before
     */
    public void start() {
        if (!state.compareAndSet(State.NEW, State.STARTING)) {
            throw new IllegalStateException("a lifecycle starts once, and this one is " + state.get());
        }
        for (Managed component : components) {
            try {
                component.start();
                started.add(component);
                log.info("{} started", component.name());
            } catch (Throwable failure) { // an Error too must not leave half a start behind
                throw undo(component, failure);
            }
        }
        state.set(State.RUNNING);
        startEnded.complete(State.RUNNING);
    }

    private StartException undo(Managed failed, Throwable failure) {
        boolean interrupted = Thread.interrupted() || failure instanceof InterruptedException;
        StartException exception = new StartException(failed.name(), failure);
        ShutdownReport undone = stopStarted(Deadline.after(UNDO_TIMEOUT, ticker));
        undone.steps().stream().map(Step::failure).filter(f -> f != null).forEach(exception::addSuppressed);
        state.set(State.STOPPED);
        report.complete(undone);
        startEnded.complete(State.STOPPED);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return exception;
    }

    /**
     * Stops what was started: closes the intake of all components, then stops one after another in reverse order. A second call
     * waits for the first one and returns its report; a call during the start waits for its end.
     *
     * @param deadline when to be done; returns at most a tenth of a second later
     * @return what happened to each component
     */
    public ShutdownReport stop(Deadline deadline) {
        if (state.compareAndSet(State.NEW, State.STOPPED)) {
            report.complete(new ShutdownReport(List.of()));
        }
        if (state.get() == State.STARTING) {
            Step waited = await("start", startEnded.thenApply(ended -> 0L), deadline);
            if (waited.outcome() != ShutdownReport.Outcome.STOPPED) {
                return new ShutdownReport(List.of(waited));
            }
        }
        if (state.compareAndSet(State.RUNNING, State.STOPPING)) {
            ShutdownReport stopped = stopStarted(deadline);
            state.set(State.STOPPED);
            report.complete(stopped);
        }
        return report.join();
    }

    private ShutdownReport stopStarted(Deadline deadline) {
        List<Managed> order = new ArrayList<>(started);
        Collections.reverse(order);
        order.forEach(Lifecycle::closeIntake);
        long reserveNanos = order.isEmpty() ? 0 : deadline.remainingNanos() / (2L * order.size());
        List<Step> steps = new ArrayList<>();
        for (Managed component : order) {
            int later = order.size() - steps.size() - 1;
            Duration share = Duration.ofNanos(deadline.remainingNanos() - later * reserveNanos);
            steps.add(stopOne(component, deadline.within(share)));
        }
        return new ShutdownReport(steps);
    }

    private static void closeIntake(Managed component) {
        try {
            component.closeIntake();
        } catch (RuntimeException e) {
            log.warn("{} could not close its intake; it will be stopped all the same", component.name(), e);
        }
    }

    private Step stopOne(Managed component, Deadline deadline) {
        CompletableFuture<Long> left = new CompletableFuture<>();
        Thread thread = threads.newThread(() -> {
            try {
                left.complete(component.stop(deadline));
            } catch (Throwable failure) { // whatever it was, it is reported
                left.completeExceptionally(failure);
            }
        });
        thread.start();
        Step step = await(component.name(), left, deadline);
        if (step.outcome() == ShutdownReport.Outcome.TIMED_OUT) {
            thread.interrupt();
        }
        log.info("{}", step);
        return step;
    }

    private Step await(String name, CompletableFuture<Long> left, Deadline deadline) {
        long began = ticker.read();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    long count = left.get(deadline.remainingNanos() + GRACE_NANOS, TimeUnit.NANOSECONDS);
                    return new Step(name, ShutdownReport.Outcome.STOPPED, since(began), count, null);
                } catch (InterruptedException e) {
                    interrupted = true; // a stop goes on: what was accepted matters more; the flag is restored below
                } catch (ExecutionException e) {
                    return new Step(name, ShutdownReport.Outcome.FAILED, since(began), 0, e.getCause());
                } catch (TimeoutException e) {
                    return new Step(name, ShutdownReport.Outcome.TIMED_OUT, since(began), 0, null);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Duration since(long beganNanos) {
        return Duration.ofNanos(ticker.read() - beganNanos);
    }
}
