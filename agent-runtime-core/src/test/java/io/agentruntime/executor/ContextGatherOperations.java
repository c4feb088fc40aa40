package io.agentruntime.executor;

import io.agentruntime.executor.ContextOracle.Piece;
import io.agentruntime.executor.Scene.Operation;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** The three ways to gather, with branches that fail, deadlines, widths, and workloads that have no room. */
final class ContextGatherOperations {

    private static final Duration FAR = Duration.ofMinutes(1);

    private final Scene scene;
    private final ContextOracle oracle;

    private ContextGatherOperations(Scene scene) {
        this.scene = scene;
        this.oracle = scene.oracle();
    }

    static Map<String, Operation> of(Scene scene) {
        ContextGatherOperations all = new ContextGatherOperations(scene);
        return Map.of(
                "gather.all(List)", all.gathering(Gather::all),
                "gather.settled(List)", all.gathering(Gather::settled),
                "gather.first(List)", all.gathering(Gather::first),
                "gather with branches that fail", all::failing,
                "gather that is given up", all::givenUp);
    }

    private interface GatherBy {
        CompletableFuture<?> of(Gather gather, List<Callable<Integer>> branches);
    }

    private Gather gather(WorkloadExecutor workload) {
        Gather gather = Gather.on(workload);
        if (scene.random().nextBoolean()) {
            gather = gather.width(scene.upTo(4));
        }
        return scene.random().nextBoolean() ? gather : gather.within(Deadline.after(FAR));
    }

    private Operation gathering(GatherBy method) {
        return entryPoint -> {
            List<Piece> pieces = scene.pieces(entryPoint);
            CompletableFuture<?> result = method.of(gather(scene.workload()), Scene.tasks(pieces));
            expectStageOfAnother(result);
            result.get();
            if (!entryPoint.contains("first")) {
                pieces.forEach(oracle::expectRan);
            }
        };
    }

    /** What hangs on the result runs for whoever attached it, not for whoever gathered. */
    private void expectStageOfAnother(CompletableFuture<?> result) throws Exception {
        oracle.asNewOwner(() -> {
            Piece stage = oracle.piece("stage of a gather");
            Scene.settle(
                    scene.random().nextBoolean()
                            ? result.handle((value, failure) -> stage.see())
                            : result.handleAsync((value, failure) -> stage.see()));
            oracle.expectRan(stage);
            return true;
        });
    }

    private void failing(String entryPoint) throws Exception {
        List<Piece> pieces = scene.pieces(entryPoint);
        List<Callable<Integer>> branches = new ArrayList<>();
        pieces.forEach(piece -> branches.add(scene.random().nextBoolean() ? piece::fail : piece::see));
        Gather gather = gather(scene.oneIn(3) ? scene.pools().full() : scene.workload());
        CompletableFuture<?> result = anyOf(gather, branches);
        expectStageOfAnother(result);
        Scene.settle(result);
        pieces.forEach(piece -> oracle.expectRuns(piece, 0, 1));
    }

    private CompletableFuture<?> anyOf(Gather gather, List<Callable<Integer>> branches) {
        return switch (scene.random().nextInt(3)) {
            case 0 -> gather.all(branches);
            case 1 -> gather.settled(branches);
            default -> gather.first(branches);
        };
    }

    private void givenUp(String entryPoint) throws Exception {
        List<Piece> pieces = scene.pieces(entryPoint);
        Deadline near = Deadline.after(Duration.ofNanos(scene.random().nextInt(200_000)));
        CompletableFuture<?> late = anyOf(gather(scene.workload()).within(near), Scene.tasks(pieces));
        expectStageOfAnother(late);
        CompletableFuture<?> cancelled = anyOf(gather(scene.workload()), Scene.tasks(scene.pieces(entryPoint)));
        cancelled.cancel(scene.random().nextBoolean());
        expectStageOfAnother(cancelled);
        pieces.forEach(piece -> oracle.expectRuns(piece, 0, 1));
    }
}
