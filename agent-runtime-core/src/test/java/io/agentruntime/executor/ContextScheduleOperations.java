package io.agentruntime.executor;

import io.agentruntime.executor.ContextOracle.Piece;
import io.agentruntime.executor.Scene.Operation;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The ways to hand a task over to be run later or again and again, on a workload or on a wrapped service of the host. */
final class ContextScheduleOperations {

    private final Scene scene;
    private final ContextOracle oracle;
    private final Supplier<ScheduledExecutorService> services;

    private ContextScheduleOperations(Scene scene, Supplier<ScheduledExecutorService> services) {
        this.scene = scene;
        this.oracle = scene.oracle();
        this.services = services;
    }

    static Map<String, Operation> ofWorkloads(Scene scene) {
        return new ContextScheduleOperations(scene, scene::workload).all(EntryPoints.WORKLOAD);
    }

    static Map<String, Operation> ofHosts(Scene scene) {
        ScheduledExecutorService wrapped =
                ContextualExecutors.wrap(scene.pools().scheduledHost());
        return new ContextScheduleOperations(scene, () -> wrapped).all(EntryPoints.HOST);
    }

    private Map<String, Operation> all(String prefix) {
        return Map.of(
                prefix + "schedule(Callable, long, TimeUnit)",
                once((on, piece) -> on.schedule(piece::see, delay(), TimeUnit.NANOSECONDS)),
                prefix + "schedule(Runnable, long, TimeUnit)",
                once((on, piece) -> on.schedule((Runnable) piece::see, delay(), TimeUnit.NANOSECONDS)),
                prefix + "scheduleAtFixedRate(Runnable, long, long, TimeUnit)",
                again((on, task) -> on.scheduleAtFixedRate(task, delay(), 1 + delay(), TimeUnit.NANOSECONDS)),
                prefix + "scheduleWithFixedDelay(Runnable, long, long, TimeUnit)",
                again((on, task) -> on.scheduleWithFixedDelay(task, delay(), 1 + delay(), TimeUnit.NANOSECONDS)),
                prefix + "schedule that fails, or is cancelled",
                this::unhappy);
    }

    private interface Once {
        ScheduledFuture<?> on(ScheduledExecutorService service, Piece piece);
    }

    private interface Again {
        ScheduledFuture<?> on(ScheduledExecutorService service, Runnable task);
    }

    private int delay() {
        return scene.random().nextInt(50_000);
    }

    private Operation once(Once schedule) {
        return entryPoint -> {
            Piece piece = oracle.piece(entryPoint);
            schedule.on(services.get(), piece).get();
            oracle.expectRan(piece);
        };
    }

    /** Lets a task run several times, and cancels it, perhaps in the middle of a run. */
    private Operation again(Again schedule) {
        return entryPoint -> {
            int runs = scene.upTo(4);
            Piece piece = oracle.piece(entryPoint);
            CountDownLatch left = new CountDownLatch(runs);
            ScheduledFuture<?> future = schedule.on(services.get(), () -> {
                piece.see();
                left.countDown();
            });
            left.await();
            future.cancel(scene.random().nextBoolean());
            Scene.settle(future);
            oracle.expectRuns(piece, runs, Integer.MAX_VALUE);
        };
    }

    private void unhappy(String entryPoint) throws Exception {
        Piece failing = oracle.piece(entryPoint);
        ScheduledFuture<?> ends =
                services.get().scheduleAtFixedRate(failing::fail, delay(), 1 + delay(), TimeUnit.NANOSECONDS);
        Piece given = oracle.piece(entryPoint);
        ScheduledFuture<?> up = services.get().schedule(given::see, delay(), TimeUnit.NANOSECONDS);
        up.cancel(scene.random().nextBoolean());
        Scene.settle(ends);
        Scene.settle(up);
        oracle.expectRan(failing);
        oracle.expectRuns(given, 0, 1);
    }
}
