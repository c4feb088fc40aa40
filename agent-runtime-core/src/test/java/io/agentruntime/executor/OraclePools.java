package io.agentruntime.executor;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The executors that the oracle hands code over to: workloads of every kind, and those of a host, whose threads are looked at. */
final class OraclePools implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ResidueSpy spy;
    private final List<WorkloadExecutor> workloads = List.of(
            WorkloadExecutor.create(new Workload("one", 1, 100_000)),
            WorkloadExecutor.create(new Workload("three", 3, 100_000).fair()),
            WorkloadExecutor.create(new Workload("virtual", 3, 100_000).virtual()));
    private final WorkloadExecutor full = WorkloadExecutor.create(new Workload("full", 1, 1));
    private final ScheduledExecutorService scheduledHost = new WatchedScheduledPool();
    private final List<ExecutorService> hosts = List.of(new WatchedPool(), scheduledHost, new ForkJoinPool(2));

    OraclePools(ResidueSpy spy) {
        this.spy = spy;
    }

    /** Take everything. */
    List<WorkloadExecutor> workloads() {
        return workloads;
    }

    /** Has room for hardly anything. */
    WorkloadExecutor full() {
        return full;
    }

    /** The host's own. */
    List<ExecutorService> hosts() {
        return hosts;
    }

    /** The one among them that has a clock. */
    ScheduledExecutorService scheduledHost() {
        return scheduledHost;
    }

    @Override
    public void close() throws InterruptedException {
        for (WorkloadExecutor workload : workloads) {
            workload.stop(Deadline.after(LIMIT));
        }
        full.stop(Deadline.after(LIMIT));
        hosts.forEach(ExecutorService::shutdownNow);
    }

    /** Looks at every thread that is kept for more tasks, when no task is left. */
    void lookAtEveryThread(String mark) throws Exception {
        for (WorkloadExecutor workload : workloads) {
            var asTheJdkRunsStages = workload.submit(() -> 1).defaultExecutor();
            lookAt(workload.threads(), mark, look -> asTheJdkRunsStages.execute(look));
        }
        for (ExecutorService host : hosts) {
            lookAt(2, mark, host::execute);
        }
    }

    private interface HandOver {
        void hand(Look look);
    }

    /** Occupies all threads of a pool at the same time. */
    private void lookAt(int threads, String mark, HandOver pool) throws Exception {
        CountDownLatch together = new CountDownLatch(threads);
        List<Look> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Look look = new Look(together, new CompletableFuture<>());
            all.add(look);
            pool.hand(look);
        }
        for (Look look : all) {
            Watchdog.await(look.done, LIMIT, mark);
        }
    }

    /** A task that no context is carried into: the JDK marks its own parts like this. */
    private final class Look implements Runnable, CompletableFuture.AsynchronousCompletionTask {

        private final CountDownLatch together;
        private final CompletableFuture<Boolean> done;

        Look(CountDownLatch together, CompletableFuture<Boolean> done) {
            this.together = together;
            this.done = done;
        }

        @Override
        public void run() {
            try {
                together.countDown();
                spy.look("at the end");
                done.complete(together.await(LIMIT.toSeconds(), TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                done.completeExceptionally(e);
            }
        }
    }

    private final class WatchedPool extends ThreadPoolExecutor {

        WatchedPool() {
            super(2, 2, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        }

        @Override
        protected void afterExecute(Runnable task, Throwable failure) {
            spy.look("after a task of a host");
        }
    }

    private final class WatchedScheduledPool extends ScheduledThreadPoolExecutor {

        WatchedScheduledPool() {
            super(2);
            setRemoveOnCancelPolicy(true);
        }

        @Override
        protected void afterExecute(Runnable task, Throwable failure) {
            spy.look("after a task of a host with a clock");
        }
    }
}
