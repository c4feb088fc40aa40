package io.agentruntime.executor;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Tasks that wait for a seat, in every interleaving that a model checker finds: whoever puts one there, with the lock of the pool or
 * without, takes the oldest or gives one up, the tasks keep their order and their bound, and none is overlooked.
 */
public class WaitingTasksLincheckTest {

    private static final int CAPACITY = 3;

    /** Loads the classes, and with them the logging, before Lincheck instruments what is loaded. */
    @BeforeAll
    static void load() throws InterruptedException {
        Room room = new Room();
        room.addOne();
        room.giveUpOne();
        room.addOther();
        room.giveUpOther();
        room.take();
        room.workload.stop(Deadline.after(Duration.ofSeconds(1)));
    }

    @Test
    void addTakeGiveUp_modelChecked_areLinearizable() {
        new ModelCheckingOptions()
                .sequentialSpecification(Line.class)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(2)
                .actorsAfter(2)
                .iterations(10)
                .invocationsPerIteration(500)
                .check(Room.class);
    }

    /** What waits for the seats of a pool whose seats are held, with a ring smaller than its capacity. */
    public static final class Room {

        private final WorkloadExecutor workload = WorkloadExecutor.create(new Workload("model", 1, CAPACITY));
        private final ReentrantLock lock = new ReentrantLock();
        private final WaitingTasks tasks = new WaitingTasks(false, CAPACITY, new Sampling(), new TaskRing(CAPACITY, 2));
        private @Nullable WorkloadTask<String> one;
        private @Nullable WorkloadTask<String> other;

        @Operation(nonParallelGroup = "one")
        public boolean addOne() {
            one = task("one");
            return add(one);
        }

        @Operation(nonParallelGroup = "other")
        public boolean addOther() {
            other = task("other");
            return add(other);
        }

        /** Gives the latest one up. */
        @Operation(nonParallelGroup = "one")
        public boolean giveUpOne() {
            return giveUp(one);
        }

        /** Gives the latest one up. */
        @Operation(nonParallelGroup = "other")
        public boolean giveUpOther() {
            return giveUp(other);
        }

        private WorkloadTask<String> task(String owner) {
            return new WorkloadTask<>(() -> owner, workload);
        }

        private boolean add(WorkloadTask<String> task) {
            if (tasks.offer(task)) {
                return true;
            }
            lock.lock();
            try {
                return tasks.add(task);
            } finally {
                lock.unlock();
            }
        }

        private boolean giveUp(@Nullable WorkloadTask<String> task) {
            lock.lock();
            try {
                return task != null && tasks.forget(task);
            } finally {
                lock.unlock();
            }
        }

        @Operation(nonParallelGroup = "worker")
        public String take() {
            WorkloadTask<?> task = poll();
            while (task == null && tasks.size() > 0) {
                Thread.onSpinWait();
                task = poll();
            }
            if (task == null) {
                return "nothing";
            }
            task.run();
            return String.valueOf(task.join());
        }

        private @Nullable WorkloadTask<?> poll() {
            lock.lock();
            try {
                return tasks.poll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** What the room must be like. */
    public static final class Line {

        private record Waiting(String owner, int number) {}

        private final Deque<Waiting> line = new ArrayDeque<>();
        private int ones;
        private int others;

        public boolean addOne() {
            return add(new Waiting("one", ++ones));
        }

        public boolean addOther() {
            return add(new Waiting("other", ++others));
        }

        private boolean add(Waiting waiting) {
            return line.size() < CAPACITY && line.add(waiting);
        }

        public boolean giveUpOne() {
            return line.remove(new Waiting("one", ones));
        }

        public boolean giveUpOther() {
            return line.remove(new Waiting("other", others));
        }

        public String take() {
            Waiting oldest = line.poll();
            return oldest == null ? "nothing" : oldest.owner();
        }
    }
}
