package io.agentruntime.executor;

import io.agentruntime.executor.ContextOracle.Piece;
import io.agentruntime.executor.Scene.Operation;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The ways to hand a task over to an executor of the host, wrapped by {@link ContextualExecutors}. */
final class ContextHostOperations {

    private final Scene scene;
    private final ContextOracle oracle;

    private ContextHostOperations(Scene scene) {
        this.scene = scene;
        this.oracle = scene.oracle();
    }

    static Map<String, Operation> of(Scene scene) {
        ContextHostOperations all = new ContextHostOperations(scene);
        return Map.of(
                "host.execute(Runnable)",
                all::execute,
                "host.submit(Callable)",
                all.submitting((on, piece) -> on.submit((Callable<Integer>) piece::see)),
                "host.submit(Runnable)",
                all.submitting((on, piece) -> on.submit((Runnable) piece::see)),
                "host.submit(Runnable, Object)",
                all.submitting((on, piece) -> on.submit(piece::see, "result")),
                "host.invokeAll(Collection)",
                all.invoking(ExecutorService::invokeAll),
                "host.invokeAll(Collection, long, TimeUnit)",
                all.invoking((on, tasks) -> on.invokeAll(tasks, 1, TimeUnit.MINUTES)),
                "host.invokeAny(Collection)",
                all.invokingAny(ExecutorService::invokeAny),
                "host.invokeAny(Collection, long, TimeUnit)",
                all.invokingAny((on, tasks) -> on.invokeAny(tasks, 1, TimeUnit.MINUTES)),
                "host.submit of a task that fails, or is cancelled",
                all::unhappy);
    }

    private interface Submit {
        Future<?> to(ExecutorService service, Piece piece);
    }

    private interface Invoke {
        Object on(ExecutorService service, Collection<Callable<Integer>> tasks) throws Exception;
    }

    private ExecutorService service() {
        return scene.oneIn(3)
                ? ContextualExecutors.wrap(scene.pools().scheduledHost())
                : ContextualExecutors.wrap(scene.any(scene.pools().hosts()));
    }

    private void execute(String entryPoint) throws Exception {
        Executor executor = scene.random().nextBoolean() ? ContextualExecutors.wrap(scene.foreign()) : service();
        Piece piece = oracle.piece(entryPoint);
        CompletableFuture<Integer> done = new CompletableFuture<>();
        executor.execute(() -> done.complete(piece.see()));
        done.get();
        oracle.expectRan(piece);
    }

    private Operation submitting(Submit submit) {
        return entryPoint -> {
            Piece piece = oracle.piece(entryPoint);
            submit.to(service(), piece).get();
            oracle.expectRan(piece);
        };
    }

    private Operation invoking(Invoke invoke) {
        return entryPoint -> {
            List<Piece> pieces = scene.pieces(entryPoint);
            invoke.on(service(), Scene.tasks(pieces));
            pieces.forEach(oracle::expectRan);
        };
    }

    private Operation invokingAny(Invoke invoke) {
        return entryPoint -> invoke.on(service(), Scene.tasks(scene.pieces(entryPoint)));
    }

    private void unhappy(String entryPoint) throws Exception {
        Piece failing = oracle.piece(entryPoint);
        Future<Integer> fails = service().submit((Callable<Integer>) failing::fail);
        Piece given = oracle.piece(entryPoint);
        Future<Integer> up = service().submit((Callable<Integer>) given::see);
        up.cancel(scene.random().nextBoolean());
        Scene.settle(fails);
        Scene.settle(up);
        oracle.expectRan(failing);
        oracle.expectRuns(given, 0, 1);
    }
}
