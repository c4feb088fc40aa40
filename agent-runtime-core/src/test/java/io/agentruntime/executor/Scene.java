package io.agentruntime.executor;

import io.agentruntime.executor.ContextOracle.AskedForException;
import io.agentruntime.executor.ContextOracle.Piece;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * What the operations of one driver work with.
 *
 * @param oracle knows what is right
 * @param random decides about the particulars
 * @param pools take the code
 */
record Scene(ContextOracle oracle, Random random, OraclePools pools) {

    /** A way to hand code over: given its name, makes pieces of that name, hands them over and waits. */
    @FunctionalInterface
    interface Operation {
        void run(String entryPoint) throws Exception;
    }

    int upTo(int most) {
        return 1 + random.nextInt(most);
    }

    boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    <T> T any(List<T> choice) {
        return choice.get(random.nextInt(choice.size()));
    }

    WorkloadExecutor workload() {
        return any(pools.workloads());
    }

    /** An executor of the host, or a workload in the role of one. */
    Executor foreign() {
        return oneIn(3) ? workload() : any(pools.hosts());
    }

    List<Piece> pieces(String entryPoint) {
        return Stream.generate(() -> oracle.piece(entryPoint)).limit(upTo(4)).toList();
    }

    static List<Callable<Integer>> tasks(List<Piece> pieces) {
        return pieces.stream().<Callable<Integer>>map(piece -> piece::see).toList();
    }

    /** Waits for the end of a future, which may be one of those that are asked for. */
    static void settle(Future<?> future) throws Exception {
        try {
            future.get();
        } catch (CancellationException | ExecutionException e) {
            if (!isAskedFor(causeOf(e))) {
                throw e;
            }
        }
    }

    private static Throwable causeOf(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static boolean isAskedFor(Throwable failure) {
        return failure instanceof AskedForException
                || failure instanceof CancellationException
                || failure instanceof TimeoutException
                || failure instanceof WorkloadRejectedException;
    }
}
