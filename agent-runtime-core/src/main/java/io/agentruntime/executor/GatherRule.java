package io.agentruntime.executor;

import io.agentruntime.executor.Gather.Failure;
import io.agentruntime.executor.Gather.Outcome;
import io.agentruntime.executor.Gather.Success;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * When a gather is decided, and what it then yields. The three rules have no state.
 *
 * @param <T> what a branch yields
 * @param <R> what the gather yields
 */
sealed interface GatherRule<T extends @Nullable Object, R extends @Nullable Object> {

    /** How far the search for an interrupt goes into the causes of a failure; causes may be a circle. */
    int CAUSES = 16;

    /** Says what one branch decides for all, or null if the others matter too. */
    @Nullable
    Outcome<R> decide(Outcome<T> branch);

    /** Says what comes of branches that have all ended without deciding anything. */
    Outcome<R> conclude(List<Outcome<T>> branches);

    /** Says what comes of branches of which some failed with the given timeout, because the deadline passed. */
    default Outcome<R> expire(List<Outcome<T>> branches, TimeoutException timeout) {
        return new Failure<>(suppressFailures(timeout, branches));
    }

    /** Needs all. */
    record All<T extends @Nullable Object>() implements GatherRule<T, List<T>> {

        @Override
        public @Nullable Outcome<List<T>> decide(Outcome<T> branch) {
            return branch instanceof Failure<T> failure ? new Failure<>(failure.cause()) : null;
        }

        @Override
        public Outcome<List<T>> conclude(List<Outcome<T>> branches) {
            List<T> values = new ArrayList<>(branches.size());
            for (Outcome<T> branch : branches) {
                if (branch instanceof Success<T> success) {
                    values.add(success.value());
                }
            }
            return new Success<>(Collections.unmodifiableList(values)); // may hold nulls
        }
    }

    /** Takes whatever comes. */
    record Settled<T extends @Nullable Object>() implements GatherRule<T, List<Outcome<T>>> {

        @Override
        public @Nullable Outcome<List<Outcome<T>>> decide(Outcome<T> branch) {
            return null;
        }

        @Override
        public Outcome<List<Outcome<T>>> conclude(List<Outcome<T>> branches) {
            return new Success<>(branches);
        }

        @Override
        public Outcome<List<Outcome<T>>> expire(List<Outcome<T>> branches, TimeoutException timeout) {
            return conclude(branches);
        }
    }

    /** Needs one. */
    record First<T extends @Nullable Object>() implements GatherRule<T, T> {

        @Override
        public @Nullable Outcome<T> decide(Outcome<T> branch) {
            return branch instanceof Success<T> ? branch : null;
        }

        @Override
        public Outcome<T> conclude(List<Outcome<T>> branches) {
            Failure<T> first = (Failure<T>) branches.get(0);
            return new Failure<>(suppressFailures(first.cause(), branches));
        }
    }

    private static Throwable suppressFailures(Throwable cause, List<? extends Outcome<?>> branches) {
        for (Outcome<?> branch : branches) {
            if (branch instanceof Failure<?> failure) {
                suppress(cause, failure.cause());
            }
        }
        return cause;
    }

    /** Keeps another failure with the one that is reported; not itself, and not what only tells of the cancelling. */
    static void suppress(Throwable cause, Throwable other) {
        if (other != cause && !tellsOfInterrupt(other)) {
            cause.addSuppressed(other);
        }
    }

    private static boolean tellsOfInterrupt(Throwable failure) {
        Throwable cause = failure;
        for (int i = 0; i < CAUSES && cause != null; i++) {
            if (cause instanceof InterruptedException
                    || cause instanceof CancellationException
                    || cause instanceof InterruptedIOException
                    || cause instanceof ClosedByInterruptException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
