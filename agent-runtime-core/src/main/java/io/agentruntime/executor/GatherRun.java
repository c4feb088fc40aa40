package io.agentruntime.executor;

import io.agentruntime.context.ContextSnapshot;
import io.agentruntime.executor.Gather.Failure;
import io.agentruntime.executor.Gather.Outcome;
import io.agentruntime.executor.Gather.Success;
import io.agentruntime.lifecycle.Deadline;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** One call of a {@link Gather}: from its branches to its result. */
final class GatherRun<T extends @Nullable Object, R extends @Nullable Object> {

    /*
     * Branches are taken in order by lanes, as many as the gather is wide. A lane is one task of the workload: it runs its branch,
     * records the outcome, and hands the next branch to a new task, which takes its turn behind what others have submitted. Only
     * where the workload is full does it run the next branch itself, for its own slot is about to be free. A lane ends when nothing
     * is left to take, or when its branch is rejected and other lanes are alive to take the rest.
     *
     * An outcome is recorded by the lane, or by whoever ends its future (a deadline, the stop of the workload); the first one goes
     * on with the next branch. After the decision nothing is taken, and the lanes without an outcome are cancelled; so the lane
     * that decides never interrupts itself. A lane writes its future and its branch before it reads the decision, and the decision
     * is written before these are read: one of the two sees the other, and no branch goes on unnoticed.
     */
    static final int NONE = -1;

    private final WorkloadExecutor executor;
    private final @Nullable Deadline deadline;
    private final List<Callable<? extends T>> branches;
    private final ContextSnapshot context = ContextSnapshot.capture();
    private final CompletableFuture<R> result;
    private final AtomicReferenceArray<@Nullable GatherLane<T>> lanes;
    private final GatherOutcomes<T, R> outcomes;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger alive = new AtomicInteger();

    GatherRun(
            WorkloadExecutor executor,
            @Nullable Deadline deadline,
            List<Callable<? extends T>> branches,
            GatherRule<T, R> rule) {
        this.executor = executor;
        this.deadline = deadline;
        this.branches = branches;
        this.result = executor.promise();
        this.lanes = new AtomicReferenceArray<>(branches.size());
        this.outcomes = new GatherOutcomes<>(branches.size(), rule, this::end);
    }

    private CompletableFuture<T> submitUntilDeadline(GatherLane<T> lane) {
        return deadline == null ? executor.submit(lane) : executor.submit(lane, deadline);
    }

    CompletableFuture<R> start(int width) {
        CompletableFuture<?> unused = result.whenComplete((value, failure) -> outcomes.abandon());
        int wide = Math.min(width, branches.size());
        alive.set(wide);
        expireIfDue();
        for (int i = 0; i < wide; i++) {
            startNext(false);
        }
        return result;
    }

    /**
     * Hands the next branch to the workload.
     *
     * @return the branch that the caller has to run itself because the workload is full, or NONE
     */
    int startNext(boolean ownsSlot) {
        for (int branch = take(); branch != NONE; branch = take()) {
            try {
                submit(branch);
                return NONE;
            } catch (RejectedExecutionException e) {
                if (ownsSlot && e instanceof WorkloadRejectedException full && !full.closed()) {
                    return branch;
                }
                record(branch, new Failure<>(e));
            }
            if (alive.decrementAndGet() > 0) {
                return NONE;
            }
            alive.incrementAndGet(); // the last lane sees to all that is left
        }
        return NONE;
    }

    private int take() {
        if (isDecided()) {
            return NONE;
        }
        int branch = next.getAndIncrement();
        return branch < branches.size() ? branch : NONE;
    }

    private void submit(int branch) {
        GatherLane<T> lane = new GatherLane<>(this, branch);
        lanes.set(branch, lane);
        context.run(() -> lane.follow(submitUntilDeadline(lane)));
        if (isDecided()) {
            lane.cancelIfLeft();
        }
    }

    T call(int branch) throws Exception {
        return context.wrap(branches.get(branch)).call();
    }

    /** Returns true if this is the branch's outcome from now on: then the caller goes on with the next branch. */
    boolean record(int branch, Outcome<T> outcome) {
        if (outcome instanceof Failure) { // at the deadline most likely one that comes of the interrupt
            expireIfDue();
        }
        return outcomes.record(branch, outcome);
    }

    /** Does the same for a failed future; its failure is not the branch's own, unless that has been recorded. */
    boolean recordEndFromOutside(int branch, Throwable failure) {
        if (isDecided() || hasEnded(branch)) {
            return false;
        }
        if (failure instanceof TimeoutException) {
            outcomes.expire(executor.name());
            return false;
        }
        return outcomes.record(branch, new Failure<>(failure));
    }

    private boolean expireIfDue() {
        boolean due = deadline != null && deadline.expired();
        if (due) {
            outcomes.expire(executor.name());
        }
        return due;
    }

    private void end(Outcome<R> decided) {
        cancelBranches(); // before anyone who waits for the result goes on
        if (decided instanceof Success<R> success) {
            result.complete(success.value());
        } else if (decided instanceof Failure<R> failure) {
            result.completeExceptionally(failure.cause());
        }
    }

    private void cancelBranches() {
        for (int i = 0; i < lanes.length(); i++) {
            GatherLane<T> lane = lanes.get(i);
            if (lane != null) {
                lane.cancelIfLeft();
            }
        }
    }

    boolean isDecided() {
        return outcomes.isDecided();
    }

    boolean hasEnded(int branch) {
        return outcomes.hasEnded(branch);
    }
}
