package io.agentruntime.executor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/** Tasks that wait for one another without a circle: each for some of those with a higher number, and often for the same. */
final class TaskGraph {

    /** How a task waits for its parts. */
    enum Wait {
        GET,
        JOIN,
        GET_WITH_TIMEOUT,
        INVOKE_ALL,
        INVOKE_ANY,
        COMPOSED,
        ASYNC_STAGE,
        PROMISE
    }

    /** A workload that is watched: how many of its tasks run outside of waits. */
    static final class Pool {

        private final WorkloadExecutor executor;
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger excess = new AtomicInteger();

        Pool(WorkloadExecutor executor) {
            this.executor = executor;
        }

        int excess() {
            return excess.get();
        }

        private void enter() {
            if (running.incrementAndGet() > executor.threads()) {
                excess.incrementAndGet();
            }
        }

        private <T> T running(Callable<T> body) throws Exception {
            enter();
            try {
                return body.call();
            } finally {
                running.decrementAndGet();
            }
        }

        /** Must be called while running. */
        private <T> T waiting(Callable<T> wait) throws Exception {
            running.decrementAndGet();
            try {
                return wait.call();
            } finally {
                enter();
            }
        }
    }

    /**
     * One task.
     *
     * @param pool where it runs
     * @param kind how it waits
     * @param parts the numbers of the tasks it waits for
     */
    private record Node(int pool, Wait kind, List<Integer> parts) {

        @Override
        public String toString() {
            return pool + " " + kind + parts;
        }
    }

    private final List<Pool> pools;
    private final List<Node> nodes;
    private final AtomicReferenceArray<CompletableFuture<Long>> started;

    private TaskGraph(List<Pool> pools, List<Node> nodes) {
        this.pools = pools;
        this.nodes = nodes;
        this.started = new AtomicReferenceArray<>(nodes.size());
    }

    static TaskGraph random(Random random, List<Pool> pools) {
        int size = 2 + random.nextInt(12);
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            nodes.add(randomNode(random, pools.size(), IntStream.range(i + 1, size)));
        }
        return new TaskGraph(pools, nodes);
    }

    private static Node randomNode(Random random, int pools, IntStream later) {
        List<Integer> parts = new ArrayList<>(later.boxed().toList());
        Collections.shuffle(parts, random);
        Wait kind = Wait.values()[random.nextInt(Wait.values().length)];
        int count = Math.min(parts.size(), random.nextInt(4));
        return new Node(random.nextInt(pools), kind, List.copyOf(parts.subList(0, count)));
    }

    static TaskGraph chain(int depth, Wait kind, List<Pool> pools) {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < depth; i++) {
            nodes.add(new Node(0, kind, i == depth - 1 ? List.of() : List.of(i + 1)));
        }
        return new TaskGraph(pools, nodes);
    }

    CompletableFuture<Long> start() {
        return start(0);
    }

    /** What the first task yields: its number, and what its parts yield, and so on. */
    long expected() {
        long[] values = new long[nodes.size()];
        for (int i = nodes.size() - 1; i >= 0; i--) {
            values[i] = i + 1L;
            for (int part : nodes.get(i).parts()) {
                values[i] += values[part];
            }
        }
        return values[0];
    }

    private CompletableFuture<Long> start(int number) {
        WorkloadExecutor executor = pool(number).executor;
        CompletableFuture<Long> promise = executor.promise();
        if (!started.compareAndSet(number, null, promise)) {
            return started.get(number);
        }
        CompletableFuture<Long> task = executor.submit(() -> pool(number).running(() -> run(number)));
        if (nodes.get(number).kind() == Wait.PROMISE) {
            CompletableFuture<Long> unused = task.whenComplete((value, failure) -> settle(promise, value, failure));
            return promise;
        }
        CompletableFuture<Long> unused = task.whenCompleteAsync((value, failure) -> settle(promise, value, failure));
        return task;
    }

    private static void settle(CompletableFuture<Long> promise, Long value, Throwable failure) {
        if (failure == null) {
            promise.complete(value);
        } else {
            promise.completeExceptionally(failure);
        }
    }

    private Pool pool(int number) {
        return pools.get(nodes.get(number).pool());
    }

    private long run(int number) throws Exception {
        Node node = nodes.get(number);
        Pool pool = pool(number);
        return switch (node.kind()) {
            case INVOKE_ALL -> number + 1 + invokeAll(pool, node);
            case INVOKE_ANY -> number + 1 + invokeAny(pool, node);
            case COMPOSED -> composed(pool, number, node);
            case ASYNC_STAGE -> asyncStages(pool, number, node);
            default -> number + 1 + sum(pool, node);
        };
    }

    private long sum(Pool pool, Node node) throws Exception {
        List<CompletableFuture<Long>> parts =
                node.parts().stream().map(this::start).toList();
        long sum = 0;
        for (CompletableFuture<Long> part : parts) {
            sum += pool.waiting(() -> switch (node.kind()) {
                case GET -> part.get();
                case GET_WITH_TIMEOUT -> part.get(10, TimeUnit.MINUTES);
                default -> part.join();
            });
        }
        return sum;
    }

    private Callable<Long> waitFor(Pool pool, int part) {
        return () -> pool.running(() -> {
            CompletableFuture<Long> future = start(part);
            return pool.waiting(future::join);
        });
    }

    private long invokeAll(Pool pool, Node node) throws Exception {
        List<Callable<Long>> parts =
                node.parts().stream().map(part -> waitFor(pool, part)).toList();
        List<Future<Long>> done = pool.waiting(() -> pool.executor.invokeAll(parts));
        long sum = 0;
        for (Future<Long> each : done) {
            sum += each.get();
        }
        return sum;
    }

    private long invokeAny(Pool pool, Node node) throws Exception {
        long sum = 0;
        for (int part : node.parts()) {
            sum += pool.waiting(() -> pool.executor.invokeAny(List.of(waitFor(pool, part))));
        }
        return sum;
    }

    private long composed(Pool pool, int number, Node node) throws Exception {
        CompletableFuture<Long> all = pool.executor.submit(() -> number + 1L);
        for (int part : node.parts()) {
            all = all.thenCompose(sum -> start(part).thenApply(value -> sum + value));
        }
        return pool.waiting(all::join);
    }

    private long asyncStages(Pool pool, int number, Node node) throws Exception {
        CompletableFuture<Long> all = pool.executor.promise();
        all.complete(number + 1L);
        for (int part : node.parts()) {
            all = all.thenCombineAsync(start(part), Long::sum);
        }
        return pool.waiting(all::join);
    }

    @Override
    public String toString() {
        return nodes + " on " + pools.stream().map(pool -> pool.executor).toList();
    }
}
