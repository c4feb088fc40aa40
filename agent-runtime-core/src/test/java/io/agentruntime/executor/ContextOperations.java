package io.agentruntime.executor;

import io.agentruntime.executor.ContextOracle.Piece;
import io.agentruntime.executor.Scene.Operation;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The ways to hand a task over to a workload, each tried with random particulars by one driver thread. */
final class ContextOperations {

    private static final Duration FAR = Duration.ofMinutes(1);

    private final Scene scene;
    private final ContextOracle oracle;

    private ContextOperations(Scene scene) {
        this.scene = scene;
        this.oracle = scene.oracle();
    }

    /** Gives the operations by what they try. */
    static Map<String, Operation> of(Scene scene) {
        ContextOperations all = new ContextOperations(scene);
        return Map.ofEntries(
                Map.entry("workload.execute(Runnable)", all::execute),
                Map.entry("workload.submit(Callable)", all.submitting((on, piece) -> on.submit(piece::see))),
                Map.entry("workload.submit(Runnable)", all.submitting((on, piece) -> on.submit((Runnable) piece::see))),
                Map.entry(
                        "workload.submit(Runnable, Object)",
                        all.submitting((on, piece) -> on.submit(piece::see, "result"))),
                Map.entry(
                        "workload.submitWaiting(Callable, Duration)",
                        all.submitting((on, piece) -> on.submitWaiting(piece::see, FAR))),
                Map.entry(
                        "workload.submit(Callable, Deadline)",
                        all.untilDeadline((on, piece, until) -> on.submit(piece::see, until))),
                Map.entry(
                        "workload.submit(Runnable, Deadline)",
                        all.untilDeadline((on, piece, until) -> on.submit((Runnable) piece::see, until))),
                Map.entry("workload.invokeAll(Collection)", all.invoking(WorkloadExecutor::invokeAll)),
                Map.entry(
                        "workload.invokeAll(Collection, long, TimeUnit)",
                        all.invoking((on, tasks) -> on.invokeAll(tasks, 1, TimeUnit.MINUTES))),
                Map.entry("workload.invokeAny(Collection)", all.invokingAny(WorkloadExecutor::invokeAny)),
                Map.entry(
                        "workload.invokeAny(Collection, long, TimeUnit)",
                        all.invokingAny((on, tasks) -> on.invokeAny(tasks, 1, TimeUnit.MINUTES))),
                Map.entry("invokeAll that runs out of time", all::invokeAllTooLate),
                Map.entry("submit inside of tasks", all::nested),
                Map.entry("submit to a full workload", all::rejected));
    }

    private interface Submit {
        Future<?> to(WorkloadExecutor workload, Piece piece) throws Exception;
    }

    private interface SubmitUntil {
        Future<?> to(WorkloadExecutor workload, Piece piece, Deadline deadline);
    }

    private interface Invoke {
        Object on(WorkloadExecutor workload, Collection<Callable<Integer>> tasks) throws Exception;
    }

    private void execute(String entryPoint) throws Exception {
        Piece piece = oracle.piece(entryPoint);
        CompletableFuture<Integer> done = new CompletableFuture<>();
        scene.workload().execute(() -> done.complete(piece.see()));
        done.get();
        oracle.expectRan(piece);
    }

    private Operation submitting(Submit submit) {
        return entryPoint -> {
            Piece piece = oracle.piece(entryPoint);
            submit.to(scene.workload(), piece).get();
            oracle.expectRan(piece);
        };
    }

    private Operation untilDeadline(SubmitUntil submit) {
        return entryPoint -> {
            Deadline near = Deadline.after(Duration.ofNanos(scene.random().nextInt(200_000)));
            Piece late = oracle.piece("submit that may be too late");
            Scene.settle(submit.to(scene.workload(), late, near));
            oracle.expectRuns(late, 0, 1);
            Piece piece = oracle.piece(entryPoint);
            submit.to(scene.workload(), piece, Deadline.after(FAR)).get();
            oracle.expectRan(piece);
        };
    }

    private Operation invoking(Invoke invoke) {
        return entryPoint -> {
            List<Piece> pieces = scene.pieces(entryPoint);
            invoke.on(scene.workload(), Scene.tasks(pieces));
            pieces.forEach(oracle::expectRan);
        };
    }

    private Operation invokingAny(Invoke invoke) {
        return entryPoint -> {
            List<Piece> pieces = scene.pieces(entryPoint);
            invoke.on(scene.workload(), Scene.tasks(pieces));
        };
    }

    private void invokeAllTooLate(String entryPoint) throws Exception {
        List<Callable<Integer>> tasks = Scene.tasks(scene.pieces(entryPoint));
        scene.workload().invokeAll(tasks, scene.random().nextInt(100), TimeUnit.MICROSECONDS);
    }

    private void nested(String entryPoint) throws Exception {
        Piece outer = oracle.piece("submit of an outer task");
        WorkloadExecutor other = scene.workload();
        int depth = scene.upTo(4);
        Future<Integer> future = scene.workload().submit(() -> {
            outer.look();
            return oracle.asNewOwner(() -> below(entryPoint, other, depth));
        });
        future.get();
        oracle.expectRan(outer);
    }

    private Integer below(String entryPoint, WorkloadExecutor workload, int depth) throws Exception {
        Piece piece = oracle.piece(entryPoint);
        CompletableFuture<Integer> future = workload.submit(() -> {
            if (depth > 1) {
                below(entryPoint, workload, depth - 1);
            }
            return piece.see();
        });
        Piece stage = oracle.piece("stage of a nested submit");
        future.thenAccept(x -> stage.see()).join();
        return future.get();
    }

    private void rejected(String entryPoint) throws Exception {
        List<CompletableFuture<Integer>> taken = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            try {
                taken.add(scene.pools().full().submit(oracle.piece(entryPoint)::see));
            } catch (WorkloadRejectedException e) {
                Piece piece = oracle.piece("after a rejection");
                piece.look();
                scene.workload().submit(piece::see).get();
                oracle.expectRuns(piece, 2, 2);
            }
        }
        if (!taken.isEmpty()) {
            scene.any(taken).get();
        }
    }
}
