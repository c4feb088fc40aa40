package io.agentruntime.executor;

import io.agentruntime.executor.ContextOperations.Operation;
import io.agentruntime.executor.ContextOperations.Pools;
import io.agentruntime.executor.ContextOracle.Piece;
import io.agentruntime.executor.StageMethods.StageMethod;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The ways to hand code over to a future of a workload, each tried with random particulars by one driver thread. */
final class ContextStageOperations {

    private final ContextOracle oracle;
    private final Random random;
    private final List<WorkloadExecutor> workloads;
    private final Executor foreign;

    ContextStageOperations(ContextOracle oracle, Random random, Pools pools) {
        this.oracle = oracle;
        this.random = random;
        this.workloads = pools.workloads();
        this.foreign = pools.foreign();
    }

    /** Gives one entry for each operation, and more for the one that has 42 methods to try. */
    List<Operation> all() {
        return List.of(
                this::stage,
                this::stage,
                this::stage,
                this::stages,
                this::async,
                this::cancelled,
                this::promised,
                this::timedOut);
    }

    private WorkloadExecutor workload() {
        return workloads.get(random.nextInt(workloads.size()));
    }

    private static Integer fail(Piece piece) {
        piece.see();
        throw new IllegalStateException("asked for");
    }

    private void stage() throws Exception {
        StageMethod method = StageMethods.ALL.get(random.nextInt(StageMethods.ALL.size()));
        Piece first = oracle.piece("submit before " + method.name());
        CompletableFuture<Integer> future = workload().submit(() -> method.onFailure() ? fail(first) : first.see());
        CompletionStage<Integer> stage = switch (random.nextInt(4)) {
            case 0 -> future.copy();
            case 1 -> future.minimalCompletionStage();
            default -> future;
        };
        attach(method, stage);
        oracle.expectRan(first);
    }

    /** Attaches a stage as another owner than the one that submitted, and waits for it. */
    private void attach(StageMethod method, CompletionStage<Integer> stage) throws Exception {
        Executor executor = random.nextBoolean() ? foreign : workload();
        oracle.asNewOwner(() -> {
            Piece piece = oracle.piece(method.name());
            CompletableFuture<?> attached =
                    method.attach().to(stage, piece, executor).toCompletableFuture();
            ContextOperations.settle(attached);
            oracle.expectRan(piece);
            return true;
        });
    }

    private void stages() throws Exception {
        CompletableFuture<Integer> last = workload().submit(oracle.piece("submit before a chain")::see);
        for (int i = random.nextInt(5); i >= 0; i--) {
            CompletableFuture<Integer> before = last;
            last = oracle.asNewOwner(() -> {
                Piece piece = oracle.piece("chain");
                return switch (random.nextInt(3)) {
                    case 0 -> before.thenApply(x -> piece.see());
                    case 1 -> before.thenApplyAsync(x -> piece.see());
                    default -> before.thenCompose(x -> workload().submit(piece::see));
                };
            });
        }
        last.get();
    }

    private void async() throws Exception {
        Piece piece = oracle.piece("supplyAsync");
        Piece next = oracle.piece("completeAsync");
        if (random.nextBoolean()) {
            CompletableFuture.supplyAsync(piece::see, workload()).get();
        } else {
            CompletableFuture.runAsync(piece::see, workload()).get();
        }
        CompletableFuture<Integer> promise = workload().promise();
        (random.nextBoolean() ? promise.completeAsync(next::see) : promise.completeAsync(next::see, foreign)).get();
        oracle.expectRan(piece);
        oracle.expectRan(next);
    }

    private void cancelled() throws Exception {
        CompletableFuture<Integer> future = workload().submit(oracle.piece("submit of a cancelled task")::see);
        Piece stage = oracle.piece("stage of a cancelled task");
        CompletableFuture<Integer> handled = future.handle((x, failure) -> stage.see());
        future.cancel(random.nextBoolean());
        handled.get();
        oracle.expectRan(stage);
    }

    private void promised() throws Exception {
        CompletableFuture<Integer> promise = workload().promise();
        StageMethod method = StageMethods.ALL.get(random.nextInt(StageMethods.ALL.size()));
        Piece completer = oracle.piece("completer of a promise");
        workload().execute(() -> {
            completer.look();
            if (method.onFailure()) {
                promise.completeExceptionally(new IllegalStateException("asked for"));
            } else {
                promise.complete(1);
            }
        });
        attach(method, promise);
    }

    private void timedOut() throws Exception {
        CompletableFuture<Integer> promise = workload().promise();
        boolean fails = random.nextBoolean();
        CompletableFuture<Integer> late = fails
                ? promise.orTimeout(random.nextInt(500), TimeUnit.MICROSECONDS)
                : promise.completeOnTimeout(1, random.nextInt(500), TimeUnit.MICROSECONDS);
        StageMethod method = StageMethods.ALL.stream()
                .filter(each -> each.onFailure() == fails)
                .skip(random.nextInt(6))
                .findFirst()
                .orElseThrow();
        attach(method, late);
    }
}
