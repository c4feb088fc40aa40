package io.agentruntime.executor;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** The workers of a pool. Guarded by the pool's lock; threads are started after it has been released. */
final class Crew {

    private final WorkerPool pool;
    private final ThreadFactory threads;
    private final Set<Worker> workers = new HashSet<>();
    private final ArrayDeque<Worker> idle = new ArrayDeque<>();
    private int largest;
    private long completedByFormer;

    Crew(WorkerPool pool, ThreadFactory threads) {
        this.pool = pool;
        this.threads = threads;
    }

    /** Gives a task that has a seat to an idle worker, or returns a new one whose thread is to be started. */
    @Nullable
    Worker start(WorkloadTask<?> task) {
        Worker worker = idle.pollLast();
        if (worker != null) {
            worker.task = task;
            worker.resume();
            return null;
        }
        Worker fresh = new Worker(pool, task, threads);
        workers.add(fresh);
        largest = Math.max(largest, workers.size());
        return fresh;
    }

    /** Lets a worker wait for its next task. */
    void rest(Worker worker) {
        idle.addLast(worker);
    }

    void dismissIdle() {
        idle.forEach(Worker::dismiss);
        idle.clear();
    }

    void remove(Worker worker) {
        workers.remove(worker);
        completedByFormer += worker.completed();
    }

    boolean isEmpty() {
        return workers.isEmpty();
    }

    int idle() {
        return idle.size();
    }

    int largest() {
        return largest;
    }

    List<Worker> all() {
        return List.copyOf(workers);
    }

    /** The tasks that run or wait inside. */
    List<WorkloadTask<?>> tasks() {
        return workers.stream()
                .<WorkloadTask<?>>map(worker -> worker.task)
                .filter(Objects::nonNull)
                .toList();
    }

    /** How many tasks they have completed, those that have left included. */
    long completed() {
        return completedByFormer + workers.stream().mapToLong(Worker::completed).sum();
    }
}
