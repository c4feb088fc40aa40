package io.agentruntime.queue;

import static java.util.Objects.requireNonNull;

import io.agentruntime.executor.RuntimeThreads;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.queue.BackgroundQueue.WorkerState;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of a queue. The first of them runs the host's start hook, again and again until it succeeds, and then starts the others; the
 * last one to end runs the stop hook. Thread-safe.
 */
final class Workers<T> {

    private static final Logger log = LoggerFactory.getLogger(BackgroundQueue.class);

    /** What a worker does until the queue has nothing for it any more. */
    interface Shift {
        void work() throws InterruptedException;
    }

    private final QueueState<T> state;
    private final QueueConfig<T> config;
    private final Shift shift;
    private final RuntimeThreads threads;
    private final AtomicReference<WorkerState> phase = new AtomicReference<>(WorkerState.NEW);
    private final Set<Thread> alive = ConcurrentHashMap.newKeySet();
    private final AtomicInteger working = new AtomicInteger(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicInteger startFailures = new AtomicInteger();
    private final Rarely startFailureLog;

    Workers(QueueState<T> state, Shift shift) {
        this.state = state;
        this.config = state.config;
        this.shift = shift;
        this.threads = RuntimeThreads.of(config.name());
        this.startFailureLog = new Rarely(config.clock());
    }

    WorkerState phase() {
        return requireNonNull(phase.get());
    }

    long startFailures() {
        return startFailures.get();
    }

    void start() {
        if (phase.get() == WorkerState.NEW && phase.compareAndSet(WorkerState.NEW, WorkerState.STARTING)) {
            boolean begun = false;
            try {
                startThread(this::lead);
                begun = true;
            } finally {
                WorkerState unused =
                        begun ? phase.get() : phase.getAndSet(WorkerState.NEW); // the next event tries again
            }
        }
    }

    /** Ends what never began. Returns false if it has begun. */
    boolean endUnstarted() {
        boolean unstarted = phase.compareAndSet(WorkerState.NEW, WorkerState.STOPPED);
        if (unstarted) {
            ended.countDown();
        }
        return unstarted;
    }

    private void startThread(Runnable task) {
        threads.newThread(() -> {
                    alive.add(Thread.currentThread());
                    task.run();
                })
                .start();
    }

    private void lead() {
        boolean started = false;
        try {
            started = startHookSucceeds();
            if (started) {
                phase.set(WorkerState.RUNNING);
                startOthers();
            }
        } catch (Throwable failure) { // no more threads, for instance: this one goes on alone
            log.error("queue '{}' could not start all its workers", config.name(), failure);
        }
        work(started);
    }

    private void startOthers() {
        for (int i = 1; i < config.batching().concurrency(); i++) {
            working.incrementAndGet();
            boolean begun = false;
            try {
                startThread(() -> work(true));
                begun = true;
            } finally {
                working.addAndGet(begun ? 0 : -1);
            }
        }
    }

    private boolean startHookSucceeds() {
        boolean more = !state.abandoned();
        while (more) {
            try {
                config.hooks().start().run();
                return true;
            } catch (Throwable failure) { // the queue waits for what it needs, as long as it takes
                startFailures.incrementAndGet();
                if (startFailureLog.now()) {
                    log.warn("queue '{}' cannot start yet ({} failures)", config.name(), startFailures.get(), failure);
                }
            } finally {
                boolean unused = Thread.interrupted();
            }
            more = paused(config.retry().backoff().nanosAfter(startFailures.get()));
        }
        return false;
    }

    private boolean paused(long nanos) {
        try {
            return state.pause(nanos);
        } catch (InterruptedException e) {
            log.debug("queue '{}' was interrupted in a pause: the next attempt comes at once", config.name());
            return !state.abandoned();
        }
    }

    private void work(boolean started) {
        try {
            boolean more = started;
            while (more) {
                more = worked();
            }
        } finally {
            if (working.decrementAndGet() == 0) {
                end(started);
            }
            alive.remove(Thread.currentThread());
        }
    }

    /** Nothing ends a worker but the end of the queue. */
    private boolean worked() {
        try {
            shift.work();
            return false;
        } catch (InterruptedException e) {
            log.debug("queue '{}' was interrupted while it waited: it goes on until it is stopped", config.name());
        } catch (Throwable failure) {
            log.error("queue '{}' goes on after an error of its own", config.name(), failure);
        }
        return !state.abandoned();
    }

    private void end(boolean started) {
        try {
            if (started) {
                boolean unused = Thread.interrupted(); // the hook is to give back, also when it is late
                config.hooks().stop().run();
            }
        } catch (Throwable failure) {
            log.error("queue '{}': its stop hook failed", config.name(), failure);
        } finally {
            phase.set(WorkerState.STOPPED);
            ended.countDown();
        }
    }

    /** Waits for the end; what is not over by then is interrupted and left behind. */
    void awaitEnd(Deadline deadline) throws InterruptedException {
        try {
            boolean unused = ended.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } finally {
            state.abandon();
            alive.forEach(Thread::interrupt);
        }
    }
}
