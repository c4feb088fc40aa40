package io.agentruntime.executor;

import io.agentruntime.executor.Gather.Failure;
import io.agentruntime.executor.Gather.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What the branches of one gather came to, and the one decision that follows. */
final class GatherOutcomes<T extends @Nullable Object, R extends @Nullable Object> {

    /*
     * Each outcome is written once, and so is the decision, both by compare-and-set. The branch that decides has an outcome before
     * there is a decision.
     */
    private final GatherRule<T, R> rule;
    private final Consumer<Outcome<R>> onDecision;
    private final AtomicReferenceArray<@Nullable Outcome<T>> outcomes;
    private final AtomicReference<@Nullable Outcome<R>> decision = new AtomicReference<>();
    private final AtomicInteger left;

    /** Takes what is called once, by the thread that decides. */
    GatherOutcomes(int branches, GatherRule<T, R> rule, Consumer<Outcome<R>> onDecision) {
        this.rule = rule;
        this.onDecision = onDecision;
        this.outcomes = new AtomicReferenceArray<>(branches);
        this.left = new AtomicInteger(branches);
        if (branches == 0) {
            decide(rule.conclude(List.of()));
        }
    }

    /** Returns true if this is the branch's outcome from now on, and false if it came too late. */
    boolean record(int branch, Outcome<T> outcome) {
        if (isDecided()) {
            suppressLate(outcome);
            return false;
        }
        if (!outcomes.compareAndSet(branch, null, outcome)) {
            return false;
        }
        Outcome<R> decided = rule.decide(outcome);
        if (decided == null && left.decrementAndGet() == 0) {
            decided = rule.conclude(copy(outcome));
        }
        if (decided != null && !decide(decided)) {
            suppressLate(outcome);
        }
        return true;
    }

    private void suppressLate(Outcome<T> outcome) {
        if (outcome instanceof Failure<T> late && decision.get() instanceof Failure<R> failure) {
            GatherRule.suppress(failure.cause(), late.cause());
        }
    }

    /** Decides without the branches that have not ended, for their time is up. */
    void expire(String workload) {
        long missing = IntStream.range(0, outcomes.length())
                .filter(branch -> !hasEnded(branch))
                .count();
        if (missing > 0 && !isDecided()) { // with none missing, the branch that ended last decides
            TimeoutException timeout = new TimeoutException("workload '" + workload + "': the deadline passed with "
                    + missing + " of " + outcomes.length() + " branches left");
            decide(rule.expire(copy(new Failure<>(timeout)), timeout));
        }
    }

    /** Decides because nobody wants the result any more. */
    void abandon() {
        if (!isDecided()) {
            decide(new Failure<>(new CancellationException("the future of the gather was ended from outside")));
        }
    }

    private boolean decide(Outcome<R> decided) {
        boolean first = decision.compareAndSet(null, decided);
        if (first) {
            onDecision.accept(decided);
        }
        return first;
    }

    /** Copies the outcomes, with the given one where there is none. */
    private List<Outcome<T>> copy(Outcome<T> missing) {
        List<Outcome<T>> copy = new ArrayList<>(outcomes.length());
        for (int branch = 0; branch < outcomes.length(); branch++) {
            Outcome<T> outcome = outcomes.get(branch);
            copy.add(outcome == null ? missing : outcome);
        }
        return Collections.unmodifiableList(copy);
    }

    boolean isDecided() {
        return decision.get() != null;
    }

    boolean hasEnded(int branch) {
        return outcomes.get(branch) != null;
    }
}
