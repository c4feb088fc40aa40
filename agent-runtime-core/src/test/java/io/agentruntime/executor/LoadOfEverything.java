package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Hands a workload tasks of every kind by every way that returns a future, and keeps all these futures. */
final class LoadOfEverything {

    /** A workload that is not stopped must not fill the memory with futures. */
    private static final int MOST_STEPS = 20_000;

    private final WorkloadExecutor executor;
    private final Queue<Future<?>> returned = new ConcurrentLinkedQueue<>();
    private final AtomicLong submits = new AtomicLong();
    private final AtomicInteger steps = new AtomicInteger();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final Semaphore stubborn = new Semaphore(2); // never all threads
    private final CountDownLatch stubbornRunning = new CountDownLatch(2);
    private final Semaphore repeated = new Semaphore(8); // each goes on by itself

    LoadOfEverything(WorkloadExecutor executor) {
        this.executor = executor;
    }

    /** Every future that was returned so far. */
    List<CompletableFuture<?>> returned() {
        return returned.stream()
                .<CompletableFuture<?>>map(CompletableFuture.class::cast)
                .toList();
    }

    /** How often a task was submitted directly, refused or not. */
    long submits() {
        return submits.get();
    }

    /** Two tasks that no interrupt ends have begun once this opens. */
    CountDownLatch stubbornRunning() {
        return stubbornRunning;
    }

    /** Lets everything go. */
    void openGate() {
        gate.countDown();
    }

    /** Submits until the workload is closed, and then a hundred times more; tells how many of those were refused as closed. */
    long submitUntilClosed(Random random) {
        long refused = 0;
        for (int after = 0; after < 100; ) {
            try {
                if (steps.incrementAndGet() > MOST_STEPS && !executor.isShutdown()) {
                    pause();
                } else {
                    submitOne(random);
                    after += refused > 0 ? 1 : 0;
                }
            } catch (WorkloadRejectedException e) {
                refused += e.closed() ? 1 : 0;
                after += e.closed() ? 1 : 0;
                pause();
            }
        }
        return refused;
    }

    /** Leaves the processors to the workload for a moment. */
    private void pause() {
        try {
            assertThat(gate.await(50, TimeUnit.MICROSECONDS)).isFalse();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void submitOne(Random random) {
        int kind = random.nextInt(100);
        if (kind < 5 && stubborn.tryAcquire()) {
            submitStubborn();
        } else if (kind < 15) {
            addSchedules(kind);
        } else if (kind < 25) {
            addGathers(kind);
        } else if (kind < 45) {
            addStages(submit(() -> kind));
        } else {
            addTasks(kind);
        }
    }

    private void add(Callable<?> task) {
        assertThat(submit(task)).isNotNull();
    }

    private <T> CompletableFuture<T> submit(Callable<T> task) {
        submits.incrementAndGet();
        CompletableFuture<T> future = executor.submit(task);
        returned.add(future);
        return future;
    }

    /** Takes its time, but not so long that nothing else has a turn. */
    private boolean linger() throws InterruptedException {
        return gate.await(20, TimeUnit.MILLISECONDS);
    }

    private boolean hang() throws InterruptedException {
        return gate.await(1, TimeUnit.HOURS);
    }

    private void addTasks(int kind) {
        if (kind < 48) {
            add(() -> gate.await(kind, TimeUnit.MILLISECONDS));
        } else if (kind < 52) {
            submits.incrementAndGet();
            returned.add(executor.submit(this::hang, Deadline.after(Duration.ofMillis(5))));
        } else if (kind < 57) {
            submit(() -> kind).cancel(kind % 2 == 0);
        } else if (kind < 67) {
            add(() -> executor.submit(() -> kind).join());
        } else if (kind < 72) {
            add(() -> {
                throw new IllegalStateException("asked for");
            });
        } else {
            add(() -> kind);
        }
    }

    private void addSchedules(int kind) {
        switch (kind) {
            case 5, 6 -> returned.add(executor.schedule(() -> kind, kind, TimeUnit.MICROSECONDS));
            case 7 -> returned.add(executor.schedule(this::linger, 1, TimeUnit.MILLISECONDS));
            case 8 -> returned.add(executor.schedule(() -> kind, 1, TimeUnit.HOURS));
            case 9 -> executor.schedule(() -> kind, kind, TimeUnit.MICROSECONDS).cancel(true);
            default -> repeat(kind);
        }
    }

    private void repeat(int kind) {
        if (!repeated.tryAcquire()) {
            add(() -> kind);
        } else {
            Runnable task = () -> Thread.onSpinWait();
            try {
                returned.add(
                        kind % 2 == 0
                                ? executor.scheduleAtFixedRate(task, 0, 5, TimeUnit.MILLISECONDS)
                                : executor.scheduleWithFixedDelay(task, 0, 5, TimeUnit.MILLISECONDS));
            } catch (WorkloadRejectedException e) {
                repeated.release();
                throw e;
            }
        }
    }

    private void addGathers(int kind) {
        Gather gather = Gather.on(executor).width(1 + kind % 3);
        List<Callable<Object>> branches =
                List.of(() -> kind, () -> executor.submit(() -> kind).get(), () -> kind, () -> {
                    throw new IllegalStateException("asked for");
                });
        List<Callable<Boolean>> lingering = List.of(this::linger, this::linger, this::linger);
        returned.add(
                switch (kind % 5) {
                    case 0 -> gather.all(branches);
                    case 1 -> gather.settled(branches);
                    case 2 -> gather.first(branches);
                    case 3 -> gather.settled(lingering);
                    default ->
                        gather.within(Deadline.after(Duration.ofMillis(5))).all(lingering);
                });
        if (executor.isShutdown()) {
            add(() -> kind); // a gather does not throw: this tells that the workload is closed
        }
    }

    private void submitStubborn() {
        try {
            add(this::takeNoInterrupt);
        } catch (WorkloadRejectedException e) {
            stubborn.release();
            throw e;
        }
    }

    private void addStages(CompletableFuture<Integer> future) {
        CompletableFuture<Integer> applied = future.thenApplyAsync(x -> x + 1);
        returned.add(applied);
        CompletableFuture<Integer> composed = applied.thenCompose(x -> executor.submit(() -> x + 1));
        returned.add(composed);
        returned.add(composed.thenAcceptBothAsync(future, (x, y) -> gate.getCount()));
        returned.add(applied.handleAsync((x, failure) -> x));
        returned.add(applied.thenCombine(composed, Integer::sum));
        returned.add(executor.<Integer>promise().completeAsync(() -> 1));
    }

    private boolean takeNoInterrupt() {
        stubbornRunning.countDown();
        boolean interrupted = false;
        while (gate.getCount() > 0) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }
}
