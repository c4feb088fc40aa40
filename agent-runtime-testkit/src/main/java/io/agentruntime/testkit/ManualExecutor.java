package io.agentruntime.testkit;

import static java.util.Objects.requireNonNull;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/**
 * An executor that runs nothing until a test says so, then in the order in which it was given the tasks, on the thread of the test.
 * Thread-safe.
 */
public final class ManualExecutor implements Executor {

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    /** Makes an executor without tasks. */
    public ManualExecutor() {}

    /**
     * Keeps a task.
     *
     * @param task what to run later
     */
    @Override
    public void execute(Runnable task) {
        tasks.add(requireNonNull(task, "task"));
    }

    /**
     * Runs the oldest task that is pending, on the calling thread. What the task throws comes out here; the task counts as run.
     *
     * @throws IllegalStateException if none is pending
     */
    public void runNext() {
        Runnable task = tasks.poll();
        if (task == null) {
            throw new IllegalStateException("no task is pending");
        }
        task.run();
    }

    /**
     * Runs what is pending, and what that adds, until nothing is. What a task throws comes out here; the tasks after it stay pending.
     *
     * @return how many tasks were run
     */
    public int runAll() {
        int count = 0;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
            count++;
        }
        return count;
    }

    /**
     * Tells how many tasks wait to be run.
     *
     * @return the number of pending tasks
     */
    public int pending() {
        return tasks.size();
    }
}
