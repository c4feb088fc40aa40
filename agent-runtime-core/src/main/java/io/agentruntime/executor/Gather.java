package io.agentruntime.executor;

import static java.util.Objects.requireNonNull;

import io.agentruntime.lifecycle.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Runs several branches of one piece of work at once on a {@link WorkloadExecutor}, and makes one future of them.
 *
 * <pre>{@code
 * List<Answer> answers = Gather.on(runtime.executors().agent())
 *         .within(Deadline.after(Duration.ofSeconds(30)))
 *         .all(List.of(() -> ask(first), () -> ask(second)))
 *         .join();
 * }</pre>
 *
 * <p>Every branch runs in the context of the code that called {@link #all}, {@link #settled} or {@link #first}. At most {@link
 * #width} branches are with the workload at a time; a branch that ends hands over the next one, which runs in its place where the
 * workload is full. A branch that finds no place is rejected, and that is its failure: a {@link WorkloadRejectedException}.
 *
 * <p>As soon as the result is known, the branches that are still running are interrupted and the others never start. The same
 * happens when the returned future ends in any other way: cancel it, or give it a timeout. When the deadline passes, its cause is a
 * {@link java.util.concurrent.TimeoutException} that names the workload and tells how many branches were left. Nothing here waits:
 * no thread is held but those that run branches.
 *
 * <p>Immutable and thread-safe; one may be kept and used for any number of calls.
 */
public final class Gather {

    private final WorkloadExecutor executor;
    private final @Nullable Deadline deadline;
    private final int width;

    private Gather(WorkloadExecutor executor, @Nullable Deadline deadline, int width) {
        this.executor = executor;
        this.deadline = deadline;
        this.width = width;
    }

    /**
     * Begins with a workload: no deadline, and as many branches at a time as the workload has threads.
     *
     * @param executor where the branches run, never null
     * @return the gather
     */
    public static Gather on(WorkloadExecutor executor) {
        return new Gather(executor, null, executor.threads());
    }

    /**
     * Sets the time by which everything is to be done.
     *
     * @param newDeadline when to give up, never null
     * @return a copy with that deadline
     */
    public Gather within(Deadline newDeadline) {
        return new Gather(executor, requireNonNull(newDeadline, "newDeadline"), width);
    }

    /**
     * Sets how many branches may be with the workload at a time, running or waiting.
     *
     * @param newWidth how many, 1 or more
     * @return a copy with that width
     * @throws IllegalArgumentException if it is less than 1
     */
    public Gather width(int newWidth) {
        if (newWidth < 1) {
            throw new IllegalArgumentException("width < 1: " + newWidth);
        }
        return new Gather(executor, deadline, newWidth);
    }

    /**
     * Runs all branches and needs all of them: the first failure ends the others.
     *
     * <p>That failure is the cause of the future's; failures of other branches are suppressed on it, also those that come in later.
     * What merely tells that a branch was interrupted or cancelled is left out.
     *
     * @param <T> the type of the results
     * @param branches what to call, no element null
     * @return the results in the order of the branches, unmodifiable; empty, and done at once, if there are no branches
     */
    public <T extends @Nullable Object> CompletableFuture<List<T>> all(List<? extends Callable<? extends T>> branches) {
        return run(branches, new GatherRule.All<>());
    }

    /**
     * Runs all branches to their end, whatever it is.
     *
     * <p>The future never fails, unless it is cancelled: a branch that threw, was rejected or had not ended at the deadline is a
     * {@link Failure} in the list.
     *
     * @param <T> the type of the results
     * @param branches what to call, no element null
     * @return the outcomes in the order of the branches, unmodifiable; empty, and done at once, if there are no branches
     */
    public <T extends @Nullable Object> CompletableFuture<List<Outcome<T>>> settled(
            List<? extends Callable<? extends T>> branches) {
        return run(branches, new GatherRule.Settled<>());
    }

    /**
     * Runs branches until one of them succeeds, which ends the others.
     *
     * <p>When all fail, the failure of the first branch of the list is the cause of the future's, and those of the others are
     * suppressed on it in their order.
     *
     * @param <T> the type of the result
     * @param branches what to call, no element null, one or more
     * @return the result of the branch that succeeded first
     * @throws IllegalArgumentException if there are no branches
     */
    public <T extends @Nullable Object> CompletableFuture<T> first(List<? extends Callable<? extends T>> branches) {
        if (branches.isEmpty()) {
            throw new IllegalArgumentException("branches is empty, allowed: 1 or more");
        }
        return run(branches, new GatherRule.First<>());
    }

    private <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<R> run(
            List<? extends Callable<? extends T>> branches, GatherRule<T, R> rule) {
        List<Callable<? extends T>> copy = new ArrayList<>(branches.size());
        for (Callable<? extends T> branch : branches) {
            copy.add(requireNonNull(branch, () -> "branches[" + copy.size() + "]"));
        }
        return new GatherRun<>(executor, deadline, copy, rule).start(width);
    }

    /**
     * How one branch ended. Immutable; thread-safe as far as the value is.
     *
     * @param <T> the type of the result
     */
    public sealed interface Outcome<T extends @Nullable Object> permits Success, Failure {}

    /**
     * A branch that returned. Immutable; thread-safe as far as the value is.
     *
     * @param <T> the type of the result
     * @param value what it returned, null if it returned null
     */
    public record Success<T extends @Nullable Object>(T value) implements Outcome<T> {}

    /**
     * A branch that threw, was rejected, was cancelled or had not ended at the deadline. Immutable and thread-safe.
     *
     * @param <T> the type of the result that there is not
     * @param cause why, never null
     */
    public record Failure<T extends @Nullable Object>(Throwable cause) implements Outcome<T> {

        /** Checks what it is given. */
        public Failure {
            requireNonNull(cause, "cause");
        }
    }
}
