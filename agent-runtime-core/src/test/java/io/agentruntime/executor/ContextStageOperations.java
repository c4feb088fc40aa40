package io.agentruntime.executor;

import io.agentruntime.executor.ContextOracle.AskedForException;
import io.agentruntime.executor.ContextOracle.Piece;
import io.agentruntime.executor.Scene.Operation;
import io.agentruntime.executor.StageMethods.StageMethod;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The ways to hand code over to a future of a workload, each tried with random particulars by one driver thread. */
final class ContextStageOperations {

    private final Scene scene;
    private final ContextOracle oracle;

    private ContextStageOperations(Scene scene) {
        this.scene = scene;
        this.oracle = scene.oracle();
    }

    static Map<String, Operation> of(Scene scene) {
        ContextStageOperations all = new ContextStageOperations(scene);
        Map<String, Operation> operations = new HashMap<>(Map.of(
                "stage.completeAsync(Supplier)", all::completeAsync,
                "stage.completeAsync(Supplier, Executor)", all::completeAsyncElsewhere,
                "supplyAsync and runAsync on a workload", all::async,
                "stages in a chain", all::chain,
                "stage of a cancelled task", all::cancelled));
        StageMethods.ALL.forEach(method -> operations.put(EntryPoints.STAGE + method.name(), all.stage(method)));
        return operations;
    }

    /** Attaches a stage to a future, as another owner than the one that made the future. */
    private Operation stage(StageMethod method) {
        return entryPoint -> {
            CompletionStage<Integer> future = switch (scene.random().nextInt(4)) {
                case 0 -> promise(method.onFailure());
                case 1 -> timedOut(method.onFailure());
                default -> submitted(method.onFailure());
            };
            oracle.asNewOwner(() -> {
                Piece piece = oracle.piece(entryPoint);
                Scene.settle(method.attach().to(future, piece, scene.foreign()).toCompletableFuture());
                oracle.expectRan(piece);
                return true;
            });
        };
    }

    private CompletionStage<Integer> submitted(boolean fails) {
        Piece first = oracle.piece("submit before a stage");
        CompletableFuture<Integer> future = scene.workload().submit(() -> fails ? first.fail() : first.see());
        return switch (scene.random().nextInt(4)) {
            case 0 -> future.copy();
            case 1 -> future.minimalCompletionStage();
            default -> future;
        };
    }

    private CompletableFuture<Integer> promise(boolean fails) {
        CompletableFuture<Integer> promise = scene.workload().promise();
        Piece completer = oracle.piece("completer of a promise");
        scene.workload().execute(() -> {
            completer.look();
            boolean unused = fails ? promise.completeExceptionally(new AskedForException()) : promise.complete(1);
        });
        return promise;
    }

    private CompletableFuture<Integer> timedOut(boolean fails) {
        CompletableFuture<Integer> promise = scene.workload().promise();
        int micros = scene.random().nextInt(500);
        return fails
                ? promise.orTimeout(micros, TimeUnit.MICROSECONDS)
                : promise.completeOnTimeout(1, micros, TimeUnit.MICROSECONDS);
    }

    private void completeAsync(String entryPoint) throws Exception {
        Piece piece = oracle.piece(entryPoint);
        scene.workload().<Integer>promise().completeAsync(piece::see).get();
        oracle.expectRan(piece);
    }

    private void completeAsyncElsewhere(String entryPoint) throws Exception {
        Piece piece = oracle.piece(entryPoint);
        scene.workload()
                .<Integer>promise()
                .completeAsync(piece::see, scene.foreign())
                .get();
        oracle.expectRan(piece);
    }

    private void async(String entryPoint) throws Exception {
        Piece piece = oracle.piece(entryPoint);
        (scene.random().nextBoolean()
                        ? CompletableFuture.supplyAsync(piece::see, scene.workload())
                        : CompletableFuture.runAsync(piece::see, scene.workload()))
                .get();
        oracle.expectRan(piece);
    }

    private void chain(String entryPoint) throws Exception {
        CompletableFuture<Integer> last = scene.workload().submit(oracle.piece("submit before a chain")::see);
        for (int i = scene.upTo(5); i > 0; i--) {
            CompletableFuture<Integer> before = last;
            last = oracle.asNewOwner(() -> {
                Piece piece = oracle.piece(entryPoint);
                return switch (scene.random().nextInt(3)) {
                    case 0 -> before.thenApply(x -> piece.see());
                    case 1 -> before.thenApplyAsync(x -> piece.see());
                    default -> before.thenCompose(x -> scene.workload().submit(piece::see));
                };
            });
        }
        last.get();
    }

    private void cancelled(String entryPoint) throws Exception {
        CompletableFuture<Integer> future = scene.workload().submit(oracle.piece("task that is cancelled")::see);
        Piece stage = oracle.piece(entryPoint);
        CompletableFuture<Integer> handled = future.handle((x, failure) -> stage.see());
        future.cancel(scene.random().nextBoolean());
        handled.get();
        oracle.expectRan(stage);
    }
}
