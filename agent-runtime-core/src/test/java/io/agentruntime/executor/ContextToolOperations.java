package io.agentruntime.executor;

import io.agentruntime.executor.ContextOracle.Piece;
import io.agentruntime.executor.Scene.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Tool calls the way LangChain4j makes them: each is handed to the executor, then all results are waited for. */
final class ContextToolOperations {

    private final Scene scene;
    private final ContextOracle oracle;

    private ContextToolOperations(Scene scene) {
        this.scene = scene;
        this.oracle = scene.oracle();
    }

    static Map<String, Operation> of(Scene scene) {
        ContextToolOperations all = new ContextToolOperations(scene);
        return Map.of(
                "tools.execute(Runnable)",
                all::turn,
                "tools that find no room",
                all::rejected,
                "tools that play a turn themselves",
                all::nested);
    }

    private void turn(String entryPoint) {
        turn(entryPoint, ContextualExecutors.forTools(scene.foreign()));
    }

    private void turn(String entryPoint, Executor tools) {
        List<Piece> pieces = scene.pieces(entryPoint);
        List<CompletableFuture<Integer>> results = new ArrayList<>();
        pieces.forEach(piece -> results.add(CompletableFuture.supplyAsync(piece::see, tools)));
        results.forEach(CompletableFuture::join);
        pieces.forEach(oracle::expectRan);
    }

    private void rejected(String entryPoint) {
        turn(entryPoint, ContextualExecutors.forTools(scene.pools().full()));
        turn(entryPoint, ContextualExecutors.forTools(task -> {
            throw new IllegalStateException("takes nothing");
        }));
    }

    /** Turns inside of a tool, on the executor of that tool or on another one. */
    private void nested(String entryPoint) {
        Executor tools = ContextualExecutors.forTools(scene.workload());
        Executor others = scene.random().nextBoolean() ? tools : ContextualExecutors.forTools(scene.workload());
        Piece outer = oracle.piece("tool that plays a turn");
        CompletableFuture.runAsync(
                        () -> {
                            outer.look();
                            turn(entryPoint, others);
                        },
                        tools)
                .join();
        oracle.expectRan(outer);
    }
}
