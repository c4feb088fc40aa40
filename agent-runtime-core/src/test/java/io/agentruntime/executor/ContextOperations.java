package io.agentruntime.executor;

import io.agentruntime.executor.ContextOracle.Piece;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** The ways to hand code over to a workload, each tried with random particulars by one driver thread. */
final class ContextOperations {

    /** One way to hand code over. */
    @FunctionalInterface
    interface Operation {
        void run() throws Exception;
    }

    private final ContextOracle oracle;
    private final Random random;
    private final List<WorkloadExecutor> workloads;
    private final WorkloadExecutor full;
    private final List<Operation> operations;

    ContextOperations(ContextOracle oracle, Random random, Pools pools) {
        this.oracle = oracle;
        this.random = random;
        this.workloads = pools.workloads();
        this.full = pools.full();
        List<Operation> all = new ArrayList<>(new ContextStageOperations(oracle, random, pools).all());
        all.addAll(List.of(
                this::execute,
                this::submit,
                this::invokeAll,
                this::invokeAny,
                this::nested,
                this::deadline,
                this::rejected));
        this.operations = List.copyOf(all);
    }

    /**
     * What the operations work on.
     *
     * @param workloads take everything
     * @param full has room for hardly anything
     * @param foreign the host's own
     */
    record Pools(List<WorkloadExecutor> workloads, WorkloadExecutor full, Executor foreign) {}

    void runOne() throws Exception {
        Operation operation = operations.get(random.nextInt(operations.size()));
        oracle.asNewOwner(() -> {
            operation.run();
            return true;
        });
    }

    private WorkloadExecutor workload() {
        return workloads.get(random.nextInt(workloads.size()));
    }

    private void execute() throws Exception {
        Piece piece = oracle.piece("execute");
        CompletableFuture<Integer> done = new CompletableFuture<>();
        workload().execute(() -> done.complete(piece.see()));
        done.get();
        oracle.expectRan(piece);
    }

    private void submit() throws Exception {
        Piece piece = oracle.piece("submit");
        Future<?> future = switch (random.nextInt(4)) {
            case 0 -> workload().submit(piece::see);
            case 1 -> workload().submit((Runnable) piece::see);
            case 2 -> workload().submit(piece::see, "result");
            default -> workload().submitWaiting(piece::see, Duration.ofMinutes(1));
        };
        future.get();
        oracle.expectRan(piece);
    }

    private List<Callable<Integer>> tasks(List<Piece> pieces) {
        return pieces.stream().<Callable<Integer>>map(piece -> piece::see).toList();
    }

    private List<Piece> pieces(String entryPoint) {
        return Stream.generate(() -> oracle.piece(entryPoint))
                .limit(1 + random.nextInt(4))
                .toList();
    }

    private void invokeAll() throws Exception {
        List<Piece> pieces = pieces("invokeAll");
        switch (random.nextInt(3)) {
            case 0 -> workload().invokeAll(tasks(pieces), random.nextInt(100), TimeUnit.MICROSECONDS);
            case 1 -> {
                workload().invokeAll(tasks(pieces), 1, TimeUnit.MINUTES);
                pieces.forEach(oracle::expectRan);
            }
            default -> {
                workload().invokeAll(tasks(pieces));
                pieces.forEach(oracle::expectRan);
            }
        }
    }

    private void invokeAny() throws Exception {
        List<Piece> pieces = pieces("invokeAny");
        if (random.nextBoolean()) {
            workload().invokeAny(tasks(pieces));
        } else {
            workload().invokeAny(tasks(pieces), 1, TimeUnit.MINUTES);
        }
    }

    static void settle(Future<?> future) throws Exception {
        try {
            future.get();
        } catch (CancellationException | ExecutionException e) {
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            if (cause instanceof CompletionException) {
                cause = cause.getCause();
            }
            if (!(cause instanceof CancellationException
                    || cause instanceof TimeoutException
                    || cause instanceof IllegalStateException)) {
                throw e;
            }
        }
    }

    private void nested() throws Exception {
        Piece outer = oracle.piece("submit of an outer task");
        WorkloadExecutor other = workload();
        int depth = 1 + random.nextInt(4);
        Future<Integer> future = workload().submit(() -> {
            outer.look();
            return oracle.asNewOwner(() -> below(other, depth));
        });
        future.get();
        oracle.expectRan(outer);
    }

    private Integer below(WorkloadExecutor workload, int depth) throws Exception {
        Piece piece = oracle.piece("nested submit");
        CompletableFuture<Integer> future = workload.submit(() -> {
            if (depth > 1) {
                below(workload, depth - 1);
            }
            return piece.see();
        });
        Piece stage = oracle.piece("stage of a nested submit");
        future.thenAccept(x -> stage.see()).join();
        return future.get();
    }

    private void deadline() throws Exception {
        Deadline deadline = Deadline.after(Duration.ofNanos(random.nextInt(200_000)));
        settle(workload().submit(oracle.piece("submit with a deadline")::see, deadline));
        Piece piece = oracle.piece("submit with a far deadline");
        workload().submit(piece::see, Deadline.after(Duration.ofMinutes(1))).get();
        oracle.expectRan(piece);
    }

    private void rejected() throws Exception {
        for (int i = 0; i < 4; i++) {
            CompletableFuture<Integer> future = null;
            try {
                future = full.submit(oracle.piece("submit to a full workload")::see);
            } catch (WorkloadRejectedException e) {
                Piece piece = oracle.piece("after a rejection");
                piece.look();
                workload().submit(piece::see).get();
            }
            if (future != null && i % 2 == 0) {
                future.get();
            }
        }
    }
}
