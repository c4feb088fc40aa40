package io.agentruntime.chat;

import static java.util.Objects.requireNonNull;

import io.agentruntime.context.ContextSnapshot;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One turn at a time for each conversation, first come, first served: LangChain4j's AI services must not be called twice at once for the
 * same memory.
 *
 * <pre>{@code
 * String answer = turns.run(sessionId, Deadline.after(patience), () -> assistant.chat(sessionId, question));
 * }</pre>
 *
 * <p><b>Nested turns.</b> What is called from inside a turn, on its own thread or on another one that the context was carried to, belongs to
 * it and goes on at once. The memory is then in the middle of a turn: a nested call should use one of its own. The next turn begins when all
 * that entered this one have left it.
 *
 * <p>A conversation that nobody talks in costs nothing. Thread-safe.
 */
public final class TurnLock {

    private final ConcurrentMap<Object, TurnQueue> queues = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer;

    private TurnLock(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /**
     * Makes a lock that nobody holds.
     *
     * @param timer what times the waiting and runs the asynchronous turns that had to wait; given a {@link
     *     io.agentruntime.executor.WorkloadExecutor}, a task of any workload lends its slot while it waits for its turn. Not closed
     * @return the lock
     */
    public static TurnLock create(ScheduledExecutorService timer) {
        return new TurnLock(requireNonNull(timer, "timer"));
    }

    /** A turn under way on one thread, or a nested stay in one. */
    public final class Turn implements AutoCloseable {

        private final TurnToken token;
        private final @Nullable TurnToken before;
        private boolean closed;

        private Turn(TurnToken token) {
            this.token = token;
            this.before = TurnToken.bind(token);
        }

        /** Ends the turn. To be called on the thread that began it; a second call does nothing. */
        @Override
        public void close() {
            if (!closed) {
                closed = true;
                TurnToken.bind(before);
                leave(token);
            }
        }
    }

    /**
     * Begins a turn, after those before it.
     *
     * @param memoryId the conversation
     * @param deadline how long to wait; if it has passed, only a free conversation is taken
     * @return the turn, to be closed on this thread
     * @throws TimeoutException if the deadline passes first
     * @throws InterruptedException if interrupted while waiting
     * @throws RejectedExecutionException if it has to wait, and the timer is closed
     */
    public Turn acquire(Object memoryId, Deadline deadline) throws InterruptedException, TimeoutException {
        TurnToken nested = TurnToken.enter(this, requireNonNull(memoryId, "memoryId"));
        if (nested != null) {
            return new Turn(nested);
        }
        TurnWaiter waiter = new TurnWaiter(new TurnToken(this, memoryId), () -> true);
        if (!takeOrQueue(waiter)) {
            await(waiter, deadline);
        }
        return new Turn(waiter.token);
    }

    private void await(TurnWaiter waiter, Deadline deadline) throws InterruptedException, TimeoutException {
        Duration patience = deadline.remaining();
        try {
            waiter.await(timer, deadline.remainingNanos());
        } catch (InterruptedException | RejectedExecutionException e) {
            giveUp(waiter);
            throw e;
        }
        if (waiter.quit()) {
            forget(waiter);
            throw timeout(waiter.token.memoryId, patience);
        }
    }

    private static TimeoutException timeout(Object memoryId, Duration patience) {
        return new TimeoutException(
                "the turn before in conversation '" + memoryId + "' did not end within " + patience.toMillis() + " ms");
    }

    /**
     * Runs a turn on the calling thread, after those before it.
     *
     * @param <T> the type of the result
     * @param memoryId the conversation
     * @param deadline how long to wait for the turn; it does not end the turn
     * @param turn what to call
     * @return what it returned
     * @throws TimeoutException if the deadline passes first
     * @throws InterruptedException if interrupted while waiting
     * @throws Exception what the turn throws
     */
    public <T extends @Nullable Object> T run(Object memoryId, Deadline deadline, Callable<T> turn) throws Exception {
        requireNonNull(turn, "turn");
        try (Turn taken = acquire(memoryId, deadline)) {
            return turn.call();
        }
    }

    /**
     * Runs a turn that goes on after its call has returned, such as a stream, after those before it. Waiting holds no thread.
     *
     * @param <T> the type of the result
     * @param memoryId the conversation
     * @param deadline how long to wait for the turn; it does not end the turn
     * @param turn is called in the caller's context, at once and on the calling thread if the conversation is free, otherwise by the timer; the
     *     turn ends with the stage that it returns
     * @return a future of the result; it fails with a {@link TimeoutException} if the deadline passes first. Cancelling it gives up a turn that
     *     still waits, and does not end one that has begun
     */
    public <T extends @Nullable Object> CompletableFuture<T> runAsync(
            Object memoryId, Deadline deadline, Supplier<? extends CompletionStage<T>> turn) {
        requireNonNull(turn, "turn");
        CompletableFuture<T> result = new CompletableFuture<>();
        TurnToken nested = TurnToken.enter(this, requireNonNull(memoryId, "memoryId"));
        if (nested != null) {
            begin(nested, turn, result);
            return result;
        }
        TurnToken token = new TurnToken(this, memoryId);
        Runnable later = ContextSnapshot.capture().wrap(() -> begin(token, turn, result));
        TurnWaiter waiter = new TurnWaiter(token, () -> hand(token, later, result));
        if (takeOrQueue(waiter)) {
            begin(token, turn, result);
        } else {
            waitFor(waiter, deadline, result);
        }
        return result;
    }

    private void waitFor(TurnWaiter waiter, Deadline deadline, CompletableFuture<?> result) {
        Duration patience = deadline.remaining();
        CompletableFuture<?> unused = result.whenComplete((value, failure) -> giveUpUnlessBegun(waiter));
        Runnable expire = () -> {
            if (waiter.quit()) {
                forget(waiter);
                result.completeExceptionally(timeout(waiter.token.memoryId, patience));
            }
        };
        try {
            waiter.arm(timer, expire, patience.toNanos());
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(e); // nobody waits without an end
        }
    }

    /** Lets the timer begin a turn, for the thread that ends the one before has other things to do. */
    private boolean hand(TurnToken token, Runnable begin, CompletableFuture<?> result) {
        try {
            timer.execute(begin);
            return true;
        } catch (RejectedExecutionException e) {
            boolean unused = token.exit();
            result.completeExceptionally(e);
            return false;
        }
    }

    private <T extends @Nullable Object> void begin(
            TurnToken token, Supplier<? extends CompletionStage<T>> turn, CompletableFuture<T> result) {
        TurnToken before = TurnToken.bind(token);
        CompletionStage<T> stage;
        try {
            stage = turn.get();
        } catch (Throwable e) { // an Error too must not leave the turn open
            stage = CompletableFuture.failedStage(e);
        } finally {
            TurnToken.bind(before);
        }
        CompletionStage<T> unused = stage.whenComplete((value, failure) -> {
            leave(token);
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failure);
            }
        });
    }

    /**
     * Counts the conversations that are talked in.
     *
     * @return how many have a turn under way, at this moment
     */
    public int size() {
        return queues.size();
    }

    /** Takes the turn if it is free, and a place in the queue for it if not. */
    private boolean takeOrQueue(TurnWaiter waiter) {
        boolean[] free =
                new boolean[1]; // not what the queue says afterwards: somebody may have passed the turn on by then
        queues.compute(waiter.token.memoryId, (id, now) -> {
            free[0] = now == null;
            return now == null ? new TurnQueue(waiter.granted()) : now.with(waiter);
        });
        return free[0];
    }

    private void leave(TurnToken token) {
        if (!token.exit()) {
            return;
        }
        TurnQueue left = queues.computeIfPresent(token.memoryId, (id, now) -> now.next());
        while (left != null
                && !left.first().grant()) { // who gave up at the last moment, or cannot begin, is passed over
            left = queues.computeIfPresent(token.memoryId, (id, now) -> now.next());
        }
    }

    private void giveUp(TurnWaiter waiter) {
        if (waiter.quit()) {
            forget(waiter);
        } else {
            leave(waiter.token);
        }
    }

    private void giveUpUnlessBegun(TurnWaiter waiter) {
        if (waiter.quit()) {
            forget(waiter);
        }
    }

    private void forget(TurnWaiter waiter) {
        queues.computeIfPresent(waiter.token.memoryId, (id, now) -> now.without(waiter));
    }
}
