package io.agentruntime.resilience;

import static java.util.Objects.requireNonNull;

import io.agentruntime.context.ContextSnapshot;
import io.agentruntime.resilience.ModelRetry.GiveUp;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One call whose attempts are asynchronous. Between two of them there is an entry in the timer, and no thread. */
final class AsyncRetry<T extends @Nullable Object> {

    private final RetryRun run;
    private final ScheduledExecutorService timer;
    private final Supplier<? extends CompletionStage<T>> attempt;
    private final ContextSnapshot context = ContextSnapshot.capture();
    private final CompletableFuture<T> result = new CompletableFuture<>();

    /** The attempt, or the wait for the next one, that ends when the result does. */
    private final AtomicReference<@Nullable Future<?>> underWay = new AtomicReference<>();

    AsyncRetry(RetryRun run, ScheduledExecutorService timer, Supplier<? extends CompletionStage<T>> attempt) {
        this.run = run;
        this.timer = timer;
        this.attempt = attempt;
    }

    CompletableFuture<T> start() {
        CompletableFuture<T> unused = result.whenComplete((value, failure) -> ended());
        attempt();
        return result;
    }

    /** Somebody has completed the result: if it was not the call itself, the call is over all the same. */
    private void ended() {
        run.end(GiveUp.CANCELLED);
        Future<?> current = underWay.get();
        if (current != null) {
            current.cancel(true);
        }
    }

    private void attempt() {
        if (result.isDone()) {
            return;
        }
        CompletionStage<T> stage;
        try {
            stage = run.attempt(() -> requireNonNull(attempt.get(), "the attempt's stage"));
        } catch (Throwable failure) { // an Error too must reach whoever waits
            failed(failure);
            return;
        }
        underWay.set(future(stage)); // before its end can lead to the next thing under way
        if (result.isDone()) {
            ended();
        }
        CompletionStage<T> unused =
                stage.whenComplete((value, failure) -> context.run(() -> attempted(value, failure)));
    }

    private static @Nullable Future<?> future(CompletionStage<?> stage) {
        try {
            return stage.toCompletableFuture();
        } catch (UnsupportedOperationException e) {
            return null; // nobody can cancel it
        }
    }

    private void attempted(T value, @Nullable Throwable failure) {
        if (failure == null) {
            run.succeeded();
            result.complete(value);
        } else {
            failed(unwrapped(failure));
        }
    }

    private static Throwable unwrapped(Throwable failure) {
        boolean wrapper = failure instanceof CompletionException || failure instanceof ExecutionException;
        Throwable cause = failure.getCause();
        return wrapper && cause != null ? unwrapped(cause) : failure;
    }

    private void failed(Throwable failure) {
        if (result.isDone()) {
            return;
        }
        Duration pause = run.failed(failure);
        if (pause == null) {
            result.completeExceptionally(failure);
            return;
        }
        try {
            await(pause, failure);
        } catch (RejectedExecutionException closed) {
            timerEnded(failure, closed);
        }
    }

    private void await(Duration pause, Throwable failure) {
        Future<?> before = underWay.get();
        ScheduledFuture<?> wait =
                timer.schedule(context.wrap(() -> attemptUnlessLate(failure)), pause.toNanos(), TimeUnit.NANOSECONDS);
        underWay.compareAndSet(before, wait); // unless it is over already, and the next attempt is under way
        if (result.isDone()) {
            wait.cancel(true);
        }
        Timers.onFailure(wait, end -> timerEnded(failure, end));
    }

    private void attemptUnlessLate(Throwable failure) {
        if (run.deadline().expired()) {
            run.giveUp(failure, GiveUp.DEADLINE);
            result.completeExceptionally(failure);
        } else {
            attempt();
        }
    }

    private void timerEnded(Throwable failure, Throwable end) {
        if (!result.isDone()) {
            Causes.suppress(failure, unwrapped(end));
            run.giveUp(failure, GiveUp.CANCELLED);
            result.completeExceptionally(failure);
        }
    }
}
